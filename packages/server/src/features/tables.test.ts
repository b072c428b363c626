import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const source = join(import.meta.dirname, '..')

/** Files that read tables of other parts, in joins with their own or in a migration that fills one of theirs. */
const reads: Readonly<Record<string, readonly string[]>> = {
  'features/messages/store.ts': ['events'],
  'features/rooms/store.ts': ['rooms', 'members', 'records', 'users'],
  'features/rooms/tables.ts': ['rooms', 'events', 'records', 'users'],
  'features/rooms/waiting/user-records-store.ts': ['rooms'],
}

/** What precedes a table's name in SQL text and in queries that write to it, and in those that read it. */
const writing = String.raw`(?:INSERT INTO |(?<!DO )UPDATE |DELETE FROM |ALTER TABLE |insertInto\('|updateTable\('|deleteFrom\(')`
const reading = String.raw`(?:FROM |JOIN |selectFrom\('|innerJoin\('|leftJoin\(')`

const parts = globSync('{room,features/*}/**/*.ts', { cwd: source })
  .filter((file) => !/(^|\/)testing\/|\.test\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }))

const partOf = (file: string): string =>
  file.startsWith('room/') ? 'room' : dirname(file).split('/').slice(0, 2).join('/')

/** By table, the part whose migration creates it. */
const owners = new Map(
  parts.flatMap(({ file, text }) =>
    [...text.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)].map(
      ([, table = '']) => [table, partOf(file)] as const,
    ),
  ),
)

function used(before: string): { file: string; table: string }[] {
  const names = new RegExp(`${before}(${[...owners.keys()].join('|')})\\b`, 'g')
  return parts.flatMap(({ file, text }) =>
    [...text.matchAll(names)]
      .map(([, table = '']) => ({ file, table }))
      .filter(({ table }) => owners.get(table) !== partOf(file)),
  )
}

test('[FE8] every table has an owner, and no other part writes to it', () => {
  assert.ok(owners.size >= 10, `only ${owners.size} tables were found`)
  assert.deepEqual(used(writing), [])
})

test('[FE8] the list of files that read tables of other parts is complete and holds nothing else', () => {
  const found: Record<string, string[]> = {}
  for (const { file, table } of used(reading)) {
    const tables = (found[file] ??= [])
    if (!tables.includes(table)) tables.push(table)
  }
  const sorted = (all: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(all).map(([file, tables]) => [file, tables.toSorted()]))
  assert.deepEqual(sorted(found), sorted(reads))
})

test('[FE8] only the owner of a table declares its columns', () => {
  const declared = parts.flatMap(({ file, text }) =>
    [...text.matchAll(/^ {2}(\w+): \{/gm)]
      .map(([, table = '']) => ({ file, table }))
      .filter(
        ({ file: of, table }) => of.endsWith('tables.ts') && owners.has(table) && owners.get(table) !== partOf(of),
      ),
  )
  assert.deepEqual(declared, [])
})
