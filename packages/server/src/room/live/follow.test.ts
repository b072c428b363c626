import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../core/error.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { permit } from '../../core/testing/read-permit.ts'
import type { ReadPermit } from '../../core/fairness/read-queue.ts'
import { createFaultyBus } from '../../platform/bus/faulty.ts'
import { createMemoryBus } from '../../platform/bus/memory.ts'
import { batchesOf, createLiveHarness, whispered } from '../testing/live.ts'
import { connectTo, pass, settle, type TestClient } from '../testing/live-client.ts'
import type { Op, RoomMessages } from '../types.ts'

const admit = (user: number, role = 'member'): Op => ({ op: 'admit', user, role, capacity: null })
const expel = (user: number): Op => ({ op: 'expel', user, by: 'u1' })
const role = (user: number, to: string): Op => ({ op: 'role', user, role: to, by: 'u1' })
const whisper = (content: string): Op => ({ op: 'append', type: whispered, body: () => ({ content }) })

/** Three nodes over one database, and a bus that can lose their batches; user 1 is the host of the room. */
async function createNodes() {
  const time = manualTime()
  const shared = createMemoryBus<RoomMessages>()
  const rooms = await createLiveHarness({ ...time, bus: shared })
  const room = await rooms.createRoom('r')
  const nodes = Array.from({ length: 3 }, () => {
    const bus = createFaultyBus(shared, { random: () => 1, timers: time.timers })
    return { bus, live: rooms.node({ bus }) }
  })
  const join = async (node: number, user: number, present = true): Promise<TestClient> => {
    const live = nodes[node]?.live
    assert.ok(live)
    const client = connectTo(live, user, { present })
    await client.join(room)
    await settle()
    client.heard = []
    return client
  }
  return {
    time,
    rooms,
    room,
    nodes,
    join,
    isOutdated: ({ id }: TestClient) => nodes.some(({ live }) => live.isOutdated(id, room.num)),
    commit: (...ops: Op[]) => rooms.commit('r', 1, ops),
    lose: (isLost: boolean) => {
      for (const { bus } of nodes) bus.faults.drop = isLost ? 1.1 : 0
    },
    /** Less than a second, as rule L7 has it. */
    soon: async () => {
      await pass(time, 800)
      await pass(time, 50)
    },
    [Symbol.asyncDispose]: () => rooms[Symbol.asyncDispose](),
  }
}

const notes = ({ heard }: TestClient) =>
  heard.filter(({ seq }) => seq > 0).map(({ event, json }) => JSON.parse(json).content ?? event)

test('[P5] in a crowd only moderators and the person get membership events, live and in recovery', async () => {
  await using nodes = await createNodes()
  const { join, commit, rooms, room } = nodes
  await commit(admit(2), admit(3), role(1, 'host'))
  const [host, member, moved] = [await join(0, 1), await join(0, 2), await join(0, 3)]
  for (let user = 10; user < 112; user += 1) await join(0, user)
  const live = nodes.nodes[0]?.live
  assert.ok(live)
  for (const client of [host, member, moved]) client.heard = []
  await commit(admit(200), whisper('to the host'), role(3, 'cohost'), expel(200), expel(3), role(2, 'guest'))
  await settle()
  const all = ['member_joined', 'to the host', 'member_changed', 'member_left', 'member_left', 'member_changed']
  assert.deepEqual(notes(host), all)
  assert.deepEqual(notes(member), ['member_changed'])
  assert.deepEqual(notes(moved), ['member_changed', 'member_left'])
  assert.equal(live.isAttached(moved.id, room.num), false)
  const { epoch } = room
  const caughtUp = async (user: number) => {
    const { events } = await connectTo(live, user).join(room, room.last_seq + 2, epoch)
    return events.filter(({ event }) => event.startsWith('member_')).map(({ data }) => JSON.parse(data).user.id)
  }
  const [ofHost, ofMember, ofMoved] = [await caughtUp(1), await caughtUp(2), await caughtUp(3)]
  assert.ok(ofHost.includes('u200') && ofHost.includes('u3'))
  assert.deepEqual([new Set(ofMember), new Set(ofMoved)], [new Set(['u2']), new Set(['u3'])])
  assert.equal(rooms.failures.length, 0)
})

