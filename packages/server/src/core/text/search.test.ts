import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitOf, searchKey } from './search.ts'

test('a name is found without regard to case, accents and width, best from its beginning', () => {
  const of = (typed: string, name: string) => fitOf(searchKey(typed), name)
  assert.deepEqual(
    [
      of('MÜN', 'Munich'),
      of('cafe', 'Le Café'),
      of('ＴＥＡ', 'Green-tea club'),
      of('lub', 'Book club'),
      of('x', 'Tea'),
    ],
    [0, 1, 1, 2, null],
  )
  assert.deepEqual([of('an', 'banana an'), of(' ', 'Tea'), of('  book   club ', 'Book club')], [1, 0, 0])
})
