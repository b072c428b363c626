import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { brokenText, checkedText, currentObject, currentText, readStored, type StoredShape } from './stored.ts'

const shape: StoredShape<{ name: string; tags: string[] }> = {
  v: 3,
  schema: z.object({ name: z.string(), tags: z.array(z.string()) }),
  upcast: (value, v) => (v === 1 ? { ...value, tags: [] } : { ...value, tags: String(value['tag']).split(' ') }),
}

test('[SD1] text of the current version is used unchanged', () => {
  for (const text of ['{"name":"x"}', '{"of": "anything" }']) assert.equal(currentText(shape, 3, text), text)
  for (const text of ['', 'null', '{"name":', '"x"', 'name}']) assert.equal(currentText(shape, 3, text), null)
})

test('[SD2] [SD3] an older row is upgraded with all its fields, a newer one is read as far as it fits', () => {
  assert.equal(currentText(shape, 1, '{"name":"x","more":1}'), '{"name":"x","more":1,"tags":[]}')
  const older = readStored(shape, 2, '{"name":"x","tag":"a b"}')
  assert.deepEqual(older, {
    ok: true,
    value: { name: 'x', tags: ['a', 'b'] },
    stored: { name: 'x', tag: 'a b', tags: ['a', 'b'] },
  })
  const newer = readStored(shape, 9, '{"name":"x","tags":[],"colour":"red"}')
  assert.deepEqual(newer.ok && [newer.value, newer.stored['colour']], [{ name: 'x', tags: [] }, 'red'])
})

test('[SD2] an object is upgraded as its text is, and of the current version not validated', () => {
  assert.deepEqual(currentObject(shape, 3, '{"of":"anything"}'), { of: 'anything' })
  assert.deepEqual(currentObject(shape, 1, '{"name":"x"}'), { name: 'x', tags: [] })
  assert.deepEqual([currentObject(shape, 9, '{"name":1}'), currentObject(shape, 3, '{oops}')], [null, null])
})

test('[SD6] text from the database is JSON of an object, or no version of it can be read', () => {
  const deep = `{"x":${'['.repeat(5000)}${']'.repeat(5000)}}`
  for (const text of ['{}', '{"x":{}}', deep]) assert.equal(checkedText(text), text)
  for (const text of ['', '{oops}', '{"x":1}}', '{} {}', ' {}', '[{}]', '{"x":"}']) {
    assert.equal(checkedText(text), brokenText)
    for (const v of [1, 3, 9]) assert.equal(currentText(shape, v, checkedText(text)), null)
  }
})

test('[SD4] whatever cannot be read is answered as unreadable', () => {
  for (const text of ['', '{', '[]', 'null', '7', '{"name":7,"tags":[]}', '{}'])
    for (const v of [1, 2, 3, 9]) assert.equal(readStored(shape, v, text).ok, false, `${text} at ${v}`)
  const throws = { ...shape, upcast: () => assert.fail() }
  assert.equal(readStored(throws, 1, '{"name":"x","tags":[]}').ok, false)
  assert.equal(currentText(throws, 1, '{"name":"x","tags":[]}'), null)
})

/** Files that parse other JSON than stored rows: settings, cursors, input of clients, log lines, documents. */
const noRows = new Set([
  'config/json-file.ts',
  'core/action.ts',
  'platform/log/log.ts',
  'core/stored.ts',
  'core/text/well-formed.ts',
  'features/uploads/receiving/resumable.ts',
  'room/log/recovery.ts',
  'transport/docs/schema.ts',
  'transport/http/body.ts',
  'transport/http/log.ts',
  'transport/socket/packet.ts',
])

test('[SD5] stored JSON is parsed in one place', () => {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const files = globSync('**/*.ts', { cwd: folder }).map((file) => file.replaceAll('\\', '/'))
  const parsing = files
    .filter((file) => !/\.(test|suite)\.ts$|(^|\/)testing\//.test(file) && !noRows.has(file))
    .filter((file) => /JSON\.parse\(|parseWellFormed\(/.test(readFileSync(`${folder}/${file}`, 'utf8')))
  assert.deepEqual(parsing, [], 'Read stored JSON with readStored of core/stored.ts')
})
