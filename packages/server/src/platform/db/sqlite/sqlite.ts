import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { createCache } from '../../../core/collections/cache.ts'
import { AppError } from '../../../core/error.ts'
import type { Database, DatabaseWatch, Query, Row, ByteBound } from '../database.ts'
import { createGroupSync, type GroupSync } from './group-sync.ts'
import { type CheckpointLimits, type Checkpoints, createCheckpoints, defaultCheckpoints } from './checkpoint.ts'
import { isBusy, sqliteError } from './error.ts'
import { type SqliteFiles, watchFiles } from './files.ts'
import { createWriteHealth } from '../write-health.ts'

/**
 * SQLite as one writing connection on the main thread. A transaction begins and ends within one call, so none is ever
 * open across an await. How a write becomes durable: docs/adr/0002-durability-on-sqlite.md.
 */
export type SqliteDatabase = Database & {
  readonly dialect: 'sqlite'
  /** Runs statements without parameters, such as a migration; inside the caller's transaction if there is one. */
  exec(sql: string): void
  /** The cached prepared statement of this text. */
  prepare(sql: string): StatementSync
  /**
   * Runs `work` in a transaction, synchronously. An exception rolls back; SQLite's errors are translated for
   * `Database`.
   */
  transaction<T>(work: () => T): T
  /** Runs reads synchronously, and so in one snapshot; errors as above. */
  read<T>(work: (ask: (query: Query) => Row[]) => T): T
  /** Resolves when everything written before this call is on the disk; calls resolve in order. */
  durable(): Promise<void>
  /** Null when a transaction may write now; otherwise resolves when to check again. */
  gate(): Promise<void> | null
  /** Erases deleted bytes from the file and its `-wal` (rule D3). Writes wait until it is done. */
  maintain(): Promise<void>
}

export type SqliteOptions = {
  file: string
  /** A sync or checkpoint failed: nothing more can be stored, and the process should be restarted. */
  onFailure: (error: Error) => void
  checkpoints?: CheckpointLimits
  watch?: DatabaseWatch
}

/** Ms between two checks of the files. */
const LOOK_MS = 1000
/**
 * Ms for which writes are refused without trying after another process had the database locked: each try may block the
 * event loop for 50 ms.
 */
const LOCKED_MS = 250
/** What does not fit is read from the system's own cache of the file, some µs a page. What fits stays resident. */
const CACHE_KIB = 16_384
const STATEMENTS = 500
const reads = /^\s*select\b/i

export function openSqlite({
  file,
  onFailure,
  watch = {},
  checkpoints: limits = defaultCheckpoints,
}: SqliteOptions): SqliteDatabase {
  const connection = new DatabaseSync(file, { timeout: 50 })
  connection.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;
    PRAGMA secure_delete = ON; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY;
    BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT;
  `)
  const wal = openWal(file)
  const files = watchFiles(file)
  watch.walBytes?.(files.walBytes)
  const checkpoints = createCheckpoints({
    ...{ file, limits, walBytes: files.walBytes, onFailure },
    onBlocked: (isBlocked) => watch.blocked?.({ isBlocked, walBytes: files.walBytes(), bound: checkpoints.bound() }),
  })
  const sync = createGroupSync({ fd: wal, lost: files.lost, onFailure: (error) => void giveUp(error) })
  const looking = setInterval(look, LOOK_MS).unref()

  /** Runs without writes too, so that health checks and the operator learn of a lost file before the next write. */
  function look() {
    const lost = files.lost()
    if (lost !== null) sync.fail(lost)
  }

  /** Moves acknowledged writes from a `-wal` that has lost its name into the database file, then gives up. */
  async function giveUp(error: Error) {
    clearInterval(looking)
    if (files.lost() !== null) await checkpoints.rescue()
    onFailure(error)
  }

  return sqliteDatabase({
    connection,
    files,
    sync,
    checkpoints,
    close: () => {
      clearInterval(looking)
      closeSync(wal)
    },
  })
}

/**
 * Opens our own file descriptor on the `-wal` for fdatasync; the write before created the file. Syncs what an earlier
 * process left unsynced before anyone reads it. (The database file itself must not be opened a second time in this
 * process: closing it would release SQLite's POSIX locks. The `-wal` has none.)
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
  files: SqliteFiles
  sync: GroupSync
  checkpoints: Checkpoints
  close: () => void
}

function sqliteDatabase({ connection, files, sync, checkpoints, close }: Parts): SqliteDatabase {
  const statements = createCache<string, StatementSync>(STATEMENTS)
  const begin = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  const changes = connection.prepare('SELECT total_changes() AS total')
  const health = createWriteHealth(probe)
  let changed = total()
  let lockedUntil = 0

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
    try {
      mayWrite()
      begin.run()
      const result = work()
      commit.run()
      const now = total()
      if (now !== changed) wrote()
      changed = now
      return result
    } catch (thrown) {
      // SQLite rolls back by itself after some errors, such as a full disk.
      if (connection.isTransaction) connection.exec('ROLLBACK')
      if (isBusy(thrown)) lockedUntil = performance.now() + LOCKED_MS
      const error = sqliteError(thrown)
      if (error instanceof AppError && error.is('storage_unavailable')) health.failed()
      throw error
    }
  }

  function wrote() {
    sync.wrote()
    health.passed()
  }

  /** Throws `storage_unavailable` when it is known that a write would fail. */
  function mayWrite() {
    if (sync.failed()) throw new AppError('storage_unavailable')
    if (performance.now() < lockedUntil)
      throw new AppError('storage_unavailable', { cause: 'Another process has the database locked' })
    if (files.walBytes() < checkpoints.bound()) return
    // The WAL may have been reset since the last sync, and without writes nothing else triggers a check.
    files.lost()
    checkpoints.grew()
    if (files.walBytes() < checkpoints.bound()) return
    throw new AppError('storage_unavailable', { cause: 'The write-ahead log has reached its bound' })
  }

  /** Writes one page without changing anything. */
  async function probe() {
    await opened()
    transaction(() => connection.exec('PRAGMA user_version = 0'))
    wrote()
    await durable()
  }

  async function opened() {
    for (let gate = checkpoints.gate(); gate !== null; gate = checkpoints.gate()) await gate
  }

  async function durable(): Promise<void> {
    await sync.durable()
    checkpoints.grew()
  }

  function rows<R extends Row>({ sql, parameters, within }: Query): R[] {
    const statement = prepare(sql)
    const values = parameters.map(parameter)
    // node:sqlite returns untyped rows; the caller's statement decides that they are an R.
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
    await opened()
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
      if (sync.failed()) return false
      try {
        connection.prepare('SELECT 1').get()
      } catch {
        return false
      }
      return health.ask()
    },
    async maintain() {
      await checkpoints.vacuum()
    },
    async close() {
      await sync.durable().catch(() => undefined)
      await checkpoints.close()
      // Waits for a running sync: once the files are closed, its error would look like a failed disk.
      while (sync.isRunning() && !sync.failed()) await sync.durable().catch(() => undefined)
      statements.clear()
      // Does not touch files that were removed or replaced.
      if (!sync.failed()) connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      connection.close()
      close()
    },
  }
}

/** Rows up to and including the one that exceeds the bound; the statement reads no further. */
function takeWithin(
  rows: Iterable<Record<string, SQLOutputValue>>,
  { column, bytes }: ByteBound,
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
