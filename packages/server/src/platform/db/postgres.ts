import { Pool, type PoolClient, type QueryResult, types } from 'pg'
import type { Database, Query, Row, Within } from './database.ts'
import { postgresError } from './postgres-error.ts'

/** A statement; one with a `name` is prepared once a connection. The default of `timeout_ms` suits all but migrations. */
export type Statement = Query & { readonly name?: string; readonly timeout_ms?: number }
/** Sends a statement of the transaction at once, behind those sent before; many may be under way. */
export type Ask = <R extends Row = Row>(statement: Statement) => Promise<R[]>

export type PostgresDatabase = Database & {
  readonly dialect: 'postgres'
  /** Connections that it opens at most. */
  readonly connections: number
  /** As `Database.all`, with a statement that may be prepared. */
  ask: Ask
  /**
   * `work` in one transaction. Statements that it did not await are awaited before the promise resolves; one that fails
   * rolls all back. `snapshot` reads one state of the database and writes nothing.
   */
  transaction<T>(mode: 'write' | 'snapshot', work: (ask: Ask) => Promise<T>): Promise<T>
}

export type PostgresOptions = { url: string; connections?: number }

const SYNCED = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`
const begin = { write: 'BEGIN', snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' }

export function openPostgres({ url, connections = 10 }: PostgresOptions): PostgresDatabase {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    application_name: 'parlor',
    connectionTimeoutMillis: 5000,
    statement_timeout: 15_000,
    query_timeout: 20_000,
    lock_timeout: 2000,
    idle_in_transaction_session_timeout: 5000,
    pipeline: true,
    types: {
      getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
    },
  })
  // Behind the connection's back a server set so would answer a commit before it is on the disk.
  pool.on('connect', (client) => {
    client.query(SYNCED).catch(() => undefined)
    // A connection lost in the midst of a transaction: who asks its next statement hears of it.
    client.on('error', () => undefined)
  })
  // An idle connection was lost. The pool has dropped it; who asks next gets a new one or the error.
  pool.on('error', () => undefined)
  return postgresDatabase(pool, connections)
}

function postgresDatabase(pool: Pool, connections: number): PostgresDatabase {
  async function transaction<T>(mode: 'write' | 'snapshot', work: (ask: Ask) => Promise<T>): Promise<T> {
    const client = await connect(pool)
    const sent: Promise<unknown>[] = []
    const send = <R extends Row>(statement: Statement): Promise<QueryResult<R>> => {
      const answer = query<R>(client, statement)
      sent.push(answer)
      return answer
    }
    const ask: Ask = <R extends Row>(statement: Statement) => {
      const rows = send<R>(statement).then((answer) => answer.rows)
      // Whoever does not await it learns of its failure from the transaction.
      rows.catch(() => undefined)
      return rows
    }
    try {
      void ask({ sql: begin[mode], parameters: [] })
      const result = await work(ask)
      const end = send({ sql: 'COMMIT', parameters: [] })
      await Promise.all(sent)
      // PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error.
      if ((await end).command !== 'COMMIT') throw new Error('The transaction was rolled back')
      client.release()
      return result
    } catch (thrown) {
      await leave(client)
      throw thrown
    }
  }

  const ask: Ask = async <R extends Row>(statement: Statement) => {
    return (await query<R>(pool, statement)).rows
  }

  return {
    dialect: 'postgres',
    connections,
    ask,
    transaction,
    all: ask,
    write: (queries) => transaction('write', (ask) => Promise.all(queries.map((query) => ask(query)))),
    alive: () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    close: () => pool.end(),
  }
}

async function query<R extends Row>(
  on: Pool | PoolClient,
  { name, sql, parameters, within, timeout_ms }: Statement,
): Promise<QueryResult<R>> {
  // Types and pg itself disagree on `name: undefined` and know no timeout of one query; both are left out when not given.
  const options = {
    ...(name !== undefined && { name }),
    ...(timeout_ms !== undefined && { query_timeout: timeout_ms }),
  }
  try {
    const text = within ? endingWithin(sql, within) : sql
    return await on.query<R>({ text, values: [...parameters], ...options })
  } catch (thrown) {
    throw postgresError(thrown)
  }
}

/** `octet_length` of a text tells its size without fetching or unpacking what is stored out of line. */
const endingWithin = (sql: string, { column, bytes }: Within): string =>
  `SELECT * FROM (
     SELECT found.*, coalesce(sum(octet_length(${column}))
       OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
     FROM (${sql}) AS found
   ) AS counted WHERE bytes_before <= ${bytes}`

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (thrown) {
    throw postgresError(thrown)
  }
}

/** Gives the connection back without a transaction on it, or not at all. */
async function leave(client: PoolClient) {
  try {
    await client.query('ROLLBACK')
    client.release()
  } catch {
    client.release(true)
  }
}
