import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { type Socket as EngineSocket, Server as Engine } from 'engine.io'
import { WebSocket } from 'ws'
import { ComposedRange, settledRange } from '../../room/live/channel/ring.ts'
import { QueueCount, queuedCost } from './fast-write.ts'
import { SocketSink } from './sink.ts'

async function openSink(t: TestContext, { fastWrite = true } = {}) {
  const engine = new Engine()
  const server = createServer()
  engine.attach(server, { path: '/socket.io' })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const opened = once(engine, 'connection')
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  t.after(() => {
    client.terminate()
    // Otherwise the process lives until the ping of each connection is overdue.
    engine.close()
    server.close()
  })
  const [[conn]] = (await Promise.all([opened, once(client, 'open')])) as [[EngineSocket], unknown]
  const sink = new SocketSink(conn, { fastWrite, onSlowWay: () => assert.fail('the slow way') }, () => {})
  return { sink, conn, client }
}

test('[L8] a connection that closes before its flush holds no bytes', async (t) => {
  const { sink, conn, client } = await openSink(t)
  sink.emit('room_joined', JSON.stringify('x'.repeat(100_000)))
  assert.ok(sink.own() > 100_000)
  const closed = once(conn, 'close')
  client.terminate()
  await closed
  assert.equal(sink.own(), 0)
  sink.emit('late', '{}')
  assert.equal(sink.own(), 0)
})

for (const fastWrite of [true, false]) {
  test(`[SL3] shared parts of one member's range arrive in order behind its own packets, fast writes ${fastWrite}`, async (t) => {
    const { sink, client } = await openSink(t, { fastWrite })
    const heard: string[] = []
    client.on('message', (data: Buffer) => heard.push(String(data)))
    const expected: string[] = []
    for (const size of [10, 20_000]) {
      const text = JSON.stringify('x'.repeat(size))
      const parts = ['a', 'b', 'c'].map((event) => settledRange(1, [{ seq: 0, audience: 'room', event, json: text }]))
      for (const own of [null, 'own']) {
        if (own) sink.emit(own, '1')
        sink.write(new ComposedRange(1, parts))
        expected.push(...(own ? ['42["own",1]'] : []), ...['a', 'b', 'c'].map((event) => `42["${event}",${text}]`))
      }
    }
    while (heard.filter((each) => each.startsWith('42')).length < expected.length) await once(client, 'message')
    assert.deepEqual(
      heard.filter((each) => each.startsWith('42')),
      expected,
    )
  })
}

test('[L8] what waits in a queue of packets is counted once for each packet, with what it takes besides its text, and anew for another queue', () => {
  let looked = 0
  const packet = (data: string) => ({
    get data() {
      looked += 1
      return data
    },
  })
  const count = new QueueCount()
  const queue = [packet('a'), packet('bc')]
  assert.equal(count.of(queue), 2 * queuedCost + 3)
  queue.push(packet('def'))
  for (let n = 0; n < 100; n += 1) assert.equal(count.of(queue), 3 * queuedCost + 6)
  assert.equal(looked, 3)
  assert.equal(count.of([packet('g')]), queuedCost + 1)
})
