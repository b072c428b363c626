import type { Migration } from './database.ts'
import type { SqliteDatabase } from './sqlite.ts'

const table = 'CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)'

/**
 * Brings the schema forward in the order of the list, never back, each step in one transaction. Refuses a database
 * that has a step which this code does not know: a newer Parlor wrote it.
 */
export async function migrate(db: SqliteDatabase, migrations: readonly Migration[]): Promise<void> {
  db.transaction(() => db.exec(table))
  const applied = await db.all<{ id: string }>({ sql: 'SELECT id FROM migrations', parameters: [] })
  const note = db.prepare('INSERT INTO migrations (id, applied_at) VALUES (?, ?)')
  for (const { id, sqlite } of missing(applied, migrations)) {
    db.transaction(() => {
      db.exec(sqlite)
      note.run(id, Date.now())
    })
  }
  await db.durable()
}

function missing(applied: readonly { id: string }[], migrations: readonly Migration[]): Migration[] {
  const known = new Set(migrations.map(({ id }) => id))
  if (known.size !== migrations.length) throw new Error('Two migrations have the same id')
  const newer = applied.filter(({ id }) => !known.has(id))
  if (newer.length > 0) {
    const names = newer.map(({ id }) => id).join(', ')
    throw new Error(`The database was written by a newer Parlor (it has ${names}); start that version`)
  }
  const done = new Set(applied.map(({ id }) => id))
  return migrations.filter(({ id }) => !done.has(id))
}
