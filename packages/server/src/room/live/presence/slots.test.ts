import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../../core/testing/manual-time.ts'
import { createLiveHarness } from '../../testing/live.ts'
import { connectTo, settle, type TestClient } from '../../testing/live-client.ts'
import type { LiveDeps } from '../live.ts'
import { slotWindow } from './slots.ts'

/** A room with its host (who belongs to the moderators) and a member. */
async function createRoom(limits: LiveDeps['limits'] = {}) {
  const time = manualTime()
  const rooms = await createLiveHarness({ ...time, limits })
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  await rooms.commit('r', 2, [{ op: 'admit', user: 2, role: 'member', capacity: null }])
  const [host, member] = [connectTo(live, 1), connectTo(live, 2)]
  for (const client of [host, member]) await client.join(room)
  await settle()
  const set = (client: TestClient, slot: string, value: unknown) =>
    live.setSlot(client.id, room.num, slot, value === null ? null : JSON.stringify(value))
  const peers = (listed: string): Record<string, unknown>[] =>
    JSON.parse(listed).flatMap(({ peers: all }: { peers: Record<string, unknown>[] }) => all)
  const of = (client: TestClient) => peers(live.presence(room.num)).find(({ peer_id }) => peer_id === client.id)
  /** What the client heard of slots since the last time. */
  async function heard(client: TestClient): Promise<unknown[]> {
    await settle()
    const all = client.heard.splice(0).filter(({ event }) => event === 'presence_changed')
    return all.map(({ json }) => JSON.parse(json).slots)
  }
  for (const client of [host, member]) await heard(client)
  return { time, rooms, live, room, host, member, set, of, heard, peers }
}

test('[SL1] slots of several features do not erase each other, live, in the list, or for a member that was skipped', async () => {
  const { time, rooms, host, member, set, of, heard } = await createRoom()
  await using _ = rooms
  host.stalled = 100_000
  await rooms.say('r', 1, 'a')
  for (let x = 1; x <= 5; x += 1) {
    set(member, 'pointer', { x })
    set(member, 'app', { status: x })
    time.advance(slotWindow)
    await settle()
  }
  set(member, 'pointer', null)
  time.advance(slotWindow)
  assert.deepEqual(of(member), { peer_id: member.id, state: { status: 5 }, slots: { app: { status: 5 } } })
  await settle()
  host.drain()
  assert.deepEqual(await heard(host), [{ app: { status: 5 } }, { pointer: null }])
  time.advance(slotWindow)
  set(member, 'pointer', { x: 9 })
  set(member, 'app', null)
  time.advance(slotWindow)
  assert.deepEqual(of(member), { peer_id: member.id, state: null, slots: { pointer: { x: 9 } } })
  assert.deepEqual(await heard(host), [{ pointer: { x: 9 } }, { app: null }])
  assert.throws(() => set(member, 'nothing', 1), /declares/)
})

test('[SL2] values end with their connection, and one that is set again unchanged is not sent', async () => {
  const { time, rooms, live, host, member, set, of, heard } = await createRoom()
  await using _ = rooms
  set(member, 'pointer', { x: 1 })
  time.advance(slotWindow)
  set(member, 'pointer', { x: 1 })
  set(member, 'app', { s: 1 })
  time.advance(slotWindow)
  assert.deepEqual(await heard(host), [{ pointer: { x: 1 } }, { app: { s: 1 } }])
  live.close(member.id)
  time.advance(slotWindow)
  assert.deepEqual(await heard(host), [{ pointer: null }, { app: null }])
  assert.equal(of(member), undefined)
})

test('[SL3] the first value leaves at once, later ones at most once in 30 ms, as they are by then', async () => {
  const { time, rooms, host, member, set, heard } = await createRoom()
  await using _ = rooms
  set(member, 'pointer', 0)
  assert.deepEqual(await heard(host), [{ pointer: 0 }])
  const writes = host.writes.length
  for (let ms = 1; ms <= 300; ms += 1) {
    set(member, 'pointer', ms)
    if (ms % 2 === 0) set(host, 'pointer', ms)
    time.advance(1)
    await settle(1)
  }
  const values = await heard(host)
  assert.equal(values.length, 10)
  assert.deepEqual(values.at(-1), { pointer: 300 })
  assert.equal(host.writes.length - writes, 10)
  assert.deepEqual(
    await heard(member),
    Array.from({ length: 10 }, (_each, n) => ({ pointer: 30 * (n + 1) })),
  )
  time.advance(slotWindow)
  assert.deepEqual(await heard(host), [])
  set(member, 'pointer', 'again')
  assert.deepEqual(await heard(host), [{ pointer: 'again' }], 'after a pause at once')
})

