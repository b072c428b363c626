import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FeedRoom } from '@parlor/client/feed'
import { heldIn, type Section, sectionsOf } from './sections.ts'

const room = (id: string, more: Partial<FeedRoom> = {}): FeedRoom =>
  JSON.parse(JSON.stringify({ id, name: id, unread: 0, unread_from: null, ...more }))
const placesIn = (sections: readonly Section[]) =>
  sections.map(({ name, rooms }) => [name, ...rooms.map((each) => each.name)].join(' '))

describe('the column of rooms', () => {
  it('[SH2] moves none while it is held, and shows what is known of each', () => {
    const before = sectionsOf([room('a'), room('b'), room('c')], null)
    const now = sectionsOf([room('new'), room('c', { name: 'C' }), room('a')], null)
    assert.deepEqual(placesIn(heldIn(before, now)), ['rooms a b C'])
    assert.deepEqual(placesIn(now), ['rooms new C a'])
  })

  it('[SH3] has each room once', () => {
    const opened = { room_id: 'b', section: 'rooms' } as const
    assert.deepEqual(placesIn(sectionsOf([room('a'), room('b')], opened)), ['rooms a b'])
    assert.deepEqual(sectionsOf([], opened), [])
  })
})
