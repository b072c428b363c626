import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLiveHarness, profileOf } from '../testing/live.ts'
import { connectTo, settle } from '../testing/live-client.ts'
import type { Op } from '../types.ts'

const admit = (user: number): Op => ({ op: 'admit', user, role: 'member', capacity: null })

/** A room with users 1 to 3, the last with two connections, and many bystanders; `reads` counts accesses to the bystanders. */
async function createCrowd(bystanders = 50) {
  const rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  await rooms.commit('r', 1, [admit(2), admit(3)])
  const clients = [1, 2, 3, 3].map((num) => connectTo(live, num))
  const reads = { count: 0 }
  const others = Array.from({ length: bystanders }, (_, n) =>
    connectTo(live, 100 + n, {}, () => {
      reads.count += 1
    }),
  )
  for (const client of [...clients, ...others]) await client.join(room)
  await settle()
  for (const client of [...clients, ...others]) client.heard = []
  reads.count = 0
  return { rooms, live, room, clients, others, reads }
}

test('[L10] a signal to a peer or a user looks at no other connection of the room', async () => {
  const { rooms, live, room, clients, reads } = await createCrowd()
  await using _ = rooms
  const [from, two, three, threeToo] = clients
  assert.ok(from && two && three && threeToo)
  assert.equal(live.signal(from.id, room.num, two.id, 'offer', 1), true)
  assert.equal(live.signal(from.id, room.num, 'u3', 'offer', 2), true)
  assert.equal(live.signal(from.id, room.num, 'nobody', 'offer', 3), false)
  assert.equal(reads.count, 0)
  await settle()
  assert.deepEqual(
    [two, three, threeToo].map((client) => client.payloads('signal').map(({ data }) => data)),
    [[1], [2], [2]],
  )
  assert.equal(live.signal(from.id, room.num, null, 'offer', 4), true)
  assert.ok(reads.count >= 50, 'a signal to all looks at all')
})

test('[L10] a changed profile and a moved or ended session look at no other connection of the node', async () => {
  const { rooms, live, clients, reads } = await createCrowd()
  await using _ = rooms
  const [one, two, three, threeToo] = clients
  assert.ok(one && two && three && threeToo)
  live.become({ num: 3, id: 'u3' }, { ...profileOf(3), name: 'Three' })
  assert.deepEqual(
    [three, threeToo, two].map(({ id }) => live.owner(id)?.profile?.name),
    ['Three', 'Three', 'User 2'],
  )
  live.moveSession('s3', 'later')
  live.cutSessions(['s3', 's2', 'unknown'])
  assert.deepEqual([one.cuts, two.cuts, three.cuts], [[], ['session_ended'], []])
  live.cutSessions(['later', 'later'])
  assert.deepEqual([three.cuts, threeToo.cuts], [['session_ended'], ['session_ended']])
  // The bystanders get `user_left` only after the grace, so none of them is read until then.
  assert.equal(reads.count, 0)
})

test('[L10] a membership that began, changed or ended looks at no other connection of the room', async () => {
  const { rooms, live, room, clients, reads } = await createCrowd()
  await using _ = rooms
  const [, two, three, threeToo] = clients
  assert.ok(two && three && threeToo)
  await rooms.commit('r', 1, [{ op: 'role', user: 2, role: 'host', by: 'u1' }])
  await rooms.commit('r', 1, [{ op: 'expel', user: 3, by: 'u1' }])
  await rooms.commit('r', 1, [admit(4)])
  await settle()
  assert.deepEqual(
    [two, three, threeToo].map(({ id }) => live.isAttached(id, room.num)),
    [true, false, false],
  )
  assert.equal(reads.count, 0)
})

test('[L10] a guest who is stored while connected is found by their num in all connections', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [tab, other] = [connectTo(live, 0), connectTo(live, 0)]
  const owner = live.owner(tab.id)
  assert.ok(owner)
  live.own(tab.id, { ...owner, user: { num: 7, id: 'u0' } })
  await rooms.commit('r', 1, [admit(7)])
  await tab.join(room)
  await other.join(room)
  await rooms.commit('r', 1, [{ op: 'expel', user: 7, by: 'u1' }])
  await settle()
  assert.deepEqual(
    [tab, other].map(({ id }) => live.isAttached(id, room.num)),
    [false, false],
  )
  assert.throws(() => live.own(tab.id, { ...owner, user: { num: 8, id: 'u8' } }), /one user for good/)
})
