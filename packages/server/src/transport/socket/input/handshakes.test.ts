import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { raw } from '../../testing/http.ts'
import { createSocketHarness } from '../../testing/socket.ts'
import { openRaw, stillServes } from '../../testing/raw-clients.ts'

const handshakes = [
  '/socket.io/',
  '/socket.io/?EIO=4',
  '/socket.io/?EIO=3&transport=polling',
  '/socket.io/?EIO=4&transport=__proto__',
  '/socket.io/?EIO=4&transport=constructor',
  '/socket.io/?EIO=4&transport=webtransport',
  '/socket.io/?EIO=4&transport=polling&sid=__proto__',
  '/socket.io/?EIO=4&transport=polling&sid=toString',
  '/socket.io/?EIO=4&transport=websocket',
  '/socket.io/?%00%ff&EIO=%F0%9F&transport=polling%',
  '/socket.io/?EIO=4&EIO=4&transport=polling&transport=websocket',
]

for (const path of handshakes) {
  test(`a bad handshake is refused, asked and as an upgrade: ${path}`, async () => {
    await using door = await createSocketHarness()
    const ask = (method: string, headers: Record<string, string>) =>
      new Promise<number | null>((resolve) => {
        const sent = request({ port: door.port, path, method, headers }, (response) => {
          response.resume()
          resolve(response.statusCode ?? null)
        })
        sent.on('upgrade', (_response, socket) => {
          socket.destroy()
          resolve(101)
        })
        sent.on('error', () => resolve(null))
        sent.end()
      })
    assert.ok([400, 403].includes((await ask('GET', {})) ?? 0))
    assert.ok([400, 403].includes((await ask('POST', { 'content-type': 'text/plain' })) ?? 0))
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-extensions': 'permessage-deflate; server_max_window_bits=99; __proto__',
    }
    const status = await ask('GET', upgrade)
    // A WebSocket handshake that is whole but for its extensions is a good one.
    if (!path.endsWith('transport=websocket')) assert.notEqual(status, 101)
    await ask('GET', { ...upgrade, 'sec-websocket-key': 'short' })
    await ask('GET', { ...upgrade, 'sec-websocket-version': '999' })
    await ask('GET', { ...upgrade, upgrade: 'h2c' })
    await stillServes(door)
  })
}

test('an upgrade elsewhere is refused', async () => {
  await using door = await createSocketHarness()
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}/elsewhere`)
  const error = await new Promise<Error>((resolve) => socket.on('error', resolve))
  assert.match(error.message, /404/)
})

test('[H18] CONNECT is refused with an answer', async () => {
  await using door = await createSocketHarness()
  assert.match(await raw(door.port, 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 400 .*"malformed"/s)
})

test('[H16] an idle WebSocket stays open longer than an idle HTTP connection', async () => {
  await using door = await createSocketHarness()
  door.server.setTimeout(100)
  const raw = await openRaw(door.port)
  await raw.connected()
  const idle = connect(door.port, '127.0.0.1')
  idle.resume()
  await once(idle, 'close')
  raw.socket.send('421["wait",{}]')
  await raw.hears('431[{"ok":true')
})