for (const isLost of [false, true]) {
  const how = isLost ? 'within a second when the bus lost it' : 'at once'

  test(`[L7] a member who is removed is let go on every node ${how}, right behind the event`, async () => {
    await using world = await createNodes()
    const { commit, join, rooms, room, nodes } = world
    await commit(admit(2))
    const gone = await Promise.all([join(0, 2), join(1, 2), join(1, 2), join(2, 2)])
    const stream = await join(1, 2, false)
    const others = await Promise.all([join(0, 1), join(1, 3), join(2, 4)])
    await settle()
    for (const client of [...gone, ...others]) client.heard = []
    world.lose(isLost)
    await rooms.say('r', 1, 'before')
    await commit({ op: 'expel', user: 2, by: 'u1', reason: 'banned' })
    await rooms.say('r', 1, 'after')
    if (isLost) await world.soon()
    await settle()
    for (const client of gone) {
      assert.deepEqual(notes(client), ['before', 'member_left'])
      assert.deepEqual(client.names().at(-1), 'member_left')
      assert.deepEqual(client.cuts, [])
    }
    assert.deepEqual(gone[0]?.payloads('member_left')[0]?.['reason'], 'banned')
    assert.deepEqual([notes(stream), stream.cuts], [['before', 'member_left'], ['restored']])
    for (const client of others) assert.deepEqual(notes(client), ['before', 'member_left', 'after'])
    for (const { live } of nodes) assert.equal(live.presence(room.num).includes('"u2"'), false)
    const [left] = others[1]?.payloads('user_left') ?? []
    assert.equal(left?.['reason'], 'removed')
  })

  test(`[L7] [V4] who gets another role starts over in place on every node ${how}, right behind the event`, async () => {
    await using world = await createNodes()
    const { commit, join } = world
    await commit(admit(2), admit(3, 'host'))
    const promoted = await Promise.all([join(0, 2), join(1, 2), join(2, 2)])
    const demoted = await Promise.all([join(0, 3), join(1, 3), join(2, 3)])
    const plain = await join(1, 4)
    world.lose(isLost)
    await commit(whisper('a'), role(2, 'host'), whisper('b'), role(3, 'member'), whisper('c'), role(2, 'host'))
    await world.rooms.say('r', 1, 'd')
    if (isLost) await world.soon()
    await settle()
    for (const client of promoted) {
      assert.deepEqual(notes(client), ['member_changed'], 'nothing until it was read again')
      assert.deepEqual(
        client.seqs(),
        client.seqs().toSorted((one, other) => one - other),
      )
    }
    for (const client of demoted) assert.deepEqual(notes(client), ['a', 'member_changed', 'b', 'member_changed'])
    assert.deepEqual(notes(plain), ['member_changed', 'member_changed', 'd'])
    assert.deepEqual(plain.payloads('member_changed')[0], {
      room_id: 'r',
      seq: 5,
      user: { id: 'u2', name: 'User 2', avatar_url: null, guest: false },
      role: 'host',
      by: 'u1',
    })
    for (const client of [...promoted, ...demoted]) {
      assert.equal(world.isOutdated(client), true)
      client.heard = []
      assert.equal((await client.join(world.room)).catchup.recovered, false)
      assert.equal(world.isOutdated(client), false)
    }
    world.lose(false)
    await commit(whisper('e'))
    await world.rooms.say('r', 1, 'f')
    if (isLost) await world.soon()
    await settle()
    for (const client of promoted) assert.deepEqual(notes(client), ['e', 'f'])
    for (const client of demoted) assert.deepEqual(notes(client), ['f'])
  })

  test(`[L7] a room that is closed is told and left on every node ${how}`, async () => {
    await using world = await createNodes()
    const { commit, join, rooms, room, nodes } = world
    const clients = await Promise.all([join(0, 1), join(1, 2), join(2, 3), join(2, 4, false)])
    await settle()
    for (const client of clients) client.heard = []
    world.lose(isLost)
    await rooms.say('r', 1, 'last words')
    await commit({ op: 'close', reason: 'expired' })
    if (isLost) await world.soon()
    await settle()
    for (const client of clients) {
      assert.deepEqual(notes(client), ['last words', 'room_closed'])
      assert.deepEqual(client.payloads('room_closed'), [{ room_id: 'r', seq: 3, reason: 'expired' }])
      assert.deepEqual(client.cuts, [])
      assert.equal(
        nodes.some(({ live }) => live.isAttached(client.id, room.num)),
        false,
      )
    }
  })
}

