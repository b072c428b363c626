import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const source = join(import.meta.dirname, '..')

type File = { file: string; text: string }
const parts: File[] = ['room', 'platform/jobs', 'features/*']
  .flatMap((part) => globSync(`${part}/**/*.ts`, { cwd: source }))
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !/(^|\/)testing\/|\.test\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }))

const partOf = (file: string): string =>
  file.startsWith('room/') ? 'room' : dirname(file).split('/').slice(0, 2).join('/')

/** By table, the part whose migration creates it, and later ones create it anew. */
const owners = new Map(
  parts.flatMap(({ file, text }) =>
    [...text.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map(
      ([, table = '']) => [table, partOf(file)] as const,
    ),
  ),
)

/** What precedes a table's name in SQL that writes to it, and in SQL that reads it. */
const writing = String.raw`\b(?:INSERT (?:OR \w+ )?INTO|(?<!DO )UPDATE|DELETE FROM|ALTER TABLE|DROP TABLE|TRUNCATE)\s+"?`
const reading = String.raw`\b(?:FROM|JOIN|USING)\s+"?`
/** A call of Kysely that takes tables; its first argument is a name or a list of names. */
const kysely = /\.(?:\w*[Ff]rom|\w*Join|insertInto|updateTable|using|mergeInto)(?:<[^>]*>)?\(\s*\[?((?:\s*'[^']*',?)+)/g

/** The tables of other parts that this SQL names; lists of tables with commas are not written here. */
const namedInSql = (before: string) => (text: string) =>
  [...text.matchAll(new RegExp(`${before}(\\w+)`, 'gi'))].map(([, table = '']) => table)
const namedInQueries = (text: string) =>
  [...text.matchAll(kysely)].flatMap(([, names = '']) => [...names.matchAll(/'(\w+)/g)].map(([, name = '']) => name))

function foreign(files: readonly File[], namedIn: (text: string) => readonly string[]): string[] {
  return files.flatMap(({ file, text }) =>
    namedIn(text)
      .filter((table) => (owners.get(table) ?? partOf(file)) !== partOf(file))
      .map((table) => `${file} names ${table} of ${owners.get(table)}`),
  )
}
const isMigration = ({ file }: File): boolean => file.endsWith('/tables.ts')

test('[FE8] every table has an owner, and no other part writes to it, not even in migrations', () => {
  assert.ok(owners.size >= 10, `only ${owners.size} tables were found`)
  assert.deepEqual(foreign(parts, namedInSql(writing)), [])
})

test('[FE8] a part reads the table of another only through what its owner exports', () => {
  const files = parts.filter((file) => !isMigration(file))
  assert.deepEqual([...foreign(files, namedInSql(reading)), ...foreign(files, namedInQueries)], [])
})

test('[FE8] finds reads of another part’s table in every form', () => {
  const forms = [
    ...['`SELECT 1 FROM rooms r`', '`… LEFT JOIN "rooms" r`', '`delete from a using rooms`'],
    ...["q.selectFrom('rooms as r')", "q.selectFrom(['room_hosts', 'rooms'])", "q.leftJoin('rooms', (on) => on)"],
    ...["q.deleteFrom('rooms')", "q.selectFrom(\n  'rooms'\n)", "q.innerJoin('rooms as r', 'r.num', 'o.room')"],
  ]
  for (const text of forms) {
    const file = { file: 'features/rooms/x.ts', text }
    const found = [...foreign([file], namedInSql(reading)), ...foreign([file], namedInQueries)]
    assert.deepEqual([...new Set(found)], ['features/rooms/x.ts names rooms of room'], text)
  }
})

test('[FE8] only the owner of a table declares its columns, and only its part builds queries with them', () => {
  const declared = parts.flatMap(({ file, text }) =>
    [...text.matchAll(/^ {2}(\w+): \{/gm)]
      .map(([, table = '']) => ({ file, table }))
      .filter(
        ({ file: of, table }) => of.endsWith('tables.ts') && owners.has(table) && owners.get(table) !== partOf(of),
      ),
  )
  assert.deepEqual(declared, [])
  // The type of a part's tables is imported inside the part alone: `../` never leads out of it.
  const imported = parts.flatMap(({ file, text }) =>
    [...text.matchAll(/import [^;]*?\{([^}]*)\} from '([^']+)'/g)]
      .filter(([, names = '']) => /\w+Tables\b/.test(names))
      .map(([, , from = '']) => partOf(join(dirname(file), from)))
      .filter((part) => part !== partOf(file))
      .map((part) => `${file} imports tables of ${part}`),
  )
  assert.deepEqual(imported, [])
  const made = parts.flatMap(({ text }) => [...text.matchAll(/createQueries<(\w+)>/g)].map(([, type = '']) => type))
  assert.ok(made.length >= 10)
  assert.deepEqual(
    made.filter((type) => type !== 'object' && !/^\w+Tables$/.test(type)),
    [],
  )
})
