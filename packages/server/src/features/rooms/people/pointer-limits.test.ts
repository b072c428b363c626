import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Sink } from '../../../room/live/live.ts'
import { createRoom, createWorld, onSqlite, signIn, type World } from '../../testing/world.ts'
import { codeOf } from '../../testing/doors.ts'

const [hz, seconds] = [30, 40]

const backend = onSqlite()
after(() => backend.stop())

const unread: Sink = {
  ...{ waiting: () => 0, own: () => 0, write: () => {}, emit: () => {}, flush: () => {} },
  ...{ whenDrained: () => {}, cut: () => {}, drop: () => {} },
}

/** So many more connections to which the room's events are written. */
async function addReceivers({ live, engine }: World, room_id: string, count: number): Promise<void> {
  const room = await engine.find(room_id)
  assert.ok(room)
  const owner = { user: null, profile: null, session_id: null, address: '192.0.2.9', present: false }
  for (let n = 0; n < count; n += 1) live.listen(live.open(unread, owner), room, 'new_message')
  assert.equal(live.receivers(room.num), count + 1)
}

/** A guest moves a pointer for so long before 1,000 people; the codes of its calls. */
async function move(state: (n: number) => object): Promise<Set<string>> {
  await using world = await createWorld(await backend.open(), { limited: true })
  const { id: room_id } = await createRoom(world, await signIn(world, 'Ann'))
  const guest = await world.connect()
  await guest.ask('join_room', { room_id })
  await addReceivers(world, room_id, 999)
  const codes = new Set<string>()
  for (let n = 0; n < hz * seconds; n += 1) {
    world.advance(1000 / hz)
    codes.add(await codeOf(guest.ask('presence', { room_id, state: state(n) })))
    if (codes.size > 1) break
  }
  return codes
}

test('[J9] a pointer that a guest moves 30 times a second before 1,000 people passes the limits', async () => {
  const codes = await move((n) => ({
    x: Math.round((n * 7919) % 19_200) / 10,
    y: Math.round((n * 104_729) % 10_800) / 10,
  }))
  assert.deepEqual([...codes], ['ok'])
})

test('[J9] values of 1 KiB at that rate do not', async () => {
  const codes = await move((n) => ({ n, text: 'x'.repeat(1000) }))
  assert.deepEqual([...codes], ['ok', 'rate_limited'])
})
