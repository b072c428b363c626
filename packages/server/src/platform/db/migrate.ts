import { StartError } from '../../core/start-error.ts'
import type { Migration } from './database.ts'
import type { PostgresDatabase } from './postgres/postgres.ts'
import type { SqliteDatabase } from './sqlite/sqlite.ts'

const table = 'CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)'
/** Timeout for a migration of large tables, and for waiting while another node migrates. */
const PATIENCE_MS = 3_600_000
const list = { sql: 'SELECT id FROM migrations', parameters: [] }

/**
 * Runs the missing migrations in the order of the list, each in one transaction. Refuses a database with a migration
 * that this code does not know: a newer Parlor wrote it. Nodes that start at the same time wait for each other.
 */
export async function migrate(db: SqliteDatabase | PostgresDatabase, migrations: readonly Migration[]): Promise<void> {
  if (new Set(migrations.map(({ id }) => id)).size !== migrations.length) {
    throw new Error('Two migrations have the same id')
  }
  if (db.dialect === 'sqlite') await migrateSqlite(db, migrations)
  else while (await migrateNext(db, migrations));
}

async function migrateSqlite(db: SqliteDatabase, migrations: readonly Migration[]) {
  db.transaction(() => db.exec(table))
  const applied = await db.all<{ id: string }>(list)
  const note = db.prepare('INSERT INTO migrations (id, applied_at) VALUES (?, ?)')
  for (const { id, sqlite } of missing(applied, migrations)) {
    db.transaction(() => {
      db.exec(sqlite)
      note.run(id, Date.now())
    })
  }
  await db.durable()
}

/** Runs the first missing migration, if any, under a lock against other nodes. */
function migrateNext(db: PostgresDatabase, migrations: readonly Migration[]): Promise<boolean> {
  return db.transaction(
    'write',
    async (ask) => {
      const run = (sql: string) => ask({ sql, parameters: [] })
      await run('SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0')
      await run(`SELECT pg_advisory_xact_lock(hashtext('parlor migrations'))`)
      await run(table)
      const [next] = missing(await ask<{ id: string }>(list), migrations)
      if (next === undefined) return false
      await run(next.postgres)
      const parameters = [next.id, Date.now()]
      await ask({ sql: 'INSERT INTO migrations (id, applied_at) VALUES ($1, $2)', parameters })
      return true
    },
    PATIENCE_MS,
  )
}

function missing(applied: readonly { id: string }[], migrations: readonly Migration[]): Migration[] {
  const known = new Set(migrations.map(({ id }) => id))
  const newer = applied.filter(({ id }) => !known.has(id))
  if (newer.length > 0) {
    const names = newer.map(({ id }) => id).join(', ')
    throw new StartError(`The database was migrated by a newer Parlor (${names}): start that version.`)
  }
  const done = new Set(applied.map(({ id }) => id))
  return migrations.filter(({ id }) => !done.has(id))
}
