import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initials, toneOf } from './initials.ts'

test('initials are the first characters of the first and the last word, in any script', () => {
  const names = ['Ann', 'ann of  green gables', '👩‍🚀 Zoë', 'ßeta', '', ' ']
  assert.deepEqual(names.map(initials), ['A', 'AG', '👩‍🚀Z', 'SS', '?', '?'])
})

test('ids have a tone each, the same at all times', () => {
  assert.deepEqual(['a', 'b', 'c'].map(toneOf), ['a', 'b', 'c'].map(toneOf))
  assert.ok(new Set(Array.from({ length: 100 }, (_, at) => toneOf(`user-${at}`))).size === 10)
})
