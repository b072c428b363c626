import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FeedRoom, RoomNews } from '../generated/shapes.generated.ts'
import {
  beginning,
  type FeedList,
  isFirst,
  marked,
  shownOf,
  unknownIn,
  withChanges,
  withMore,
  withNews,
  withPreferences,
  withReading,
} from './list.ts'
import { notifyAt, withPending } from './preferences.ts'
import { at, page, room } from './testing/rooms.ts'

const event = (rooms: RoomNews[], more: { added?: FeedRoom[]; gone?: string[]; since?: string } = {}) => ({
  ...{ since: more.since ?? '2000', added: more.added ?? [], rooms },
  gone: (more.gone ?? []).map((room_id) => ({ room_id, reason: 'left' })),
})
const ids = (list: FeedList) => shownOf(list).map(({ id }) => id)

test('[F1] a room moves up when it has a message; news that are older than what was read change nothing', () => {
  const list = beginning(page([room('a', 9), room('b', 8), room('c', 7)]))
  const moved = withNews(list, event([{ room_id: 'c', last_seq: 10, last_message_at: at(10), name: 'new' }]))
  assert.deepEqual(ids(moved), ['c', 'a', 'b'])
  assert.equal(moved.rooms.get('c')?.name, 'new')
  assert.equal(list.rooms.get('c')?.name, 'c', 'values are not mutated')
  const late = withNews(moved, event([{ room_id: 'c', last_seq: 9, name: 'old' }], { since: '1500' }))
  assert.deepEqual([late.rooms.get('c')?.name, late.since], ['new', '2000'])
})

test('[F1] a role that was read with an older state of the room is taken, and nothing else of it', () => {
  const list = beginning(page([room('a', 9, { name: 'new' })]))
  const added = [room('a', 8, { name: 'old', me: { role: 'cohost' } })]
  const { name, me } = withNews(list, event([], { added })).rooms.get('a') ?? {}
  assert.deepEqual([name, me], ['new', { role: 'cohost' }])
})

test('[F1] a room that lost its host shows none', () => {
  const host = { id: 'ann', name: 'Ann', avatar_url: null, guest: false }
  const list = beginning(page([room('a', 9, { host, host_id: 'ann' })]))
  const named = withNews(list, event([{ room_id: 'a', last_seq: 10, name: 'new' }]))
  assert.deepEqual(named.rooms.get('a')?.host, host)
  const left = withNews(named, event([{ room_id: 'a', last_seq: 11, host_id: null }])).rooms.get('a')
  assert.ok(left && !('host' in left))
})

test('[F2] rooms behind the last page that was read are not shown until it is read, or they become active', () => {
  const list = beginning(page([room('a', 9), room('b', 8)], { next_cursor: 'x' }))
  const joined = withNews(list, event([], { added: [room('old', 3)] }))
  assert.deepEqual(ids(joined), ['a', 'b'])
  const quiet = event([{ room_id: 'c', last_seq: 20, member_count: 3 }])
  const active = event([{ room_id: 'c', last_seq: 21, last_message_at: at(21) }])
  assert.deepEqual([unknownIn(joined, quiet), unknownIn(joined, active)], [[], ['c']])
  const more = withMore(joined, page([room('d', 5)], { next_cursor: null }))
  assert.deepEqual([ids(more), more.cursor], [['a', 'b', 'd', 'old'], null])
  assert.deepEqual(unknownIn(more, quiet), ['c'], 'all pages were read, so it is missing')
})

test('[F3] rooms that ended are removed, by reads and by events, and come back when they are added', () => {
  const list = beginning(page([room('a', 9), room('b', 8)]))
  const read = withChanges(list, page([room('c', 10)], { gone: [{ room_id: 'a', reason: 'left' }], since: '3000' }))
  assert.deepEqual([ids(read), read.since], [['c', 'b'], '3000'])
  const told = withNews(read, event([{ room_id: 'b', last_seq: 30, name: 'secret' }], { gone: ['b'] }))
  assert.deepEqual(ids(told), ['c'])
  assert.deepEqual(ids(withNews(told, event([], { added: [room('b', 8)], gone: ['b'] }))), ['c', 'b'])
})

