import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FeedRoom } from '@parlor/client/feed'
import { fitting, groupsIn, heldIn, type Section, sectionsOf } from './sections.ts'

const plain = { unread: 0, unread_from: null, notify: 'all', notify_until: null, favorite: false, group: null }
const now = Date.UTC(2026, 0, 1)
const room = (id: string, more: Partial<FeedRoom> = {}): FeedRoom =>
  JSON.parse(JSON.stringify({ id, name: id, ...plain, ...more }))
const placesIn = (sections: readonly Section[]) =>
  sections.map(({ key, rooms }) => [key, ...rooms.map((each) => each.name)].join(' '))

describe('the column of rooms', () => {
  it('[SH2] moves none while it is held, and shows what is known of each', () => {
    const before = sectionsOf([room('a'), room('b'), room('c')], null, now)
    const after = sectionsOf([room('new'), room('c', { name: 'C' }), room('a')], null, now)
    assert.deepEqual(placesIn(heldIn(before, after)), ['rooms a b C'])
    assert.deepEqual(placesIn(after), ['rooms new C a'])
  })

  it('[SH2] adds further pages at the end while it is held', () => {
    const before = sectionsOf([room('a'), room('b')], null, now)
    const after = sectionsOf([room('new'), room('b'), room('a'), room('c'), room('d')], null, now)
    assert.deepEqual(placesIn(heldIn(before, after)), ['rooms a b c d'])
  })

  it('[SH3] has each room once', () => {
    const opened = { room_id: 'b', section: 'rooms' } as const
    assert.deepEqual(placesIn(sectionsOf([room('a'), room('b')], opened, now)), ['rooms a b'])
    assert.deepEqual(sectionsOf([], opened, now), [])
  })

  it('[SH5] shows what is unread first, then favourites, own groups by name, and the rest', () => {
    const rooms = [
      room('a', { group: 'Work 10' }),
      room('b', { favorite: true, group: 'Work 2' }),
      room('c', { group: 'work 2' }),
      room('d', { unread: 3, favorite: true }),
      room('e', { unread_from: 4 }),
      room('f', { unread: 3, notify: 'none' }),
      room('g', { unread: 3, notify: 'none', notify_until: new Date(now).toISOString() }),
    ]
    assert.deepEqual(placesIn(sectionsOf(rooms, null, now)), [
      'unread d e g',
      'favorites b',
      'group work 2 c',
      'group Work 10 a',
      'rooms f',
    ])
    assert.deepEqual(groupsIn(rooms).length, 3)
    const opened = { room_id: 'd', section: 'unread' }
    assert.deepEqual(placesIn(sectionsOf([room('d'), room('f')], opened, now)), ['unread d', 'rooms f'])
  })

  it('[SH10] filters the rooms by their names, and leaves them in their places', () => {
    const sections = sectionsOf([room('Tea'), room('Books', { favorite: true }), room('Green téa')], null, now)
    assert.deepEqual(placesIn(fitting(sections, ' TEA')), ['rooms Tea Green téa'])
    assert.deepEqual(placesIn(fitting(sections, 'oo')), ['favorites Books'])
    assert.deepEqual(fitting(sections, 'none'), [])
    assert.equal(fitting(sections, ' '), sections)
  })
})
