import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../error.ts'
import { ConnectionCalls } from './connection-calls.ts'
import { type CallOrder, type QueuedCall, queueLimits } from './room-queue.ts'
import { createWaitingCalls } from './waiting-calls.ts'

const nobody = (): never => {
  throw new AppError('not_authenticated')
}

/** A connection whose calls are named, and that remembers in which order their turns came. */
function connection() {
  const calls = new ConnectionCalls(nobody, createWaitingCalls()('192.0.2.1'))
  const started: string[] = []
  const open = new Map<string, QueuedCall>()
  const note = (name: string, call: QueuedCall) => {
    started.push(name)
    open.set(name, call)
  }
  return {
    started,
    enter(name: string, order: CallOrder = 'waits', { room = 'a', bytes = 10 } = {}): void {
      const entered = calls.enter(room, order, bytes)
      if (entered instanceof Promise) void entered.then((call) => note(name, call))
      else note(name, entered)
    },
    async handOver(name: string): Promise<void> {
      open.get(name)?.handedOver()
      await Promise.resolve()
    },
    async end(name: string): Promise<void> {
      open.get(name)?.end()
      await Promise.resolve()
    },
    call: (name: string): QueuedCall => open.get(name) ?? assert.fail(`${name} has not begun`),
  }
}

test('[CO1] [CO2] a call begins when the last commit of the one before it is handed over, or when that one has ended', async () => {
  const client = connection()
  for (const name of ['one', 'two', 'three']) client.enter(name)
  assert.deepEqual(client.started, ['one'])
  await client.handOver('one')
  assert.deepEqual(client.started, ['one', 'two'])
  await client.end('two')
  assert.deepEqual(client.started, ['one', 'two', 'three'])
})

test('[CO2] reads wait for their turn, and nothing waits for them', async () => {
  const client = connection()
  client.enter('send')
  client.enter('history', 'reads')
  client.enter('second')
  assert.deepEqual(client.started, ['send'])
  await client.handOver('send')
  assert.deepEqual(client.started, ['send', 'history', 'second'])
})

test('[CO3] what follows a join waits until it has ended, even if it committed long before', async () => {
  const client = connection()
  client.enter('join', 'holds')
  for (const name of ['send', 'leave']) client.enter(name, name === 'leave' ? 'holds' : 'waits')
  await client.handOver('join')
  assert.deepEqual(client.started, ['join'])
  await client.end('join')
  assert.deepEqual(client.started, ['join', 'send'])
  await client.handOver('send')
  assert.deepEqual(client.started, ['join', 'send', 'leave'])
})

test('[CO4] typing overtakes messages, but no join or leave, and keeps its own order', async () => {
  const client = connection()
  client.enter('send')
  client.enter('typing', 'passes')
  assert.deepEqual(client.started, ['send', 'typing'])
  client.enter('leave', 'holds')
  client.enter('signal one', 'passes')
  client.enter('signal two', 'passes')
  await client.handOver('send')
  assert.deepEqual(client.started, ['send', 'typing', 'leave'])
  await client.end('leave')
  assert.deepEqual(client.started, ['send', 'typing', 'leave', 'signal one', 'signal two'])
})

test('[CO5] a queue that is full answers room_busy, by calls and by bytes, and takes calls again when some have begun', async () => {
  const busy = { code: 'room_busy' }
  const client = connection()
  client.enter('first')
  for (let index = 0; index < queueLimits.calls; index += 1) client.enter(`waiting ${index}`)
  assert.throws(() => client.enter('too many'), busy)
  await client.end('first')
  client.enter('fits')
  const large = connection()
  large.enter('first')
  large.enter('large', 'waits', { bytes: queueLimits.bytes })
  assert.throws(() => large.enter('too large', 'waits', { bytes: 1 }), busy)
  await large.handOver('first')
  large.enter('fits', 'waits', { bytes: queueLimits.bytes })
})

test('[CO7] calls in another room do not wait', () => {
  const client = connection()
  client.enter('slow join', 'holds')
  client.enter('elsewhere', 'waits', { room: 'b' })
  assert.deepEqual(client.started, ['slow join', 'elsewhere'])
})

test('[C14] what was held back behind a stale commit follows when that is planned again, or has ended', async () => {
  for (const finish of ['handOver', 'end'] as const) {
    const client = connection()
    client.enter('stale')
    await client.handOver('stale')
    client.enter('later')
    await client.handOver('later')
    client.call('stale').refusedAsStale()
    assert.ok(client.call('later').isBehindStale)
    assert.ok(!client.call('stale').isBehindStale)
    const again: string[] = []
    client.call('later').afterStale(() => again.push('later'))
    assert.deepEqual(again, [])
    await client[finish]('stale')
    assert.deepEqual(again, ['later'])
    assert.ok(!client.call('later').isBehindStale)
  }
})

test('[CO3] a join whose attaching goes on after its answer keeps its turn until that has ended', async () => {
  const client = connection()
  const attaching = Promise.withResolvers<void>()
  client.enter('join', 'holds')
  client.enter('leave', 'holds')
  client.call('join').endWith(attaching.promise)
  await client.end('join')
  assert.deepEqual(client.started, ['join'])
  attaching.reject(new Error('it failed in the end'))
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(client.started, ['join', 'leave'])
})

test('[CO5] connections of one address share what may wait, and what has begun no longer counts', async () => {
  const waiting = createWaitingCalls({ calls: 2, bytes: 1000 })('192.0.2.1')
  const [one, other] = [new ConnectionCalls(nobody, waiting), new ConnectionCalls(nobody, waiting)]
  const first = one.enter('a', 'waits', 10)
  assert.ok(!(first instanceof Promise))
  const waits = [one.enter('a', 'waits', 10), one.enter('a', 'waits', 10)]
  void other.enter('a', 'waits', 10)
  assert.throws(() => other.enter('a', 'waits', 10), { code: 'room_busy' })
  first.end()
  await waits[0]
  assert.ok(other.enter('a', 'waits', 10) instanceof Promise)
})
