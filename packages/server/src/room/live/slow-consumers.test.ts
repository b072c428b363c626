import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { permit } from '../../core/testing/read-permit.ts'
import { createLiveHarness, whispered } from '../testing/live.ts'
import { connectTo, settle } from '../testing/live-client.ts'

test('[L5] a slow consumer is skipped, catches up, and is cut when it falls out of the ring', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [reader, sleeper, dead] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  for (const client of [reader, sleeper, dead]) await client.join(room)
  const big = 'x'.repeat(100_000)
  sleeper.stalled = dead.stalled = 65 * 1024
  for (let n = 0; n < 5; n += 1) await rooms.say('r', 1, big)
  await settle()
  assert.equal(reader.seqs().length, 5)
  assert.equal(sleeper.seqs().length, 0)
  sleeper.drain()
  await settle()
  assert.deepEqual(sleeper.seqs(), reader.seqs())
  for (let n = 0; n < 12; n += 1) await rooms.say('r', 1, big)
  await settle()
  assert.deepEqual(dead.cuts, ['slow'])
  assert.equal(live.isAttached(dead.id, room.num), false)
  assert.deepEqual([reader.cuts, sleeper.cuts], [[], []])
  assert.deepEqual(sleeper.seqs(), reader.seqs())
  assert.match(await rooms.metrics.text(), /parlor_cut_total\{reason="slow"\} 1/)
})

test('[L9] when all rings are too large, the slow consumers of the largest are cut first and their frames dropped', async () => {
  await using rooms = await createLiveHarness({ limits: { ringBytes: 1_000_000 } })
  const live = rooms.node()
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((id) => rooms.createRoom(id)))
  const [reader, sleeper, dead] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  for (const room of all) await reader.join(room)
  for (const room of all.slice(0, 3)) await dead.join(room)
  for (const room of all.slice(3)) await sleeper.join(room)
  dead.stalled = sleeper.stalled = 65 * 1024
  const big = 'x'.repeat(100_000)
  await rooms.say('d', 1, big)
  for (const id of ['a', 'b', 'c']) {
    for (let n = 0; n < 3; n += 1) await rooms.say(id, 1, big)
    await settle()
  }
  assert.deepEqual([reader.cuts, sleeper.cuts, dead.cuts], [[], [], ['slow']])
  await settle()
  assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 1\d{5}$/m, 'what is kept for the sleeper')
  sleeper.drain()
  await settle()
  await rooms.say('d', 1, 'x')
  await settle()
  assert.equal(sleeper.seqs().length, 2)
  assert.equal(reader.seqs().length, 11)
  assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 0$/m)
})

test('[L9] a ring whose last member leaves while frames are kept for them is subtracted from the sum once', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const all = await Promise.all(['a', 'b'].map((id) => rooms.createRoom(id)))
  for (const room of all) {
    const dead = connectTo(live, 1)
    await dead.join(room)
    dead.stalled = 65 * 1024
    await rooms.say(room.id, 1, 'x'.repeat(100_000))
    await settle()
    assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 1\d{5}$/m)
    live.close(dead.id)
    await settle()
    assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 0$/m)
  }
})

test('[L5] a member that is skipped in several rooms waits once, and catches up in all', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const all = await Promise.all(['a', 'b', 'c'].map((id) => rooms.createRoom(id)))
  const client = connectTo(live, 1)
  for (const room of all) await client.join(room)
  client.stalled = 65 * 1024
  for (const { id } of all) await rooms.say(id, 1, 'x')
  await settle()
  assert.deepEqual([client.waiters(), client.seqs()], [1, []])
  client.drain()
  await settle()
  assert.deepEqual(client.seqs(), [2, 2, 2])
})

test('[L5] a member cut while it was attaching again gets nothing after the cut', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [client, sleeper] = [connectTo(live, 1), connectTo(live, 2)]
  for (const each of [client, sleeper]) await each.join(room)
  await settle()
  await live.attach(permit, client.id, room, { after_seq: null, epoch: null })
  client.heard = []
  live.tell(room.num, 'new_reaction', {})
  for (let n = 0; n < 15; n += 1) await rooms.say('r', 1, 'x'.repeat(100_000))
  await settle()
  live.tell(room.num, 'new_reaction', {})
  time.advance(10_000)
  await settle()
  assert.deepEqual([client.cuts, client.names()], [['slow'], []])
})

test('[L3] a connection that cannot be written to is cut alone, and the failure is reported', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [first, broken, last] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  for (const client of [first, broken, last]) await client.join(room)
  await settle()
  broken.broken = true
  await rooms.say('r', 1, 'a')
  await settle()
  assert.deepEqual([first.seqs(), last.seqs(), broken.cuts, rooms.failures.length], [[2], [2], ['failed'], 1])
  const [flushed, ended, quiet] = [connectTo(live, 4), connectTo(live, 5), connectTo(live, 6)]
  flushed.broken = ended.broken = true
  live.emit(flushed.id, 'pong', '{}')
  await settle()
  live.cutSessions(['s5'])
  assert.deepEqual([flushed.cuts, ended.cuts, rooms.failures.length], [['failed'], ['failed'], 3])
  await quiet.join(room)
  await rooms.commit('r', 1, [{ op: 'append', type: whispered, body: () => ({}) }])
  await settle()
  quiet.broken = true
  time.advance(50_000)
  assert.deepEqual([quiet.cuts, last.names().at(-1), rooms.failures.length], [['failed'], 'room_position', 4])
})

test('[L5] a client that asks and does not read the replies is cut, and nobody is cut for one large reply', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const [reader, dead] = [connectTo(live, 1), connectTo(live, 2)]
  const large = JSON.stringify('x'.repeat(5 * 1024 * 1024))
  live.emit(reader.id, 'room_joined', large)
  live.queued(reader.id, large.length)
  await settle()
  reader.stalled = dead.stalled = 8 * 1024 * 1024
  live.emit(reader.id, 'pong', '{}')
  const reply = JSON.stringify('€'.repeat(130_000))
  for (const send of [
    () => live.emit(dead.id, 'message_received', reply),
    () => live.queued(dead.id, Buffer.byteLength(reply)),
  ])
    send()
  assert.deepEqual(dead.cuts, [])
  live.emit(dead.id, 'message_received', reply)
  assert.deepEqual([reader.cuts, dead.cuts], [[], ['slow']])
})

test('[L5] a frame or burst larger than the ring cuts nobody who reads', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const clients = Array.from({ length: 600 }, (_, n) => connectTo(live, n + 1))
  for (const client of clients) await client.join(room)
  const big = 'x'.repeat(120_000)
  await Promise.all(Array.from({ length: 30 }, () => rooms.say('r', 1, big)))
  for (let n = 0; n < 1000 && clients.some((client) => client.seqs().length < 30); n += 1) await settle()
  for (const client of clients) {
    assert.equal(client.seqs().length, 30)
    assert.deepEqual(client.cuts, [])
  }
})
