import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { attachEngine, createEngine, engineDefaults, type InputReading } from '../socket/engine-server.ts'
import { openRequestGuard } from '../testing/request-guard.ts'
import { raw } from '../testing/http.ts'
import { createInFlightBytes } from './in-flight-bytes.ts'

/** A server whose requests wait until `turn`; resolves with where they come, and the answers that were begun. */
async function serveLater(t: TestContext) {
  const waiting: (() => void)[] = []
  const answers: ServerResponse[] = []
  const server = createServer((_request, response) => {
    answers.push(response)
    response.end('an answer')
  })
  const taking: InputReading = {
    arrivalOf: () => () => createInFlightBytes(Number.POSITIVE_INFINITY).from('192.0.2.1'),
    addressOf: () => '192.0.2.1',
    inputQueue: { take: (_source, work) => void waiting.push(work) },
  }
  const gate = { ...taking, basePath: '', admit: () => null, maxPackets: 10, inputOf: () => null }
  attachEngine(createEngine(engineDefaults, taking), server, gate)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const turn = () => {
    for (const work of waiting.splice(0)) work()
  }
  return { server, port: (server.address() as AddressInfo).port, answers, turn }
}

test('[G2] does not process a queued request whose connection has closed', async (t) => {
  const { server, port, answers, turn } = await serveLater(t)
  const arrived = once(server, 'request')
  const leaving = new AbortController()
  const left = assert.rejects(fetch(`http://127.0.0.1:${port}/`, { signal: leaving.signal }))
  const [, response] = (await arrived) as [unknown, ServerResponse]
  const closed = once(response, 'close')
  leaving.abort()
  await Promise.all([left, closed])
  turn()
  assert.equal(answers.length, 0)

  const stays = raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await once(server, 'request')
  turn()
  assert.match(await stays, /^HTTP\/1\.1 200 /)
})

test('[G7] a WebSocket handshake waits for its turn, and one whose connection breaks meanwhile is dropped', async (t) => {
  const { server, port, turn } = await serveLater(t)
  const path = '/socket.io/?EIO=4&transport=websocket'
  const arrived = once(server, 'upgrade')
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  t.after(() => socket.terminate())
  await arrived
  const broken = connect({ port, host: '127.0.0.1' })
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13'
  broken.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n\r\n`)
  const [, held] = (await once(server, 'upgrade')) as [unknown, Socket]
  // Not `once`, which would reject: the server may read the reset, which is an error of this socket.
  const closed = new Promise((resolve) => held.once('close', resolve))
  broken.resetAndDestroy()
  await closed
  assert.equal(socket.readyState, WebSocket.CONNECTING)
  const opened = once(socket, 'open')
  turn()
  await opened
})

test('[G2] does not count a request whose response has ended, since nothing would release it', async (t) => {
  const requestGuard = openRequestGuard({ limit: 1 })
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const enter = async (isGone: boolean) => {
    const leaving = new AbortController()
    const left = assert.rejects(fetch(`http://127.0.0.1:${port}/`, { signal: leaving.signal }))
    const [request, response] = await once(server, 'request')
    const closed = once(response, 'close')
    if (isGone) leaving.abort()
    if (isGone) await closed
    const refused = requestGuard.admit(request, response, { address: '192.0.2.1', isSecure: false }, 'request')
    leaving.abort()
    await Promise.all([left, closed])
    return refused
  }
  assert.equal(await enter(true), null)
  assert.equal(await enter(true), null)
  assert.equal(await enter(false), null)
  assert.equal(await enter(false), null)
})
