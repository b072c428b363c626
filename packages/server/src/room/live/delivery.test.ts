import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createFaultyBus } from '../../platform/bus/faulty.ts'
import { createMemoryBus } from '../../platform/bus/memory.ts'
import { batchesOf, createLiveHarness, said } from '../testing/live.ts'
import { connectTo, pass, settle } from '../testing/live-client.ts'
import { Delivery } from './delivery.ts'
import type { LogEntry, RoomMessages, RoomRow } from '../types.ts'

/** A node with a bus that loses, delays and repeats batches as the test says, on a clock that the test moves. */
async function createFaultyNode(random: () => number = () => 1) {
  const time = manualTime()
  const shared = createMemoryBus<RoomMessages>()
  const rooms = await createLiveHarness({ ...time, bus: shared })
  const bus = createFaultyBus(shared, { random, timers: time.timers })
  const live = rooms.node({ bus })
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  const say = async (content: string) => {
    await rooms.say('r', 1, content)
    await settle()
  }
  return { time, shared, rooms, bus, live, room, client, say }
}

const gaps = async (rooms: { metrics: { text(): Promise<string> } }) =>
  Number(/^parlor_bus_gap_total (\d+)$/m.exec(await rooms.metrics.text())?.[1])

test('[L3] a lost batch is read from the log 50 ms after the next one shows the gap', async () => {
  const { time, rooms, bus, client, say } = await createFaultyNode()
  await using _ = rooms
  bus.faults.drop = 1.1
  await say('lost')
  bus.faults.drop = 0
  await say('shows the hole')
  assert.deepEqual(client.seqs(), [])
  await pass(time, 49)
  assert.deepEqual(client.seqs(), [])
  await pass(time, 1)
  assert.deepEqual(client.seqs(), [2, 3])
  assert.equal(await gaps(rooms), 1)
  await say('goes on')
  assert.deepEqual(client.seqs(), [2, 3, 4])
})

test('[L3] a gap that the bus fills in time is not read from the log', async () => {
  const { time, shared, rooms, bus, client, say } = await createFaultyNode()
  await using _ = rooms
  const batches = batchesOf(shared, 1)
  bus.faults.drop = 1.1
  await say('late')
  bus.faults.drop = 0
  await say('early')
  const [late] = batches
  assert.ok(late)
  time.advance(30)
  bus.room.publish(late.room.num, late)
  await settle()
  assert.deepEqual(client.seqs(), [2, 3])
  await pass(time, 100)
  assert.equal(await gaps(rooms), 0)
})

test('[L1] a batch that comes twice or too late is dropped', async () => {
  const { shared, rooms, bus, client, say } = await createFaultyNode()
  await using _ = rooms
  const batches = batchesOf(shared, 1)
  bus.faults.repeat = 1.1
  await say('a')
  await say('b')
  for (const batch of batches.slice()) bus.room.publish(batch.room.num, batch)
  await settle()
  assert.deepEqual(client.seqs(), [2, 3])
})

test('[L3] the tail check finds a gap that no later batch shows: every 0.8 s, every 250 ms while the bus is down', async () => {
  const { time, rooms, bus, client, say } = await createFaultyNode()
  await using _ = rooms
  bus.faults.drop = 1.1
  await say('the last word')
  await pass(time, 799)
  assert.deepEqual(client.seqs(), [])
  await pass(time, 1)
  await pass(time, 50)
  assert.deepEqual(client.seqs(), [2])
  bus.setUp(false)
  await say('while the bus is down')
  await pass(time, 250)
  await pass(time, 50)
  assert.deepEqual(client.seqs(), [2, 3])
})

test('[L3] a gap that the log cannot fill completely cuts the attached members, and they reconnect with their cursor', async () => {
  const { time, rooms, bus, live, room, client, say } = await createFaultyNode()
  await using _ = rooms
  bus.faults.drop = 1.1
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(Array.from({ length: 550 }, (_, n) => rooms.say('r', 1, `${n}`)))
  }
  bus.faults.drop = 0
  await say('shows the hole')
  await pass(time, 50)
  assert.deepEqual(client.seqs(), [])
  assert.deepEqual(client.cuts, ['restored'])
  const back = connectTo(live, 1)
  const { catchup } = await back.join(room, 1, room.epoch)
  assert.equal(catchup.recovered, false, 'and are told that they cannot be served the changes')
  await say('goes on')
  assert.deepEqual(back.seqs(), [1103])
})

test('[D2] a repair skips a redacted event, and delivery continues behind it', async () => {
  const { time, rooms, bus, client, say } = await createFaultyNode()
  await using _ = rooms
  bus.faults.drop = 1.1
  await say('secret')
  await rooms.commit('r', 1, [{ op: 'redact', seq: 2, as: said, body: () => ({ content: 'removed' }) }])
  bus.faults.drop = 0
  await say('after')
  await pass(time, 50)
  assert.deepEqual(client.seqs(), [3, 4])
  assert.deepEqual(
    client.payloads('new_message').map(({ content }) => content),
    ['removed', 'after'],
  )
})

