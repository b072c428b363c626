import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Away, opened, readOn } from './reading.ts'

describe('how far somebody has read', () => {
  const now = (away: Away) => (newest: number) => ({ newest, away })
  const [here, up, hidden] = [now('no'), now('up'), now('hidden')]

  it('goes with what is said while they look, without a line', () => {
    const reading = [here(5), here(6), here(9)].reduce(readOn, opened(null))
    assert.deepEqual(reading, { seen: 9, mark: null, away: 'no' })
  })

  it('is marked when they go away, and the line stays when they return', () => {
    const away = [here(5), hidden(5), hidden(8)].reduce(readOn, opened(null))
    assert.deepEqual(away, { seen: 5, mark: 5, away: 'hidden' })
    const back = [here(8), here(9)].reduce(readOn, away)
    assert.deepEqual(back, { seen: 9, mark: 5, away: 'no' })
    assert.equal(readOn(back, hidden(9)).mark, 9)
  })

  it('is marked when they read what is further up', () => {
    assert.equal([here(5), up(5), up(8), here(8)].reduce(readOn, opened(null)).mark, 5)
  })

  it('has a line that stays while they look around', () => {
    assert.equal([here(8), up(8), here(8), here(9), up(9)].reduce(readOn, opened(3)).mark, 3)
  })

  it('has no line if nothing came while they were away', () => {
    for (const away of [up, hidden])
      assert.equal([here(5), away(5), here(5), here(6)].reduce(readOn, opened(null)).mark, null)
  })

  it('begins with what was kept from the time before', () => {
    assert.equal(readOn(opened(3), here(7)).mark, 3)
    assert.equal(readOn(opened(7), here(7)).mark, null)
    assert.deepEqual(readOn(opened(3), up(7)), { seen: 3, mark: 3, away: 'up' })
    assert.equal([up(7), here(7)].reduce(readOn, opened(null)).mark, null)
  })

  it('is the same thing while nothing changes', () => {
    const reading = readOn(opened(null), here(5))
    assert.equal(readOn(reading, here(5)), reading)
    const away = readOn(reading, hidden(5))
    assert.equal(readOn(away, hidden(6)), away)
  })
})
