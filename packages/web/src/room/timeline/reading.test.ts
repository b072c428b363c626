import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { opened, readOn } from './reading.ts'

describe('how far somebody has read', () => {
  const here = (newest: number) => ({ newest, away: false })
  const gone = (newest: number) => ({ newest, away: true })

  it('goes with what is said while they look, without a line', () => {
    const reading = [here(5), here(6), here(9)].reduce(readOn, opened(null))
    assert.deepEqual(reading, { seen: 9, mark: null, away: false })
  })

  it('is marked when they go away, and the line stays when they return', () => {
    const away = [here(5), gone(5), gone(8)].reduce(readOn, opened(null))
    assert.deepEqual(away, { seen: 5, mark: 5, away: true })
    const back = [here(8), here(9)].reduce(readOn, away)
    assert.deepEqual(back, { seen: 9, mark: 5, away: false })
    assert.equal(readOn(back, gone(9)).mark, 9)
  })

  it('has no line if nothing came while they were away', () => {
    assert.equal([here(5), gone(5), here(5), here(6)].reduce(readOn, opened(null)).mark, null)
  })

  it('begins with what was kept from the time before', () => {
    assert.equal(readOn(opened(3), here(7)).mark, 3)
    assert.equal(readOn(opened(7), here(7)).mark, null)
  })

  it('is the same thing while nothing changes', () => {
    const reading = readOn(opened(null), here(5))
    assert.equal(readOn(reading, here(5)), reading)
    const away = readOn(reading, gone(5))
    assert.equal(readOn(away, gone(6)), away)
  })
})
