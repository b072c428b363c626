import type { PoolClient, QueryResult } from 'pg'
import type { Database, DatabaseWatch, Query, Row, ByteBound } from '../database.ts'
import { type Connections, createConnections, hold } from './connections.ts'
import { isStorageFailure, postgresError } from './error.ts'
import { createWriteHealth } from '../write-health.ts'

/** Runs a statement; one with a `name` is prepared once per connection. */
export type Statement = Query & { readonly name?: string }
/** Sends a statement of the transaction without waiting for those before it (pipelining). */
export type RunStatement = <R extends Row = Row>(statement: Statement) => Promise<R[]>

export type PostgresDatabase = Database & {
  readonly dialect: 'postgres'
  /** Maximum connections that it opens. */
  readonly connections: number
  /** Write transactions that run at the same time; more wait. */
  readonly writesAtOnce: number
  /** Like `Database.all`, but the statement may be prepared. */
  ask: RunStatement
  /**
   * Runs `work` in one transaction. Statements that it did not await are awaited before the promise resolves; a failed
   * one rolls everything back. `snapshot` is a repeatable read that writes nothing. A transaction that takes longer
   * than `patienceMs` is refused `storage_unavailable`, and its connection dropped.
   */
  transaction<T>(mode: 'write' | 'snapshot', work: (ask: RunStatement) => Promise<T>, patienceMs?: number): Promise<T>
}

export type PostgresOptions = { url: string; connections?: number; watch?: DatabaseWatch }

/**
 * Timeout in ms for work that a user waits for: together with the wait for a connection it stays below the request
 * timeout.
 */
const patience = 4000
/** Timeout in ms for a list of statements. */
const writePatience = 10_000
/** Default maximum of connections. */
export const defaultConnections = 16

const begin = { write: 'BEGIN', snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' }

export function openPostgres({ url, connections = defaultConnections, watch = {} }: PostgresOptions): PostgresDatabase {
  return postgresDatabase(createConnections(url, connections, watch))
}

function postgresDatabase(connections: Connections): PostgresDatabase {
  const health = createWriteHealth(() => probe())

  const send = async <R extends Row>(client: PoolClient, statement: Statement): Promise<QueryResult<R>> => {
    try {
      const answer = await query<R>(client, statement)
      connections.breaker.heard()
      return answer
    } catch (thrown) {
      throw postgresError(thrown)
    }
  }

  async function inTransaction<T>(
    client: PoolClient,
    mode: 'write' | 'snapshot',
    work: (ask: RunStatement) => Promise<T>,
  ) {
    const sent: Promise<unknown>[] = []
    const sendNext = <R extends Row>(statement: Statement): Promise<QueryResult<R>> => {
      const answer = send<R>(client, statement)
      sent.push(answer)
      return answer
    }
    const ask: RunStatement = <R extends Row>(statement: Statement) => {
      const rows = sendNext<R>(statement).then((answer) => answer.rows)
      // An error of a statement that `work` does not await rejects the transaction.
      rows.catch(() => undefined)
      return rows
    }
    void ask({ sql: begin[mode], parameters: [] })
    const result = await work(ask)
    const end = sendNext({ sql: 'COMMIT', parameters: [] })
    await Promise.all(sent)
    // PostgreSQL answers COMMIT with ROLLBACK, and without an error, when a statement of the transaction failed.
    if ((await end).command !== 'COMMIT') throw new Error('The transaction was rolled back')
    return result
  }

  async function transaction<T>(
    mode: 'write' | 'snapshot',
    work: (ask: RunStatement) => Promise<T>,
    patienceMs = patience,
  ) {
    if (mode === 'snapshot') return connections.use('bulk', patienceMs, (client) => inTransaction(client, mode, work))
    try {
      const result = await connections.use('write', patienceMs, (client) => inTransaction(client, mode, work))
      health.passed()
      return result
    } catch (thrown) {
      if (isStorageFailure(thrown)) health.failed()
      throw thrown
    }
  }

  /**
   * A read with a byte bound may be long; all others return few rows. Separate lanes keep short reads from waiting for
   * long ones.
   */
  const ask: RunStatement = async <R extends Row>(statement: Statement) => {
    const lane = statement.within === undefined ? 'point' : 'bulk'
    return (await connections.use(lane, patience, (client) => send<R>(client, statement))).rows
  }

  /** Allocates a transaction id, which a read-only standby refuses. */
  const probe = () =>
    connections.health(
      `SELECT txid_current(), current_setting('transaction_read_only') AS read_only`,
      (row) => row['read_only'] === 'off',
    )

  return {
    dialect: 'postgres',
    connections: connections.total,
    writesAtOnce: connections.places.write,
    ask,
    transaction,
    all: ask,
    write: (queries) => transaction('write', (askIn) => Promise.all(queries.map((each) => askIn(each))), writePatience),
    async alive() {
      if (connections.breaker.isOpen()) return false
      try {
        await connections.health('SELECT 1')
      } catch {
        return false
      }
      return health.ask()
    },
    close: connections.close,
  }
}

function query<R extends Row>(client: PoolClient, { name, sql, parameters, within }: Statement) {
  const text = within ? endingWithin(sql, within) : sql
  // pg's types allow `name: undefined` but pg itself does not: omit it.
  hold(client)
  // Not the promise that pg would return (rule DB11).
  const { promise, resolve, reject } = Promise.withResolvers<QueryResult<R>>()
  client.query<R>({ text, values: [...parameters], ...(name !== undefined && { name }) }, (error, result) =>
    error ? reject(error) : resolve(result),
  )
  return promise
}

/** `octet_length` of a text returns its size without fetching or decompressing a TOASTed value. */
const endingWithin = (sql: string, { column, bytes }: ByteBound): string =>
  `SELECT * FROM (
     SELECT found.*, coalesce(sum(octet_length(${column}))
       OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
     FROM (${sql}) AS found
   ) AS counted WHERE bytes_before <= ${bytes}`