test('[L7] a slow consumer whose membership changes starts over', async () => {
  await using world = await createNodes()
  const { commit, join } = world
  await commit(admit(2), admit(3))
  const [removed, changed, other] = [await join(0, 2), await join(0, 3), await join(0, 4)]
  for (const client of [removed, changed, other]) client.stalled = 65 * 1024
  await commit(expel(2), role(3, 'host'))
  await settle()
  assert.deepEqual([removed.cuts, changed.cuts, other.cuts], [['restored'], ['restored'], []])
})

test('[L7] a late event about an earlier membership does not end a renewed one', async () => {
  await using world = await createNodes()
  const { commit, join, nodes, room } = world
  await commit(admit(2))
  const other = await join(0, 4)
  world.lose(true)
  await commit(expel(2))
  await commit(admit(2, 'host'))
  const back = await join(0, 2)
  await world.soon()
  await commit(whisper('heard'))
  await world.soon()
  assert.deepEqual(notes(other), ['member_left', 'member_joined'])
  assert.deepEqual(notes(back), ['heard'])
  assert.equal(nodes[0]?.live.isAttached(back.id, room.num), true)
})

test('[L7] a membership change during an attachment applies from the beginning of it', async () => {
  await using world = await createNodes()
  const { commit, nodes, room, rooms } = world
  const live = nodes[0]?.live
  assert.ok(live)
  const now = { after_seq: null, epoch: null }
  const [promoted, removed, renewed, stream] = [2, 3, 4, 5].map((user) =>
    connectTo(live, user, { present: user !== 5 }),
  )
  assert.ok(promoted && removed && renewed && stream)
  await commit(admit(2), admit(3), admit(4), admit(5))
  const attachments = []
  for (const { id } of [promoted, removed, renewed, stream]) attachments.push(await live.attach(permit, id, room, now))
  await commit(whisper('a'), role(2, 'host'), whisper('b'), expel(3), expel(4), admit(4), expel(5))
  await settle()
  assert.deepEqual(
    attachments.map((attachment) => attachment.begin()),
    [true, false, true, false],
  )
  await settle()
  // The view was another one meanwhile, so what it began with is read again (rule V4).
  for (const client of [promoted, renewed]) {
    assert.deepEqual([notes(client), world.isOutdated(client)], [[], true])
    await client.join(room)
  }
  await commit(whisper('c'))
  await rooms.say('r', 1, 'd')
  await settle()
  assert.deepEqual([notes(promoted), notes(renewed)], [['c', 'd'], ['d']])
  assert.deepEqual([notes(removed), notes(stream), removed.cuts, stream.cuts], [[], [], [], ['restored']])
})

test('[V4] a member who waits to be read for again is let go at once, and gets nothing that was not theirs', async () => {
  await using world = await createNodes()
  const { commit, join, nodes, room, rooms } = world
  await commit(admit(2), admit(3))
  const [once, twice] = [await join(0, 2), await join(0, 3)]
  await commit(role(2, 'host'), whisper('a'), expel(2))
  await commit(role(3, 'host'), whisper('b'), role(3, 'member'), whisper('c'), expel(3))
  await settle()
  assert.deepEqual(notes(once), ['member_changed', 'a', 'member_left'])
  assert.deepEqual(notes(twice), ['member_changed', 'member_left', 'member_changed', 'member_left'])
  for (const { id } of [once, twice]) assert.equal(nodes[0]?.live.isAttached(id, room.num), false)
  assert.equal(rooms.failures.length, 0)
})

test('[V4] nobody gets entries from before a change of role that came during a read, with the view after it', async () => {
  await using world = await createNodes()
  const { commit, nodes, room } = world
  const live = nodes[0]?.live
  assert.ok(live)
  const [began, gaveUp] = [connectTo(live, 2), connectTo(live, 3)]
  await commit(admit(2), admit(3))
  await gaveUp.join(room)
  await settle()
  gaveUp.heard = []
  const now = { after_seq: null, epoch: null }
  const first = await live.attach(permit, began.id, room, now)
  const second = await live.attach(permit, gaveUp.id, room, now)
  await commit(whisper('before'), role(2, 'host'), role(3, 'host'))
  await settle()
  assert.equal(first.begin(), true)
  second.drop()
  assert.deepEqual([world.isOutdated(began), world.isOutdated(gaveUp)], [true, true])
  await commit(expel(2), expel(3))
  await settle()
  for (const client of [began, gaveUp]) assert.deepEqual(notes(client), ['member_left'])
})

