import { closeSync, fstatSync, fsyncSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'
import { AppError } from '../../core/error.ts'
import type { Database, Query, Row, Within } from './database.ts'
import { createGroupSync, type GroupSync } from './group-sync.ts'
import { type CheckpointLimits, type Checkpoints, createCheckpoints, defaultCheckpoints } from './sqlite-checkpoint.ts'
import { sqliteError } from './sqlite-error.ts'

/**
 * SQLite as one writing connection on the main thread. A transaction begins and ends within one call, so none is ever
 * open across an await. How a write becomes durable: docs/adr/0002-durability-on-sqlite.md.
 */
export type SqliteDatabase = Database & {
  readonly dialect: 'sqlite'
  /** Runs statements without parameters, as a migration has them; in a transaction when called within one. */
  exec(sql: string): void
  /** The prepared statement of this text, kept for the next time. */
  prepare(sql: string): StatementSync
  /** Runs `work` in a transaction, now. What it throws rolls back; errors of SQLite come as `Database` names them. */
  transaction<T>(work: () => T): T
  /** Asks statements that only read, now, and so in one snapshot; errors as above. */
  read<T>(work: (ask: (query: Query) => Row[]) => T): T
  /** Resolves when all that was written before this call is on the disk; in the order of the calls. */
  durable(): Promise<void>
  /** Null when a transaction may write now; otherwise resolves when to ask again. */
  gate(): Promise<void> | null
  /** Removes the bytes of what was deleted from the file and its `-wal` (rule D3). Writes wait until it is done. */
  maintain(): Promise<void>
}

export type SqliteOptions = {
  file: string
  /** A sync or checkpoint failed: nothing more will be stored, the process should end and be started again. */
  onFailure: (error: Error) => void
  checkpoints?: CheckpointLimits
}

const CACHE_KIB = 65_536
const STATEMENTS = 500
const reads = /^\s*select\b/i

export function openSqlite({
  file,
  onFailure,
  checkpoints: limits = defaultCheckpoints,
}: SqliteOptions): SqliteDatabase {
  const connection = new DatabaseSync(file, { timeout: 50 })
  connection.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;
    PRAGMA secure_delete = ON; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY;
    BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT;
  `)
  const wal = openWal(file)
  const sync = createGroupSync(wal, onFailure)
  const checkpoints = createCheckpoints(file, limits, onFailure)
  return sqliteDatabase({ connection, file, wal, sync, checkpoints })
}

/**
 * A file descriptor of our own on the `-wal`, for fdatasync; the write before has made the file. What an earlier
 * process left in it unsynced is synced here, before anyone reads it. (The database file itself must not be opened
 * again in this process: closing it would drop SQLite's POSIX locks. The `-wal` carries none.)
 */
function openWal(file: string): number {
  const wal = openSync(`${file}-wal`, 'r+')
  fsyncSync(wal)
  if (process.platform === 'win32') return wal
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
  return wal
}

type Parts = {
  connection: DatabaseSync
  file: string
  wal: number
  sync: GroupSync
  checkpoints: Checkpoints
}

function sqliteDatabase({ connection, file, wal, sync, checkpoints }: Parts): SqliteDatabase {
  const statements = new LRUCache<string, StatementSync>({ max: STATEMENTS })
  const begin = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  const changes = connection.prepare('SELECT total_changes() AS total')
  let changed = total()

  function total(): unknown {
    return changes.get()?.['total']
  }

  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = connection.prepare(sql)
      statements.set(sql, statement)
    }
    return statement
  }

  function transaction<T>(work: () => T): T {
    if (sync.failed()) throw new AppError('storage_unavailable')
    try {
      begin.run()
      const result = work()
      commit.run()
      const now = total()
      if (now !== changed) sync.wrote()
      changed = now
      return result
    } catch (thrown) {
      // SQLite has already rolled back by itself after some errors, a full disk among them.
      if (connection.isTransaction) connection.exec('ROLLBACK')
      throw sqliteError(thrown)
    }
  }

  async function durable(): Promise<void> {
    await sync.durable()
    checkpoints.grew()
  }

  function rows<R extends Row>({ sql, parameters, within }: Query): R[] {
    const statement = prepare(sql)
    const values = parameters.map(parameter)
    // node:sqlite answers what the statement selects; that this is an R is the caller's statement to keep.
    return (within ? takeWithin(statement.iterate(...values), within) : statement.all(...values)) as R[]
  }

  function read<T>(work: (ask: (query: Query) => Row[]) => T): T {
    if (sync.failed()) throw new AppError('storage_unavailable')
    try {
      return work(rows)
    } catch (thrown) {
      throw sqliteError(thrown)
    }
  }

  async function write<R extends Row>(queries: readonly Query[]): Promise<R[][]> {
    for (let gate = checkpoints.gate(); gate !== null; gate = checkpoints.gate()) await gate
    const results = transaction(() => queries.map((query) => rows<R>(query)))
    await durable()
    return results
  }

  return {
    dialect: 'sqlite',
    exec: (sql) => connection.exec(sql),
    prepare,
    transaction,
    read,
    durable,
    gate: checkpoints.gate,
    write,
    async all<R extends Row>(query: Query): Promise<R[]> {
      if (!reads.test(query.sql)) return (await write<R>([query]))[0] ?? []
      const result = read(() => rows<R>(query))
      await sync.durable()
      return result
    },
    async alive() {
      try {
        connection.prepare('SELECT 1').get()
        return !sync.failed() && fstatSync(wal).ino === statSync(`${file}-wal`).ino
      } catch {
        return false
      }
    },
    async maintain() {
      await checkpoints.vacuum()
    },
    async close() {
      await sync.durable().catch(() => undefined)
      await checkpoints.close()
      statements.clear()
      connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      connection.close()
      closeSync(wal)
    },
  }
}

/** Rows up to the one with which the bound is passed; the statement reads no further. */
function takeWithin(
  rows: Iterable<Record<string, SQLOutputValue>>,
  { column, bytes }: Within,
): Record<string, SQLOutputValue>[] {
  const taken: Record<string, SQLOutputValue>[] = []
  let total = 0
  for (const row of rows) {
    taken.push(row)
    const value = row[column]
    total += typeof value === 'string' ? Buffer.byteLength(value) : 0
    if (total > bytes) break
  }
  return taken
}

function parameter(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`A ${typeof value} cannot be a parameter of a statement`)
}
