import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryBus } from '../../platform/bus/memory.ts'
import { createLiveHarness } from '../testing/live.ts'
import { connectTo, settle } from '../testing/live-client.ts'
import type { RoomMessages } from '../types.ts'

const behind = 64 * 1024 + 1

test('[DT1] tellUser reaches all connections of the user on all nodes, streams too, and nobody else', async () => {
  await using rooms = await createLiveHarness()
  const [here, there] = [rooms.node(), rooms.node()]
  const [one, other] = [connectTo(here, 2), connectTo(there, 2)]
  const stream = connectTo(there, 2, { present: false })
  const stranger = connectTo(there, 3)
  const cost = here.tellUser('u2', 'progress', { done: 1 })
  here.tellUser('u2', 'progress', { done: 2 })
  await settle()
  for (const each of [one, other, stream]) assert.deepEqual(each.payloads('progress'), [{ done: 1 }, { done: 2 }])
  assert.deepEqual(stranger.names(), [])
  assert.equal(cost, '{"done":1}'.length)
})

test('[DT1] [DT3] tellRoom reaches all who receive the room on all nodes, streams too, and nobody else', async () => {
  await using rooms = await createLiveHarness()
  const [here, there] = [rooms.node(), rooms.node()]
  const [room, elsewhere] = [await rooms.createRoom('r'), await rooms.createRoom('other')]
  await rooms.commit('r', 2, [{ op: 'admit', user: 2, role: 'member', capacity: null }])
  const members = [connectTo(here, 1), connectTo(there, 2)]
  const stream = connectTo(there, 2, { present: false })
  for (const each of [...members, stream]) await each.join(room)
  const stranger = connectTo(there, 1)
  await stranger.join(elsewhere)
  const cost = here.tellRoom(room.num, 'progress', { done: 1 })
  here.tellRoom(room.num, 'progress', { done: 2 })
  await settle()
  for (const each of [...members, stream]) assert.deepEqual(each.payloads('progress'), [{ done: 1 }, { done: 2 }])
  assert.deepEqual(stranger.payloads('progress'), [])
  assert.equal(cost, '{"done":1}'.length)
  assert.throws(() => here.tellRoom(room.num, 'progress', { text: 'x'.repeat(200_000) }), { code: 'too_large' })
})

test('[DT1] [DT3] tellPeer reaches one connection of this node, and answers 0 when nobody got it', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const [one, other] = [connectTo(live, 2), connectTo(live, 2)]
  assert.equal(live.tellPeer(one.id, 'poke', {}), 2)
  assert.equal(live.tellPeer('nobody', 'poke', {}), 0)
  await settle()
  assert.deepEqual([one.names(), other.names()], [['poke'], []])
})

test('[DT2] a client that does not keep up gets no direct event, and is not cut for it', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const slow = connectTo(live, 2)
  slow.stalled = behind
  const text = 'x'.repeat(100 * 1024)
  for (let n = 0; n < 50; n += 1) live.tellUser('u2', 'progress', { text })
  assert.equal(live.tellPeer(slow.id, 'progress', { text }), 0)
  live.broadcast('broadcast', { text })
  await settle()
  assert.deepEqual([slow.names(), slow.told('progress'), slow.cuts], [[], [], []])
  assert.throws(() => live.tellUser('u2', 'progress', { text: text + text }), { code: 'too_large' })
})

test('[DT3] [DT4] a broadcast reaches every connection of every node in slices, and costs bytes × receivers', async () => {
  await using rooms = await createLiveHarness()
  const [here, there] = [rooms.node(), rooms.node()]
  const all = Array.from({ length: 600 }, (_, num) => connectTo(num % 2 === 0 ? here : there, num))
  const broken = connectTo(there, 1)
  broken.broken = true
  assert.equal(here.broadcast('broadcast', { n: 1 }), '{"n":1}'.length * 300)
  await new Promise((resolve) => setImmediate(resolve))
  const heard = () => all.filter((each) => each.names().includes('broadcast')).length
  assert.equal(heard(), 500)
  here.broadcast('broadcast', { n: 2 })
  await settle(5)
  for (const each of all) assert.deepEqual(each.payloads('broadcast'), [{ n: 1 }, { n: 2 }])
  assert.deepEqual([broken.cuts, rooms.failures.length], [['failed'], 1])
})

test('[DT4] broadcasts that wait for their pass are bounded', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const client = connectTo(live, 2)
  const text = 'x'.repeat(100 * 1024)
  for (let n = 0; n < 30; n += 1) live.broadcast('broadcast', { text })
  await settle()
  assert.equal(client.names().length, 10)
  assert.match(await rooms.metrics.text(), /parlor_broadcasts_dropped_total 20/)
  live.broadcast('broadcast', {})
  await settle()
  assert.equal(client.names().length, 11)
})

test('[DT5] a node hears of a user while the user has a connection on it', async () => {
  const bus = createMemoryBus<RoomMessages>()
  const subscribed = new Set<string>()
  const watched: typeof bus = {
    ...bus,
    user: {
      ...bus.user,
      subscribe(user_id, handler) {
        assert.ok(!subscribed.has(user_id))
        subscribed.add(user_id)
        const inner = bus.user.subscribe(user_id, handler)
        return {
          confirmed: inner.confirmed,
          close() {
            subscribed.delete(user_id)
            inner.close()
          },
        }
      },
    },
  }
  await using rooms = await createLiveHarness({ bus: watched })
  const live = rooms.node()
  const [one, other] = [connectTo(live, 2), connectTo(live, 2)]
  connectTo(live, 0, { user: null, profile: null })
  assert.deepEqual([...subscribed], ['u2'])
  live.close(one.id)
  assert.deepEqual([...subscribed], ['u2'])
  live.close(other.id)
  assert.deepEqual([...subscribed], [])
})