test('[SL3] members who see the same share one range', async () => {
  const { rooms, live, room, member, set } = await createRoom()
  await using _ = rooms
  const others = [3, 4, 5].map((num) => connectTo(live, num))
  for (const each of others) await each.join(room)
  await settle()
  set(member, 'pointer', { x: 1 })
  await settle()
  const frames = others.map(({ heard }) => heard.findLast(({ event }) => event === 'presence_changed'))
  assert.ok(frames[0])
  assert.ok(frames.every((frame) => frame === frames[0]))
})

test('[SL4] values go to the audience of their slot, live and in the list', async () => {
  const { time, rooms, room, host, member, set, heard, peers, live } = await createRoom()
  await using _ = rooms
  const other = connectTo(live, 3)
  await other.join(room)
  await heard(other)
  set(member, 'hand', 'up')
  set(member, 'pointer', { x: 1 })
  time.advance(slotWindow)
  assert.deepEqual(await heard(host), [{ hand: 'up' }, { pointer: { x: 1 } }])
  assert.deepEqual(await heard(other), [{ pointer: { x: 1 } }])
  const listedFor = async (num: number) => {
    const { presence } = await connectTo(live, num).join(room)
    return peers(presence).find(({ peer_id }) => peer_id === member.id)?.['slots']
  }
  assert.deepEqual(await listedFor(4), { pointer: { x: 1 } })
  assert.deepEqual(await listedFor(1), { hand: 'up', pointer: { x: 1 } })
})

test('[SL5] bytes of values are bounded for a user, a room and the process, and given back', async () => {
  const limits = { userPresenceBytes: 100, roomPresenceBytes: 150, presenceBytes: 200 }
  const { rooms, live, room, host, member, set } = await createRoom(limits)
  await using _ = rooms
  const second = connectTo(live, 2)
  await second.join(room)
  const busy = { code: 'room_busy' }
  const text = (length: number) => 'x'.repeat(length - 2)
  set(member, 'pointer', text(60))
  assert.throws(() => set(second, 'pointer', text(60)), busy)
  set(second, 'pointer', text(40))
  assert.throws(() => set(second, 'app', 1), busy, 'of all connections of the user')
  assert.throws(() => set(host, 'pointer', text(60)), busy, 'of the room')
  set(host, 'pointer', text(50))
  const elsewhere = await rooms.createRoom('other', 'chat', 3)
  const third = connectTo(live, 3)
  await third.join(elsewhere)
  const setThere = (length: number) => live.setSlot(third.id, elsewhere.num, 'pointer', JSON.stringify(text(length)))
  assert.throws(() => setThere(60), busy, 'of the process')
  setThere(50)
  set(member, 'pointer', text(60))
  set(member, 'pointer', text(50))
  set(member, 'pointer', null)
  set(second, 'pointer', text(100))
  for (const client of [host, member, second]) live.close(client.id)
  setThere(90)
  live.close(third.id)
  assert.match(await rooms.metrics.text(), /parlor_presence_bytes 0/)
})

test('[SL5] what is kept for members that were skipped is bounded for a room and the process', async () => {
  const { time, rooms, live, room, host, member } = await createRoom({ presenceBytes: 10_000 })
  await using _ = rooms
  host.stalled = 100_000
  await rooms.say('r', 1, 'a')
  for (let n = 0; n < 300; n += 1) live.setSlot(member.id, room.num, 'pointer', JSON.stringify('x'.repeat(90)))
  const crowd = Array.from({ length: 60 }, (_each, n) => connectTo(live, 100 + n))
  for (const each of crowd) await each.join(room)
  for (const each of crowd) live.setSlot(each.id, room.num, 'pointer', JSON.stringify('x'.repeat(90)))
  time.advance(slotWindow)
  await settle(5)
  const kept = Number(/parlor_presence_bytes (\d+)/.exec(await rooms.metrics.text())?.[1])
  assert.ok(kept > 60 * 92 && kept <= 61 * 92 + 10_000, String(kept))
})
