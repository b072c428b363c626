import type { PoolClient, QueryResult } from 'pg'
import type { Database, DatabaseWatch, Query, Row, Within } from '../database.ts'
import { type Connections, createConnections } from './connections.ts'
import { isStorageFailure, postgresError } from './error.ts'
import { createWriteHealth } from '../write-health.ts'

/** A statement; one with a `name` is prepared once a connection. */
export type Statement = Query & { readonly name?: string }
/** Sends a statement of the transaction at once, behind those sent before; many may be under way. */
export type RunStatement = <R extends Row = Row>(statement: Statement) => Promise<R[]>

export type PostgresDatabase = Database & {
  readonly dialect: 'postgres'
  /** Connections that it opens at most. */
  readonly connections: number
  /** Write transactions that run at once; more wait. */
  readonly writesAtOnce: number
  /** As `Database.all`, with a statement that may be prepared. */
  ask: RunStatement
  /**
   * `work` in one transaction. Statements that it did not await are awaited before the promise resolves; one that fails
   * rolls all back. `snapshot` reads one state of the database and writes nothing. What takes longer than `patienceMs`
   * is refused `storage_unavailable`, and its connection dropped.
   */
  transaction<T>(mode: 'write' | 'snapshot', work: (ask: RunStatement) => Promise<T>, patienceMs?: number): Promise<T>
}

export type PostgresOptions = { url: string; connections?: number; watch?: DatabaseWatch }

/** Ms for what a person waits for: with the wait for a connection it stays under what doors promise to answer within. */
const patience = 4000
/** Ms for a list of statements. */
const writePatience = 10_000
/** Connections that a server opens, unless told otherwise. */
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
      // Whoever does not await it learns of its failure from the transaction.
      rows.catch(() => undefined)
      return rows
    }
    void ask({ sql: begin[mode], parameters: [] })
    const result = await work(ask)
    const end = sendNext({ sql: 'COMMIT', parameters: [] })
    await Promise.all(sent)
    // PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error.
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

  /** What is read up to a bound may be much, and what is not is a few rows: one does not wait for the other. */
  const ask: RunStatement = async <R extends Row>(statement: Statement) => {
    const lane = statement.within === undefined ? 'point' : 'bulk'
    return (await connections.use(lane, patience, (client) => send<R>(client, statement))).rows
  }

  /** Takes a transaction number, which only a server that writes gives out, on a connection that may write. */
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
  // Types and pg itself disagree on `name: undefined`: it is left out when not given.
  return client.query<R>({ text, values: [...parameters], ...(name !== undefined && { name }) })
}

/** `octet_length` of a text tells its size without fetching or unpacking what is stored out of line. */
const endingWithin = (sql: string, { column, bytes }: Within): string =>
  `SELECT * FROM (
     SELECT found.*, coalesce(sum(octet_length(${column}))
       OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
     FROM (${sql}) AS found
   ) AS counted WHERE bytes_before <= ${bytes}`
