import { DatabaseSync } from 'node:sqlite'
import { wireContracts } from '../../packages/server/src/compose/declared.ts'

/** What the story leaves nothing of, with why. */
const untold: ReadonlySet<string> = new Set([
  // Nodes that run: one that stops takes its row away.
  'job_workers',
  // Comes of very many wrong passwords, for which the servers of tests have no bound.
  'notice',
])

const storedTypes = [...wireContracts.events, ...wireContracts.records].map(({ name }) => name)

/**
 * Says of which types of events and records, and of which tables, the story has left nothing in an SQLite database: no data of
 * a release would test them. Null: there are none.
 */
export function sayMissingSteps(file: string, types: readonly string[] = storedTypes): string | null {
  using database = new DatabaseSync(file, { readOnly: true })
  const column = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map(({ name }) => String(name))
  const told = new Set(column('SELECT type AS name FROM events UNION SELECT type FROM records'))
  const tables = column("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
  const empty = tables.filter((table) => database.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() === undefined)
  const missing = [
    ...types.filter((type) => !told.has(type)).map((type) => [type, `the type ${type}`]),
    ...empty.map((table) => [table, `the table ${table}`]),
  ].flatMap(([name = '', text = '']) => (untold.has(name) ? [] : [text]))
  if (missing.length === 0) return null
  return `Nothing of ${missing.join(', ')} is stored at the end of test/releases/story.ts: add a step there that stores it.`
}
