import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeWellFormed, parseWellFormed, wellFormedJson } from './well-formed.ts'

/** Texts that mix halves of surrogate pairs, whole pairs, backslashes and lookalikes of escapes. */
const units = fc.string({
  unit: fc.constantFrom(
    '\ud83d',
    '\ude00',
    '\ud800',
    '\udfff',
    '😀',
    '\\',
    'u',
    'ud800',
    '\\ud800',
    '"',
    'x',
    'é',
    '\0',
  ),
  maxLength: 12,
})
const values = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    units,
    fc.integer(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(units, tie('any'), { maxKeys: 4 }),
  ),
})).any

/** The expected result, computed simply and slowly. */
function expected(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(expected)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), expected(inner)]))
}

test('[TX1] every text and every field name becomes well-formed, at any depth, and nothing else changes', () => {
  fc.assert(
    fc.property(values, (value) => {
      assert.deepEqual(parseWellFormed(JSON.stringify(value)), expected(value))
    }),
  )
})

test('[TX1] finds halves of pairs in every form in which JSON can escape them', () => {
  for (const text of ['"\\ud800"', '"\\uD800"', '"\\uDbFf"', '"\\udc00"', '"\ud800"'])
    assert.equal(parseWellFormed(text), '\ufffd', text)
  assert.equal(parseWellFormed('"\\ud83d\\uDE00"'), '😀')
  assert.equal(parseWellFormed('"\\ude00\\ud83d"'), '\ufffd\ufffd')
  assert.equal(parseWellFormed('"\\\\ud800"'), '\\ud800')
})

test('[TX1] handles a value nested deeper than the call stack', () => {
  const depth = 30_000
  const value = parseWellFormed(`${'['.repeat(depth)}"\\ud800"${']'.repeat(depth)}`)
  let inside = value
  while (Array.isArray(inside)) inside = inside[0]
  assert.equal(inside, '\ufffd')
})

test('[TX1] bytes do not change, and a field named __proto__ stays a field', () => {
  const bytes = Buffer.from([0xed, 0xa0, 0x80])
  const value = makeWellFormed({ audio: bytes, '\ud800': 1 })
  assert.deepEqual(value, { audio: bytes, '\ufffd': 1 })
  const named = parseWellFormed('{"__proto__":{"x":"\\ud800"},"\\ud800":1}')
  assert.equal(JSON.stringify(named), '{"__proto__":{"x":"\ufffd"},"\ufffd":1}')
  assert.equal(Object.getPrototypeOf(named), Object.prototype)
})

test('[TX2] stored JSON is made well-formed as if it had been parsed', () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = wellFormedJson(JSON.stringify(value))
      assert.ok(text.isWellFormed())
      assert.deepEqual(JSON.parse(text), expected(value))
    }),
  )
  assert.equal(wellFormedJson('"\\ud83d\\ude00"'), '"\\ud83d\\ude00"')
})
