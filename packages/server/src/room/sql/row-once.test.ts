import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UniqueViolation } from '../../platform/db/database.ts'
import type { RowsStatement } from '../types.ts'
import { eachRowOnce } from './row-once.ts'

const statement = (again: RowsStatement['again']): RowsStatement => ({ sqlite: '', postgres: '', key: 2, again })

test('[C13] keeps the last of several rows with the same key, or refuses them', () => {
  const rows = [
    [1, 'a', 1],
    [1, 'b', 2],
    [1, 'a', 3],
    ['1', 'a', 4],
  ]
  assert.deepEqual(eachRowOnce({ statement: statement('last'), rows }), [rows[2], rows[1], rows[3]])
  assert.throws(() => eachRowOnce({ statement: statement('refuse'), rows }), UniqueViolation)
  const different = rows.slice(0, 2)
  for (const again of ['last', 'refuse'] as const) {
    assert.equal(eachRowOnce({ statement: statement(again), rows: different }), different)
  }
})

test('[C13] keys of two numbers are equal if both numbers are', () => {
  const rows = [
    [1, 12, 'a'],
    [11, 2, 'b'],
    [1, 2, 'c'],
    [1, 12, 'd'],
  ]
  assert.deepEqual(eachRowOnce({ statement: statement('last'), rows }), [rows[3], rows[1], rows[2]])
})
