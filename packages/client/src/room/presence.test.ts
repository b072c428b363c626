import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { stillTime } from '../testing/client.ts'
import { createPresence, createTyping } from './presence.ts'
import { createTypingNotice } from './typing-notice.ts'

const person = (id: string) => ({ id, name: id, avatar_url: null, guest: true })

suite('[S7] presence', () => {
  test('tracks users who come, change and go; a repeated join changes nothing', () => {
    const presence = createPresence()
    presence.reset([{ user: person('ann'), peers: [{ peer_id: '1', state: null, slots: { typing: true } }] }])
    presence.joined(person('bob'))
    presence.joined(person('ann'))
    presence.changed('ann', '1', { app: { cursor: 2 } })
    presence.updated({ ...person('bob'), name: 'Robert' })
    const { people, count } = presence.store.get()
    assert.deepEqual([people.map(({ user }) => user.name), count], [['ann', 'Robert'], 2])
    assert.deepEqual(people[0]?.peers, [
      { peer_id: '1', state: { cursor: 2 }, slots: { app: { cursor: 2 }, typing: true } },
    ])
    presence.changed('ann', '1', { app: null })
    assert.deepEqual(presence.store.get().people[0]?.peers[0]?.state, null)
    presence.left('ann')
    assert.deepEqual([presence.store.get().people.length, presence.store.get().count], [1, 1])
  })

  test('knows only the count above 100 present users', () => {
    const presence = createPresence()
    presence.joined(person('ann'))
    presence.counted(101)
    assert.deepEqual(presence.store.get(), { people: [], count: 101 })
  })

  test('typing lapses 6 s after the last typing event', () => {
    const { time, advance } = stillTime()
    const typing = createTyping(time)
    typing.changed(person('ann'), true)
    advance(4000)
    typing.changed(person('ann'), true)
    advance(5999)
    assert.equal(typing.store.get().length, 1)
    advance(1)
    assert.equal(typing.store.get().length, 0)
  })

  test('sends typing at most every 3 s, and its end once', () => {
    const { time, advance } = stillTime()
    const told: boolean[] = []
    const notice = createTypingNotice(time, (typing) => told.push(typing))
    notice.set(false)
    for (let key = 0; key < 31; key++) {
      notice.set(true)
      advance(100)
    }
    notice.set(false)
    notice.set(false)
    assert.deepEqual(told, [true, true, false])
  })
})
