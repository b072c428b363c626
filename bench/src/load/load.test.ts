import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startStock } from '../peers/stock.ts'
import { ticksPerSecond } from '../proc.ts'
import { LatencyHistogram } from '../statistics.ts'
import { Load } from './load.ts'

const wholeRoom = Array.from({ length: 20 }, (_, id) => ({ id, room: 'a-room', isSender: id < 2 }))

test('two processes see every message of a room acknowledged and delivered to every member', async () => {
  const stock = await startStock()
  try {
    const load = await Load.connect({ ...jobFor(stock), clients: wholeRoom }, 2)
    try {
      await load.start()
      const windows = await load.measure(300)
      assert.equal(windows.length, 2)
      for (const window of windows) {
        assert.ok(window.seconds >= 0.29 && window.deliveries > 0 && window.accepted > 0)
        assert.ok(window.payloadBytes > window.deliveries * 100)
        assert.ok(new LatencyHistogram(window.latency).total > 0)
      }
      const { sent, accepted, deliveries } = await load.settle()
      assert.equal(accepted, sent)
      assert.equal(deliveries, sent * wholeRoom.length)
    } finally {
      await load.close()
    }
  } finally {
    await stock.stop()
  }
})

test('a server that ends fails the measurement', async () => {
  const stock = await startStock()
  const load = await Load.connect({ ...jobFor(stock), clients: wholeRoom }, 1)
  await load.start()
  const failing = assert.rejects(load.measure(10_000), /lost its connection/)
  await stock.stop()
  await failing
  await load.close()
})

function jobFor(stock: { port: number; pid: number }) {
  return {
    port: stock.port,
    serverPid: stock.pid,
    ticksPerSecond: ticksPerSecond(),
    auth: null,
    inFlight: 3,
    contentLength: 100,
    sampleEvery: 7,
  }
}
