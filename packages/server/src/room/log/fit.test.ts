import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fit } from './commit-sqlite.ts'

const after = (fitting: number, times: number, perCall: number): number => {
  let next = fitting
  for (let time = 0; time < times; time += 1) next = fit(next, next, next * perCall)
  return Math.round(next)
}

test('[C12] a transaction takes as many calls as recent ones had time for', () => {
  assert.equal(after(256, 12, 1 / 100), 100, 'fewer when a call takes longer')
  assert.equal(after(100, 12, 1 / 200), 200, 'more when it takes less')
})

test('[C12] one slow transaction at most halves the number, and a minimum stays', () => {
  assert.equal(fit(120, 120, 40), 61.5)
  assert.equal(fit(16, 16, 1000), 16)
  assert.equal(fit(120, 0, 1), 120)
  assert.equal(fit(120, 1, 0), 120)
})
