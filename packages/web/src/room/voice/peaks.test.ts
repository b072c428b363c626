import assert from 'node:assert/strict'
import { test } from 'node:test'
import { levelOf, peaksOf } from './peaks.ts'

test('[VN3] a waveform is the loudest level of each of 100 stretches, from 0 to 1', () => {
  const levels = Array.from({ length: 1000 }, (_, n) => (n % 10 === 3 ? n / 1000 : 0.0001))
  const peaks = peaksOf(levels)
  assert.equal(peaks?.length, 100)
  assert.deepEqual(peaks?.slice(0, 3), [0.003, 0.013, 0.023])
  assert.deepEqual(peaksOf([0.12345, 7])?.slice(49, 51), [0.123, 1])
})

test('[VN3] silence has no waveform', () => {
  assert.equal(peaksOf([]), null)
  assert.equal(peaksOf([0, 0]), null)
})

test('a level is that of the loudest sample', () => {
  assert.equal(levelOf(Float32Array.of(0.25, -0.5, 0)), 0.5)
  assert.equal(levelOf(Float32Array.of(-3)), 1)
})
