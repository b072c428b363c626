import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { initials, toneOf } from './initials.ts'

describe('initials', () => {
  const names: [string, string][] = [
    ['Ana', 'A'],
    ['ana maría lópez', 'AL'],
    ['  Jo  Ek ', 'JE'],
    ['👩‍🚀 Sally', '👩‍🚀S'],
    ['Émile', 'É'],
    ['李 小龙', '李小'],
    ['', '?'],
  ]
  for (const [name, letters] of names) it(`of “${name}” are ${letters}`, () => assert.equal(initials(name), letters))
})

describe("a person's colour", () => {
  it('is one of ten, stable, and all ten are used', () => {
    const ids = Array.from({ length: 200 }, (_, at) => `01931c5e-7d00-7000-8000-${String(at).padStart(12, '0')}`)
    assert.deepEqual(new Set(ids.map(toneOf)), new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    assert.deepEqual(ids.map(toneOf), ids.map(toneOf))
  })
})
