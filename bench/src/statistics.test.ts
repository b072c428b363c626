import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LatencyHistogram, median, quantile } from './statistics.ts'

test('the median of an odd number of values is the middle one, of an even number the mean of two', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.equal(median([7]), 7)
  assert.throws(() => median([]), RangeError)
})

test('a quantile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  assert.equal(quantile(values, 0.5), 50)
  assert.equal(quantile(values, 0.99), 99)
  assert.equal(quantile(values, 1), 100)
  assert.equal(quantile([3], 0), 3)
  assert.throws(() => quantile([], 0.5), RangeError)
})

test('the histogram gives quantiles within 1 % over six orders of magnitude', () => {
  for (const scale of [1e2, 1e5, 1e8]) {
    const histogram = new LatencyHistogram()
    for (let value = 1; value <= 1000; value++) histogram.record(value * scale)
    for (const share of [0.01, 0.5, 0.99, 1]) {
      const exact = share * 1000 * scale
      const error = Math.abs(histogram.quantile(share) - exact) / exact
      assert.ok(error <= 0.01, `${share} of ${scale}: off by ${error}`)
    }
  }
})

test('one slow value among a thousand is the maximum and not the p99', () => {
  const histogram = new LatencyHistogram()
  for (let count = 0; count < 999; count++) histogram.record(1e6)
  histogram.record(50e6)
  assert.ok(histogram.quantile(0.99) < 1.02e6)
  assert.ok(histogram.quantile(1) > 49e6)
})

test('histograms of several processes are summed, and survive being sent', () => {
  const first = new LatencyHistogram()
  const second = new LatencyHistogram()
  for (let count = 0; count < 60; count++) first.record(1e6)
  for (let count = 0; count < 40; count++) second.record(9e6)
  first.add(new LatencyHistogram(JSON.parse(JSON.stringify(second.toArray()))))
  assert.equal(first.total, 100)
  assert.ok(first.quantile(0.6) < 1.02e6)
  assert.ok(first.quantile(0.61) > 8.9e6)
})

test('an empty histogram has no quantile, and durations out of range stay in the outer buckets', () => {
  const histogram = new LatencyHistogram()
  assert.ok(Number.isNaN(histogram.quantile(0.5)))
  histogram.record(-5)
  histogram.record(1e15)
  assert.equal(histogram.total, 2)
  histogram.reset()
  assert.equal(histogram.total, 0)
  assert.ok(Number.isNaN(histogram.quantile(0.5)))
})
