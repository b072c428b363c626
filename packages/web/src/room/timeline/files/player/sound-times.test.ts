import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barsOf, clockTime, rateAfter, stepOf } from './sound-times.ts'

test('[PL3] times are told in minutes and seconds', () => {
  assert.deepEqual([0, 5.9, 61, 750, 3723].map(clockTime), ['0:00', '0:05', '1:01', '12:30', '1:02:03'])
})

test('[PL3] the rate goes round, and arrow keys move by less in what is short', () => {
  assert.deepEqual([1, 1.5, 2, 0.7].map(rateAfter), [1.5, 2, 1, 1])
  assert.deepEqual([3, 600].map(stepOf), [0.3, 5])
})

test('[PL3] a waveform has the bars that there is room for, whatever peaks there are', () => {
  assert.deepEqual(barsOf([0, 0.5, 1, 0.25], 2), [0.5, 1])
  assert.deepEqual(barsOf([0, 1], 4), [0.06, 0.06, 1, 1])
  assert.equal(barsOf([], 3).length, 3)
})
