import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FeedRoom } from '@parlor/client/feed'
import { isWanted, newsIn } from './news.ts'
import { room } from './testing/rooms.ts'

const news = (before: FeedRoom[], now: FeedRoom[]) => newsIn(now, newsIn(before, null).seen).news

test('[NO1] only what came after the first list is new', () => {
  assert.deepEqual(newsIn([room('tea', 5)], null).news, [])
  assert.deepEqual(news([room('tea', 5), room('books', 3)], [room('tea', 6), room('books', 3)]), ['tea'])
  assert.deepEqual(news([room('tea', 5)], [room('tea', 4)]), [], 'the last message is gone')
  assert.deepEqual(news([], [room('tea', 1)]), ['tea'])
})

test('[NO1] a room that appears is new with a later message, and not when a further page of the list is read', () => {
  assert.deepEqual(news([room('tea', 5)], [room('tea', 5), room('joined', 6), room('further', 4)]), ['joined'])
  const silent = room('silent', 9, { last_message: null, last_message_at: null })
  assert.deepEqual(news([room('tea', 5)], [room('tea', 5), silent]), [])
})

test('[NO1] wanted are unread messages of others in rooms whose notifications are on', () => {
  const wanted = (more: Partial<FeedRoom>, now = 0) => isWanted(room('tea', 5, more), 'ann', now)
  assert.ok(wanted({}))
  assert.ok(!wanted({ unread: 0 }))
  assert.ok(!wanted({ last_message: null }))
  const message = { id: 'm5', seq: 5, sender: { id: 'ben', name: 'Ben' }, type: 'text', text: 'Hello' }
  assert.ok(!wanted({ last_message: { ...message, sender: { id: 'ann', name: 'Ann' } } }))
  assert.ok(!wanted({ last_message: { ...message, text: null } }), 'it was deleted')
  assert.ok(wanted({ last_message: { ...message, text: '' } }), 'it has files alone')
  assert.ok(!wanted({ notify: 'none' }))
  const until: Partial<FeedRoom> = { notify: 'none', notify_until: new Date(1000).toISOString() }
  assert.deepEqual([wanted(until, 999), wanted(until, 1000)], [false, true])
})