test('[F7] of preferences the latest are kept, whatever is read or told late', () => {
  const set = (room_id: string, second: number, group: string) => ({
    ...{ room_id, notify: 'all' as const, until: null, favorite: true, group, changed_at: at(second) },
  })
  const list = beginning(page([room('a', 9), room('b', 8)]))
  const first = withPreferences(list, set('a', 20, 'Tea'))
  const second = withPreferences(first, set('a', 21, 'Cake'))
  const groupOf = ({ rooms }: FeedList) => rooms.get('a')?.group
  assert.deepEqual([groupOf(second), groupOf(withPreferences(second, set('a', 20, 'Late')))], ['Cake', 'Cake'])
  assert.equal(withPreferences(second, set('c', 22, 'Unknown')), second)
  const read = (group: string | null, preferences_at: string | null) =>
    groupOf(withChanges(second, page([room('a', 30, { group, preferences_at })])))
  assert.deepEqual([read('Late', at(20)), read('Newer', at(22))], ['Cake', 'Newer'])
  assert.equal(read(null, null), null, 'the membership ended and began anew')
})

test('[F7] pending changes are shown in their order, and what they do not name stays', () => {
  const rooms = [room('a', 9, { favorite: true }), room('b', 8)]
  const shown = withPending(rooms, [
    { room_id: 'a', changes: { group: 'Tea', notify: 'none', until: at(60) } },
    { room_id: 'a', changes: { group: null } },
  ])
  const [a, b] = shown
  assert.ok(a && b)
  assert.deepEqual([a.favorite, a.group, a.notify, a.notify_until, b], [true, null, 'none', at(60), rooms[1]])
  assert.deepEqual([notifyAt(a, 59_999), notifyAt(a, 60_000), notifyAt(b, 0)], ['none', 'all', 'all'])
})

test('[F1] only an event with empty lists begins anew', () => {
  assert.ok(isFirst(event([])))
  assert.ok(!isFirst(event([], { gone: ['a'] })))
  assert.ok(!isFirst(event([{ room_id: 'a', last_seq: 1 }])))
})

test('[K2] a pointer never goes back: marks, news and reads that are older change nothing of it', () => {
  const reading = (list: FeedList) => {
    const { read_seq, unread_from, unread } = list.rooms.get('a') ?? {}
    return [read_seq, unread_from, unread]
  }
  const list = beginning(page([room('a', 9, { read_seq: 4, unread: 5 })]))
  const read = withReading(list, { room_id: 'a', read_seq: 7, unread_from: null, unread: 2 })
  assert.deepEqual(reading(read), [7, null, 2])
  assert.equal(withReading(read, { room_id: 'a', read_seq: 6, unread_from: null, unread: 3 }), read)
  const late = { read_seq: 4, unread_from: null, unread: 6 }
  assert.deepEqual(reading(withNews(read, event([{ room_id: 'a', last_seq: 10, ...late }]))), [7, null, 2])
  assert.deepEqual(reading(withChanges(read, page([room('a', 11, late)]))), [7, null, 2])
  const news = { read_seq: 7, unread_from: null, unread: 3 }
  assert.deepEqual(reading(withNews(read, event([{ room_id: 'a', last_seq: 10, ...news }]))), [7, null, 3])
  const older = withChanges(read, page([room('a', 8, { read_seq: 8, unread: 1 })]))
  assert.deepEqual(reading(older), [8, null, 1], 'read further on another device')
})

test('[K2] a mark is shown at once, with 0 where everything is read, and else with the count of the server', () => {
  const last_message = { id: 'm', seq: 8, sender: { id: 'bob', name: 'Bob' }, type: 'text', text: 'x' }
  const one = room('a', 9, { read_seq: 4, unread: 3, last_message })
  const mark = { read_seq: 0, clears: false, unread_from: null }
  const shown = (change: object) => {
    const { read_seq, unread_from, unread } = marked(one, { ...mark, ...change })
    return [read_seq, unread_from, unread]
  }
  assert.equal(marked(one, undefined), one)
  assert.deepEqual(shown({ read_seq: 8 }), [8, null, 0])
  assert.deepEqual(shown({ read_seq: 6 }), [6, null, 3])
  assert.deepEqual(shown({ read_seq: 8, unread_from: 5 }), [8, 5, 3])
})