test('[V4] whoever cannot be read for again starts over at once, unless the log ends the membership', async () => {
  await using world = await createNodes()
  const { commit, join, nodes, room } = world
  const live = nodes[0]?.live
  assert.ok(live)
  await commit(admit(2), admit(3))
  const [failing, sentOut] = [await join(0, 2), await join(0, 3)]
  await commit(role(2, 'host'), role(3, 'host'))
  await settle()
  world.lose(true)
  await commit(role(3, 'sent_out'))
  const now = { after_seq: null, epoch: null }
  await assert.rejects(live.attach(permit, sentOut.id, room, now), { code: 'sent_out' })
  assert.deepEqual([world.isOutdated(sentOut), sentOut.cuts], [true, []])
  const noTurn: ReadPermit = { ...permit, pace: () => Promise.reject(new AppError('timeout')) }
  await assert.rejects(live.attach(noTurn, failing.id, room, now), { code: 'timeout' })
  assert.deepEqual(failing.cuts, ['restored'])
  world.lose(false)
  await world.soon()
  await settle()
  assert.deepEqual([notes(sentOut).at(-1), live.isAttached(sentOut.id, room.num)], ['member_changed', false])
})

test('[L7] a late event that an attaching connection has already read has no effect', async () => {
  await using world = await createNodes()
  const { commit, nodes, room, rooms } = world
  await commit(admit(2))
  const batches = batchesOf(rooms.bus, room.num)
  const [node] = nodes
  assert.ok(node)
  const other = connectTo(node.live, 3)
  await other.join(room)
  world.lose(true)
  await commit(expel(2))
  await commit(admit(2))
  const back = connectTo(node.live, 2)
  const attachment = await node.live.attach(permit, back.id, room, { after_seq: null, epoch: null })
  world.lose(false)
  const [left] = batches
  assert.ok(left)
  rooms.bus.room.publish(left.room.num, left)
  await settle()
  assert.deepEqual(notes(other), ['member_left'])
  assert.equal(attachment.begin(), true)
})

test('[L7] a member who is removed while attaching again gets the event', async () => {
  await using world = await createNodes()
  const { commit, join, nodes, room } = world
  await commit(admit(2))
  const removed = await join(0, 2)
  const attachment = await nodes[0]?.live.attach(permit, removed.id, room, { after_seq: null, epoch: null })
  await commit(expel(2))
  await settle()
  assert.equal(attachment?.begin(), false)
  assert.deepEqual(notes(removed), ['member_left'])
})

test('[L7] a membership change during a repeated attachment that fails is followed too', async () => {
  await using world = await createNodes()
  const { commit, join, nodes, room, time } = world
  await commit(admit(2), admit(3))
  const [promoted, removed] = [await join(0, 2), await join(0, 3)]
  const live = nodes[0]?.live
  assert.ok(live)
  for (const { id } of [promoted, removed]) await live.attach(permit, id, room, { after_seq: null, epoch: null })
  await commit(role(2, 'host'), whisper('a'), expel(3))
  await settle()
  assert.deepEqual([notes(promoted), notes(removed)], [[], []], 'nothing is written before the read has ended')
  time.advance(10_000)
  await settle()
  assert.deepEqual([notes(promoted), world.isOutdated(promoted)], [[], true])
  assert.deepEqual(notes(removed), ['member_changed', 'member_left'])
  assert.deepEqual(
    [promoted, removed].map(({ id }) => live.isAttached(id, room.num)),
    [true, false],
  )
  time.advance(10_000)
  await settle()
  assert.deepEqual(promoted.cuts, ['restored'], '[V4] it has not begun again, so it starts over')
})

test('[L7] a reader of a public room who becomes a moderator gets the events for moderators', async () => {
  await using world = await createNodes()
  const reader = await world.join(0, 2, false)
  await world.commit(whisper('a'), admit(2, 'host'), whisper('b'))
  await settle()
  assert.deepEqual([notes(reader), world.isOutdated(reader)], [['member_joined'], true])
  reader.heard = []
  await reader.join(world.room)
  await world.commit(whisper('c'))
  await settle()
  assert.deepEqual(notes(reader), ['c'])
})
