import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tones, toneOf } from './tone.ts'

test('[W10] an id has the same colour everywhere and at all times', () => {
  assert.deepEqual(['lobby', 'room-1', 'room-2', ''].map(toneOf), [3, 8, 5, 1])
})

test('[W10] every colour is given about as often as the others, also to ids that were made one after the other', () => {
  const counts = Array.from({ length: tones }, () => 0)
  for (let at = 0; at < 2000; at += 1) {
    const tone = toneOf(`0199f3a2-7c00-7000-8000-${String(at).padStart(12, '0')}`)
    counts[tone] = (counts[tone] ?? 0) + 1
  }
  assert.equal(counts.length, tones)
  assert.ok(Math.min(...counts) > 100 && Math.max(...counts) < 300, counts.join(', '))
})
