import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseError } from 'pg'
import { AppError } from '../../core/error.ts'
import { StartError } from '../../core/start-error.ts'
import type { DatabaseWatch, Migration } from './database.ts'
import { lockFolder } from './sqlite/folder-lock.ts'
import { migrate } from './migrate.ts'
import { openPostgres, type PostgresDatabase } from './postgres/postgres.ts'
import type { CheckpointLimits } from './sqlite/checkpoint.ts'
import { openSqlite, type SqliteDatabase } from './sqlite/sqlite.ts'

/** Either driver; `dialect` tells which. */
export type AnyDatabase = SqliteDatabase | PostgresDatabase

/** The parsed DATABASE_URL: a file's absolute path, or a PostgreSQL server's address. */
export type DatabaseTarget = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }

export type OpenDatabaseOptions = {
  target: DatabaseTarget
  migrations: readonly Migration[]
  /** The disk failed under SQLite: nothing more can be stored, and the process should be restarted. */
  onFailure: (error: Error) => void
  /** The WAL size at which a checkpoint runs; tests set it low. */
  checkpoints?: CheckpointLimits
  watch?: DatabaseWatch
  /** Called when this process holds the lock of SQLite's folder, before the database is opened. */
  onLocked?: (folder: string) => void
  /** Maximum connections that this server opens to PostgreSQL. */
  connections?: number
}

/**
 * Opens the database and migrates it. Rejects when it does not answer, when a newer release migrated it or, on SQLite,
 * when another process holds its folder.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<AnyDatabase> {
  const { target, migrations } = options
  const db = target.kind === 'sqlite' ? openLocked(target.file, options) : openPostgresAt(target.url, options)
  try {
    if (db.dialect === 'postgres') await refuseTooFew(db)
    await migrate(db, migrations)
    return db
  } catch (error) {
    await db.close()
    throw isAway(error) ? doesNotAnswer(error.cause) : isRefusal(error) ? doesNotAnswer(error) : error
  }
}

const isAway = (error: unknown): error is AppError => error instanceof AppError && error.is('storage_unavailable')

/** The user, the password or the database's name is wrong (SQLSTATE classes 28 and 3D). */
const isRefusal = (error: unknown): boolean => error instanceof DatabaseError && /^(28|3D)/.test(error.code ?? '')

function doesNotAnswer(cause: unknown): StartError {
  const reason = cause instanceof Error ? ` (${cause.message})` : ''
  return new StartError(
    `The database that DATABASE_URL names does not answer${reason}: start it or correct DATABASE_URL.`,
    { cause },
  )
}

const openPostgresAt = (url: string, { connections, watch }: OpenDatabaseOptions): PostgresDatabase =>
  openPostgres({ url, ...(connections !== undefined && { connections }), ...(watch && { watch }) })

/** If the server grants fewer connections than this process opens, some would be refused later, at random. */
async function refuseTooFew(db: PostgresDatabase): Promise<void> {
  const [row] = await db.all<{ server: number; role: number; database: number }>({
    sql: `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS server,
            CASE WHEN rolsuper THEN -1 ELSE rolconnlimit END AS role,
            CASE WHEN rolsuper THEN -1 ELSE datconnlimit END AS database
          FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
    parameters: [],
  })
  for (const [who, limit] of Object.entries(row ?? {})) {
    if (limit < 0 || limit >= db.connections) continue
    throw new StartError(
      `PostgreSQL grants this ${who} ${limit} connections, and Parlor opens up to ${db.connections}: raise ${limits[who] ?? who} or lower DATABASE_CONNECTIONS.`,
    )
  }
}

const limits: Readonly<Record<string, string>> = {
  server: 'max_connections',
  role: "the role's CONNECTION LIMIT",
  database: "the database's CONNECTION LIMIT",
}

function openLocked(file: string, { onFailure, checkpoints, watch, onLocked }: OpenDatabaseOptions): SqliteDatabase {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockFolder(folder, file)
  try {
    onLocked?.(folder)
    const db = openSqlite({ file, onFailure, ...(checkpoints && { checkpoints }), ...(watch && { watch }) })
    return { ...db, close: () => db.close().finally(lock.release) }
  } catch (error) {
    lock.release()
    throw error
  }
}
