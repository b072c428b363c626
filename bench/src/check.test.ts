import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundText, type Check, isWorse, verdictOf } from './check.ts'

const more: Check = { id: 'more', figure: 'x', unit: '/s', on: 'ratio', bound: { atLeast: 18 } }
const less: Check = { id: 'less', figure: 'x', unit: 'ms', on: 'ratio', bound: { atMost: 1.25 }, isLatency: true }

test('a bound is reached by the value itself and not by what is past it', () => {
  assert.equal(verdictOf(more, 18, 0.1), 'reached')
  assert.equal(verdictOf(more, 17.99, 0.1), 'not reached')
  assert.equal(verdictOf(less, 1.25, 0.1), 'reached')
  assert.equal(verdictOf(less, 1.26, 0.1), 'not reached')
})

test('an exact value is reached by itself alone', () => {
  const code: Check = { id: 'code', figure: 'x', unit: '', on: 'parlor', bound: { exactly: 1013 } }
  assert.deepEqual(
    [1012, 1013, 1014].map((value) => verdictOf(code, value, 0.1)),
    ['not reached', 'reached', 'not reached'],
  )
})

test('a latency does not bind on a slow disk, other figures do', () => {
  assert.equal(verdictOf(less, 3, 0.3), 'not binding')
  assert.equal(verdictOf(less, 1, 0.3), 'reached')
  assert.equal(verdictOf(more, 3, 5), 'not reached')
})

test('worse is 10 % past the record, in the direction that the bound says', () => {
  assert.equal(isWorse(more, 18.1, 20), false)
  assert.equal(isWorse(more, 17.9, 20), true)
  assert.equal(isWorse(more, 40, 20), false)
  assert.equal(isWorse(less, 1.1, 1), false)
  assert.equal(isWorse(less, 1.12, 1), true)
})

test('a value that could not be measured reaches nothing', () => {
  assert.equal(verdictOf(more, Number.NaN, 0.1), 'not reached')
  assert.equal(verdictOf(less, Number.NaN, 0.1), 'not reached')
})

test('bounds read as people write them', () => {
  assert.equal(boundText(more), '≥ 18×')
  assert.equal(boundText({ ...less, on: 'parlor' }), '≤ 1.25 ms')
  assert.equal(boundText({ ...less, on: 'parlor', unit: '', bound: { exactly: 1013 } }), '= 1013')
})
