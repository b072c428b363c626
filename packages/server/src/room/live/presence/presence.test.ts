import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Profile } from '../../../core/caller.ts'
import { manualTime } from '../../../core/testing/manual-time.ts'
import { permit } from '../../../core/testing/read-permit.ts'
import { createLiveHarness, profileOf } from '../../testing/live.ts'
import { connectTo, settle, type TestClient } from '../../testing/live-client.ts'
import type { Live } from '../live.ts'
import { slotWindow } from './slots.ts'
import type { RoomRow } from '../../types.ts'

async function createRoomOnFakeTime() {
  const time = manualTime()
  const rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const watcher = connectTo(live, 1)
  await watcher.join(room)
  return { time, rooms, live, room, watcher }
}

type Listed = { user: Profile; peers: { peer_id: string; state: unknown; slots: Record<string, unknown> }[] }[]
const listOf = (json: string): Listed => JSON.parse(json)
const presentIn = (live: Live, room: RoomRow): Listed => listOf(live.presence(room.num))

/** The presence events that the watcher got since the last call, after all passes ran. */
async function news(watcher: TestClient): Promise<[string, Record<string, unknown>][]> {
  await settle(6)
  return watcher.heard.splice(0).map(({ event, json }) => [event, JSON.parse(json)])
}

test('[P1] user_joined with the first connection only; user_left at once when it left', async () => {
  const { rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  await rooms.commit('r', 2, [{ op: 'admit', user: 2, role: 'member', capacity: null }])
  const [one, two] = [connectTo(live, 2), connectTo(live, 2)]
  await news(watcher)
  await one.join(room)
  await two.join(room)
  assert.deepEqual(await news(watcher), [['user_joined', { room_id: 'r', user: profileOf(2), member_count: 2 }]])
  assert.deepEqual(presentIn(live, room), [
    { user: profileOf(1), peers: [{ peer_id: watcher.id, state: null, slots: {} }] },
    {
      user: profileOf(2),
      peers: [
        { peer_id: one.id, state: null, slots: {} },
        { peer_id: two.id, state: null, slots: {} },
      ],
    },
  ])
  live.detach(one.id, room.num, 'left')
  assert.deepEqual(await news(watcher), [])
  live.detach(two.id, room.num, 'left')
  assert.deepEqual(await news(watcher), [
    ['user_left', { room_id: 'r', user: profileOf(2), member_count: 2, reason: 'left' }],
  ])
})

test('[P1] user_left 10 s after the last connection closed, and not at all if the user came back', async () => {
  const { time, rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const first = connectTo(live, 2)
  await first.join(room)
  await news(watcher)
  live.close(first.id)
  time.advance(9_999)
  assert.deepEqual(await news(watcher), [])
  const back = connectTo(live, 2)
  await back.join(room)
  time.advance(60_000)
  assert.deepEqual(
    (await news(watcher)).filter(([event]) => event !== 'room_position'),
    [],
  )
  live.close(back.id)
  time.advance(10_000)
  assert.deepEqual(await news(watcher), [
    ['user_left', { room_id: 'r', user: profileOf(2), member_count: 1, reason: 'disconnected' }],
  ])
})

test('[P1] a removal ends presence at once, also while a closed connection could still come back', async () => {
  const { rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const [one, two] = [connectTo(live, 2), connectTo(live, 2)]
  await one.join(room)
  await two.join(room)
  const gone = connectTo(live, 3)
  await gone.join(room)
  live.close(gone.id)
  for (const user of [2, 3]) await rooms.commit('r', user, [{ op: 'admit', user, role: 'member', capacity: null }])
  await news(watcher)
  for (const user of [2, 3]) await rooms.commit('r', 1, [{ op: 'expel', user, by: 'u1' }])
  const heard = (await news(watcher)).filter(([event]) => event === 'user_left')
  const left = heard.map(([event, { user, reason }]) => [event, user, reason])
  assert.deepEqual(left, [
    ['user_left', profileOf(2), 'removed'],
    ['user_left', profileOf(3), 'removed'],
  ])
  assert.equal(live.isAttached(one.id, room.num) || live.isAttached(two.id, room.num), false)
})

test('[L2] begin answers false if the connection was detached from the room meanwhile', async () => {
  const { rooms, live, room } = await createRoomOnFakeTime()
  await using _ = rooms
  const one = connectTo(live, 2)
  const attachment = await live.attach(permit, one.id, room, { after_seq: null, epoch: null })
  live.detach(one.id, room.num, 'left')
  assert.equal(attachment.begin(), false)
  assert.equal(live.isAttached(one.id, room.num), false)
  const again = await live.attach(permit, one.id, room, { after_seq: null, epoch: null })
  assert.equal(again.begin(), true)
})

test('[P1] the member count follows the log', async () => {
  const { rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const guest = connectTo(live, 2)
  await guest.join(room)
  await rooms.commit('r', 5, [{ op: 'admit', user: 5, role: 'member', capacity: null }])
  await rooms.commit('r', 6, [{ op: 'admit', user: 6, role: 'member', capacity: null }])
  await rooms.commit('r', 5, [{ op: 'expel', user: 5, by: null }])
  await news(watcher)
  live.detach(guest.id, room.num, 'left')
  assert.deepEqual((await news(watcher))[0]?.[1]['member_count'], 2)
})

test('a stream and a listener are not present', async () => {
  const { rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const stream = connectTo(live, 2, { present: false })
  await stream.join(room)
  live.listen(connectTo(live, 3).id, room, 'new_message')
  live.close(stream.id)
  assert.deepEqual(await news(watcher), [])
  assert.equal(presentIn(live, room).length, 1)
})

async function fill(live: Live, room: RoomRow, count: number): Promise<TestClient[]> {
  const clients = Array.from({ length: count }, (_, n) => connectTo(live, 100 + n))
  for (const client of clients) await client.join(room)
  return clients
}

test('[P2] above 100 present only the count is sent, at once and then at most once a second', async () => {
  const { time, rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const clients = await fill(live, room, 99)
  assert.equal((await news(watcher)).filter(([event]) => event === 'user_joined').length, 99)
  const more = await fill(live, room, 0)
  for (let n = 0; n < 30; n += 1) more.push(connectTo(live, 1000 + n))
  for (const client of more) await client.join(room)
  assert.deepEqual(await news(watcher), [['presence_count', { room_id: 'r', count: 101, member_count: 1 }]])
  time.advance(1000)
  assert.deepEqual(await news(watcher), [['presence_count', { room_id: 'r', count: 130, member_count: 1 }]])
  time.advance(5000)
  assert.deepEqual(await news(watcher), [], 'nothing changed')
  assert.deepEqual(presentIn(live, room), [], 'in a crowd nobody is named')
  assert.equal(live.isPresent(room.num, 'u1029'), true, 'also who is not named')
  for (const client of more) live.detach(client.id, room.num, 'left')
  time.advance(1000)
  const told = await news(watcher)
  assert.deepEqual(told.at(-1), ['presence_count', { room_id: 'r', count: 100, member_count: 1 }])
  assert.ok(clients[0])
  live.detach(clients[0].id, room.num, 'left')
  assert.equal((await news(watcher))[0]?.[0], 'user_left', 'by name again')
  assert.equal(presentIn(live, room).length, 99)
})

test('[P3] typing is sent once, prolonged, lapses after 6 s, ends with the connection, and is not sent back to its user', async () => {
  const { time, rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const typist = connectTo(live, 2)
  await typist.join(room)
  await news(watcher)
  const typing = (is: boolean) => ['typing', { room_id: 'r', user: profileOf(2), typing: is }]
  live.setSlot(typist.id, room.num, 'typing', 'true')
  assert.deepEqual(await news(watcher), [typing(true)])
  time.advance(4000)
  live.setSlot(typist.id, room.num, 'typing', 'true')
  time.advance(4000)
  assert.deepEqual(await news(watcher), [])
  time.advance(2000)
  assert.deepEqual(await news(watcher), [typing(false)])
  live.setSlot(typist.id, room.num, 'typing', null)
  assert.deepEqual(await news(watcher), [])
  time.advance(slotWindow)
  live.setSlot(typist.id, room.num, 'typing', 'true')
  await news(watcher)
  time.advance(slotWindow)
  live.close(typist.id)
  assert.deepEqual(await news(watcher), [typing(false)])
  assert.deepEqual(typist.payloads('typing'), [])
})

test('[P3] state is the latest value; a skipped member gets it when it has caught up', async () => {
  const { time, rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const mover = connectTo(live, 2)
  await mover.join(room)
  await news(watcher)
  watcher.stalled = 100_000
  await rooms.say('r', 1, 'first')
  for (let x = 0; x <= 50; x += 1) {
    live.setSlot(mover.id, room.num, 'app', `{"x":${x}}`)
    if (x % 10 === 0) await settle()
    time.advance(slotWindow)
  }
  live.tell(room.num, 'new_reaction', { reaction: 'missed' })
  await settle()
  assert.deepEqual(await news(watcher), [])
  watcher.drain()
  const state = { room_id: 'r', peer_id: mover.id, user_id: 'u2', state: { x: 50 }, slots: { app: { x: 50 } } }
  const heard = await news(watcher)
  assert.deepEqual(
    heard.map(([event]) => event),
    ['new_message', 'presence_changed'],
    'durable frames first',
  )
  assert.deepEqual(heard[1]?.[1], state)
  live.setSlot(mover.id, room.num, 'app', null)
  assert.deepEqual(await news(watcher), [['presence_changed', { ...state, state: null, slots: { app: null } }]])
  live.setSlot(mover.id, room.num, 'app', null)
  assert.deepEqual(await news(watcher), [])
})

test('[P3] a connection that attaches again keeps its state, and can still end its typing', async () => {
  const { time, rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const mover = connectTo(live, 2)
  await mover.join(room)
  live.setSlot(mover.id, room.num, 'app', '{"x":1}')
  live.setSlot(mover.id, room.num, 'typing', 'true')
  await mover.join(room)
  const shown = presentIn(live, room).find(({ user }) => user.id === 'u2')
  assert.deepEqual(shown?.peers, [{ peer_id: mover.id, state: { x: 1 }, slots: { app: { x: 1 }, typing: true } }])
  time.advance(slotWindow)
  await news(watcher)
  time.advance(slotWindow)
  live.setSlot(mover.id, room.num, 'typing', null)
  assert.deepEqual(
    (await news(watcher)).map(([event]) => event),
    ['typing'],
  )
})

test('[P1] a user who comes between the read and the begin is in the list of those present', async () => {
  const { rooms, live, room } = await createRoomOnFakeTime()
  await using _ = rooms
  const slow = connectTo(live, 2)
  const attachment = await live.attach(permit, slow.id, room, { after_seq: null, epoch: null })
  const other = connectTo(live, 3)
  await other.join(room)
  const present = listOf(attachment.presence).map(({ user }) => user.id)
  attachment.begin()
  await settle()
  assert.deepEqual(slow.payloads('user_joined'), [])
  assert.deepEqual(present, ['u1', 'u3', 'u2'])
})

test('[P3] durable frames leave before the ephemeral ones of the same pass, in one write', async () => {
  const { rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  watcher.writes = []
  await rooms.say('r', 1, 'a')
  live.tell(room.num, 'new_reaction', {})
  await settle()
  assert.deepEqual(watcher.writes, [['new_message', 'new_reaction']])
})

test('[S1] a signal goes to connections that can take it now: in order, at most once, never to the sender', async () => {
  const { rooms, live, room, watcher } = await createRoomOnFakeTime()
  await using _ = rooms
  const peer = connectTo(live, 2)
  await peer.join(room)
  await news(watcher)
  for (let n = 0; n < 5; n += 1) assert.equal(live.signal(peer.id, room.num, 'u1', 'offer', { n }), true)
  assert.deepEqual(
    (await news(watcher)).map(([, { data }]) => data),
    [0, 1, 2, 3, 4].map((n) => ({ n })),
  )
  watcher.stalled = 100_000
  assert.equal(live.signal(peer.id, room.num, watcher.id, 'offer', {}), false, 'it cannot take it now')
  assert.equal(live.signal(peer.id, room.num, 'u2', 'offer', {}), false, 'nobody but oneself')
  assert.equal(live.signal('stranger', room.num, 'u1', 'offer', {}), false)
})

test('[P4] features are told when a user becomes present on a node, and when that ends', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const told: [string, number, boolean][] = []
  const live = rooms.node({
    onPresence(room, user, present) {
      told.push([room.id, user, present])
      if (user === 3) throw new Error('not now')
    },
  })
  const room = await rooms.createRoom('r')
  const [host, one, two, other] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 2), connectTo(live, 3)]
  const stream = connectTo(live, 4, { present: false })
  const unknown = connectTo(live, 0)
  for (const client of [host, one, two, stream, other, unknown]) await client.join(room)
  assert.deepEqual(told.splice(0), [
    ['r', 1, true],
    ['r', 2, true],
    ['r', 3, true],
  ])
  assert.equal(rooms.failures.length, 1, 'what they throw is reported')
  const named = profileOf(9)
  live.own(unknown.id, {
    user: { num: 9, id: 'u0' },
    profile: { ...named, id: 'u0' },
    session_id: null,
    address: '192.0.2.1',
    present: true,
  })
  live.close(one.id)
  live.close(two.id)
  const back = connectTo(live, 2)
  await back.join(room)
  time.advance(60_000)
  assert.deepEqual(told.splice(0), [['r', 9, true]])
  live.close(back.id)
  time.advance(9_999)
  assert.deepEqual(told, [])
  time.advance(1)
  live.detach(other.id, room.num, 'left')
  assert.deepEqual(told.splice(0), [
    ['r', 2, false],
    ['r', 3, false],
  ])
  for (const client of [stream, unknown, host]) live.close(client.id)
  assert.deepEqual(told.splice(0), [
    ['r', 1, false],
    ['r', 9, false],
  ])
})

test('[P6] features are told of each connection at once when it is attached, and when it is detached', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const told: string[] = []
  const live = rooms.node({
    onAttached: (room, { peer_id, user }) => void told.push(`+ ${room.id} ${user.num} ${nameOf(peer_id)}`),
    onDetached(room, { peer_id, user }) {
      told.push(`- ${room.id} ${user.num} ${nameOf(peer_id)}`)
      if (user.num === 3) throw new Error('not now')
    },
  })
  const room = await rooms.createRoom('r')
  const [one, two, other, back] = [connectTo(live, 1), connectTo(live, 1), connectTo(live, 3), connectTo(live, 4)]
  const stream = connectTo(live, 5, { present: false })
  const nameOf = (peer_id: string) => [one, two, other, back].findIndex(({ id }) => id === peer_id)
  for (const client of [one, two, other, back, stream]) await client.join(room)
  assert.deepEqual(told.splice(0), ['+ r 1 0', '+ r 1 1', '+ r 3 2', '+ r 4 3'])
  await back.join(room)
  assert.deepEqual(told, [], 'attaching again is nothing new')
  live.detach(other.id, room.num, 'removed')
  live.close(one.id)
  live.detach(two.id, room.num, 'left')
  live.detach(two.id, room.num, 'left')
  assert.deepEqual(told.splice(0), ['- r 3 2', '- r 1 0', '- r 1 1'], 'at once, each of its own')
  assert.equal(rooms.failures.length, 1, 'what they throw is reported')
  await two.join(room)
  live.close(stream.id)
  live.listen(other.id, room, 'said')
  live.close(other.id)
  assert.deepEqual(told.splice(0), ['+ r 1 1'])
  await live.stop()
  assert.deepEqual(new Set(told), new Set(['- r 1 1', '- r 4 3']), 'also when the server stops')
})
