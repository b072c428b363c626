import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { attachEngine, createEngine, engineDefaults, type InputReading } from '../socket/engine-server.ts'
import { createInputQueue, pieceBytes } from '../guards/input-queue.ts'

test('[S3] [G7] a WebSocket over the bound of in-flight bytes is read no further after its queued pieces', async (t) => {
  let now = 0
  let due: (() => void)[] = []
  const refused = Promise.withResolvers<void>()
  const add = () => {
    refused.resolve()
    return false
  }
  const taking: InputReading = {
    arrivalOf: () => () => ({ add, end() {} }),
    addressOf: () => '192.0.2.1',
    // Each piece takes a turn.
    inputQueue: createInputQueue({ monotonic: () => (now += 2), soon: (run) => void due.push(run) }),
  }
  const server = createServer()
  attachEngine(createEngine(engineDefaults, taking), server, {
    ...taking,
    basePath: '',
    admit: () => null,
    maxPackets: 9,
    inputOf: () => null,
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection')
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  client.on('error', () => {})
  t.after(() => client.terminate())
  const [[socket]] = (await Promise.all([accepted, once(client, 'open')])) as [[Socket], unknown]
  client.send('x'.repeat(pieceBytes * 6))
  await refused.promise
  while (due.length > 0) {
    const runs = due
    due = []
    for (const run of runs) run()
  }
  assert.ok(socket.isPaused())
})