test('events wait in order for profiles that must be loaded, and a failed load loses no event', async () => {
  const { time, rooms, client, say } = await createFaultyNode()
  await using _ = rooms
  rooms.people.forget()
  rooms.people.fail = true
  await say('a')
  await say('b')
  assert.deepEqual(client.seqs(), [])
  assert.ok(rooms.failures.length > 0)
  rooms.people.fail = false
  await pass(time, 250)
  await pass(time, 250)
  assert.deepEqual(client.seqs(), [2, 3])
})

test('a new epoch cuts attached members, and listeners continue from the current end of the log', async () => {
  const { time, rooms, live, room, client } = await createFaultyNode()
  await using _ = rooms
  const listener = connectTo(live, 2)
  live.listen(listener.id, room, 'new_message')
  await settle()
  rooms.renewEpoch('r')
  await pass(time, 2000)
  assert.deepEqual(client.cuts, ['restored'])
  assert.deepEqual(listener.cuts, [])
  await rooms.say('r', 1, 'in the new epoch')
  await settle()
  assert.equal(listener.payloads('new_message').length, 1)
})

test('[L1] three nodes over a bus that loses, delays and repeats: every member gets everything once, in one order', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = seeded(seed)
  const time = manualTime()
  const shared = createMemoryBus<RoomMessages>()
  await using rooms = await createLiveHarness({ ...time, bus: shared })
  const room = await rooms.createRoom('r')
  const clients = await Promise.all(
    [1, 2, 3].map(async (num) => {
      const bus = createFaultyBus(shared, { random, timers: time.timers })
      bus.faults = { drop: 0.2, delay: 0.4, delay_ms: 120, repeat: 0.2 }
      const client = connectTo(rooms.node({ bus }), num)
      await client.join(room)
      return client
    }),
  )
  for (let n = 0; n < 150; n += 1) {
    await rooms.say('r', 1 + (n % 3), `${n}`)
    if (random() < 0.3) await pass(time, 20)
  }
  for (let n = 0; n < 60; n += 1) await pass(time, 50)
  const all = Array.from({ length: 150 }, (_, n) => n + 2)
  for (const client of clients) assert.deepEqual(client.seqs(), all, `seed ${seed}`)
})

/** Mulberry32: numbers in 0..1 that a seed repeats. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

test('[L3] an encoding failure does not throw into the commit, and the event is read from the log later', async () => {
  const time = manualTime()
  const room = { num: 1, id: 'r', kind: 'chat' }
  const event = { room: 1, seq: 1, type: 't', v: 1, actor: 0, client_id: null, body: '{}', at: 0 }
  const entries: LogEntry[] = [{ kind: 'event', event }]
  const failures: unknown[] = []
  const delivered: number[] = []
  let broken = true
  const delivery = new Delivery(room, {
    engine: {
      readLog: async () => ({ room: { ...room, epoch: 'e', last_seq: 1 } as RoomRow, entries, whole: true }),
    },
    encoder: {
      frames() {
        if (broken) throw new Error('no such shape')
        return [{ seq: 1, audience: 'room', event: 't', json: '{}' }]
      },
    },
    timers: time.timers,
    deliver: (frames) => void delivered.push(...frames.map(({ seq }) => seq)),
    onBroken: () => assert.fail('nothing is lost'),
    onGap: () => undefined,
    onFailure: (error) => void failures.push(error),
  })
  delivery.start(0, 'e')
  delivery.receive({ room, from: 1, to: 1, entries, committed_at: 0 })
  assert.deepEqual([failures.length, delivered], [1, []])
  broken = false
  await pass(time, 250)
  assert.deepEqual(delivered, [1])
  delivery.close()
})

test('[L3] a failed delivery is reported, and attached members start over', () => {
  const failures: unknown[] = []
  let broken = 0
  const delivery = new Delivery(
    { num: 1, id: 'r', kind: 'chat' },
    {
      engine: { readLog: () => assert.fail('nothing is missing') },
      encoder: { frames: () => [] },
      timers: manualTime().timers,
      deliver() {
        throw new Error('half of it')
      },
      onBroken: () => void (broken += 1),
      onGap: () => undefined,
      onFailure: (error) => void failures.push(error),
    },
  )
  delivery.start(0, 'e')
  delivery.receive({ room: { num: 1, id: 'r', kind: 'chat' }, from: 1, to: 1, entries: [], committed_at: 0 })
  assert.deepEqual([broken, failures.length], [1, 1])
  delivery.close()
})
