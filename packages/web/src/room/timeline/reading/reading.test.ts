import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { advanceReading, type Away, firstUnread, startLate, startReading } from './reading.ts'

describe('how far the reader has read', () => {
  const now = (away: Away) => (newest: number) => ({ newest, away })
  const [here, up, hidden] = [now('no'), now('up'), now('hidden')]

  it('advances with new messages while they look, without an unread line', () => {
    const reading = [here(5), here(6), here(9)].reduce(advanceReading, startReading(null))
    assert.deepEqual(reading, { seen: 9, unreadAfter: null, away: 'no' })
  })

  it('is marked by the unread line when they go away, which stays when they return', () => {
    const away = [here(5), hidden(5), hidden(8)].reduce(advanceReading, startReading(null))
    assert.deepEqual(away, { seen: 5, unreadAfter: 5, away: 'hidden' })
    const back = [here(8), here(9)].reduce(advanceReading, away)
    assert.deepEqual(back, { seen: 9, unreadAfter: 5, away: 'no' })
    assert.equal(advanceReading(back, hidden(9)).unreadAfter, 9)
  })

  it('is marked when they scroll up', () => {
    assert.equal([here(5), up(5), up(8), here(8)].reduce(advanceReading, startReading(null)).unreadAfter, 5)
  })

  it('has a line that stays while they scroll up and down', () => {
    assert.equal([here(8), up(8), here(8), here(9), up(9)].reduce(advanceReading, startReading(3)).unreadAfter, 3)
  })

  it('has no line if no message came while they were away', () => {
    for (const away of [up, hidden])
      assert.equal([here(5), away(5), here(5), here(6)].reduce(advanceReading, startReading(null)).unreadAfter, null)
  })

  it('starts from what was stored at the last visit', () => {
    assert.equal(advanceReading(startReading(3), here(7)).unreadAfter, 3)
    assert.equal(advanceReading(startReading(7), here(7)).unreadAfter, null)
    assert.deepEqual(advanceReading(startReading(3), up(7)), { seen: 3, unreadAfter: 3, away: 'up' })
    assert.equal([up(7), here(7)].reduce(advanceReading, startReading(null)).unreadAfter, null)
  })

  it('includes what came while the server was asked, if all of the room was read and the reader looked', () => {
    const late = (seen: number, opened: number, away: Away) =>
      advanceReading(startLate(seen, opened, { newest: 9, away }), { newest: 9, away })
    assert.deepEqual(late(7, 7, 'no'), { seen: 9, unreadAfter: null, away: 'no' })
    assert.equal(late(6, 7, 'no').unreadAfter, 6, 'the message before was not read')
    assert.equal(advanceReading(late(7, 7, 'hidden'), here(9)).unreadAfter, 7, 'nobody looked')
  })

  it('begins at the mark of the user where that is earlier than the pointer', () => {
    assert.equal(firstUnread({ read_seq: 7, unread_from: null }), 8)
    assert.equal(firstUnread({ read_seq: 7, unread_from: 3 }), 3)
    assert.equal(firstUnread({ read_seq: 7, unread_from: 12 }), 8)
  })

  it('is the same object while nothing changes', () => {
    const reading = advanceReading(startReading(null), here(5))
    assert.equal(advanceReading(reading, here(5)), reading)
    const away = advanceReading(reading, hidden(5))
    assert.equal(advanceReading(away, hidden(6)), away)
  })
})
