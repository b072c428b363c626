import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundText, type Check, isWorse, verdictOf } from './check.ts'

const more: Check = { id: 'more', figure: 'x', unit: '/s', on: 'ratio', bound: { atLeast: 18 } }
const less: Check = { id: 'less', figure: 'x', unit: 'ms', on: 'ratio', bound: { atMost: 1.25 }, isLatency: true }

test('a value equal to the bound passes, a worse one does not', () => {
  assert.equal(verdictOf(more, 18, 0.1), 'reached')
  assert.equal(verdictOf(more, 17.99, 0.1), 'not reached')
  assert.equal(verdictOf(less, 1.25, 0.1), 'reached')
  assert.equal(verdictOf(less, 1.26, 0.1), 'not reached')
})

test('only the same value passes an exact check', () => {
  const code: Check = { id: 'code', figure: 'x', unit: '', on: 'parlor', bound: { exactly: 1013 } }
  assert.deepEqual(
    [1012, 1013, 1014].map((value) => verdictOf(code, value, 0.1)),
    ['not reached', 'reached', 'not reached'],
  )
})

test('on a slow disk latencies are not checked, other figures are', () => {
  assert.equal(verdictOf(less, 3, 0.3), 'not binding')
  assert.equal(verdictOf(less, 1, 0.3), 'reached')
  assert.equal(verdictOf(more, 3, 5), 'not reached')
})

test('a regression is more than 10 % worse than the record', () => {
  assert.equal(isWorse(more, 18.1, 20), false)
  assert.equal(isWorse(more, 17.9, 20), true)
  assert.equal(isWorse(more, 40, 20), false)
  assert.equal(isWorse(less, 1.1, 1), false)
  assert.equal(isWorse(less, 1.12, 1), true)
})

test('a value that could not be measured fails', () => {
  assert.equal(verdictOf(more, Number.NaN, 0.1), 'not reached')
  assert.equal(verdictOf(less, Number.NaN, 0.1), 'not reached')
})

test('formats bounds for people', () => {
  assert.equal(boundText(more), '≥ 18×')
  assert.equal(boundText({ ...less, on: 'parlor' }), '≤ 1.25 ms')
  assert.equal(boundText({ ...less, on: 'parlor', unit: '', bound: { exactly: 1013 } }), '= 1013')
})
