import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocketServer, type WebSocket } from 'ws'
import { stillTime } from '../../../../client/src/testing/client.ts'
import { createSocketHarness } from '../testing/socket.ts'
import { openSocket, type Refusal } from '../../../../client/src/connection/socket.ts'

/** The SDK's own socket against an Engine.IO server over WebSockets alone, whose packets the test writes. */
async function engineServer() {
  const http = createServer((_, response) => response.writeHead(404).end())
  const sockets = new WebSocketServer({ server: http, path: '/under/socket.io/' })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/under`,
    async accept() {
      const [socket]: WebSocket[] = await once(sockets, 'connection')
      assert.ok(socket)
      const said: string[] = []
      socket.on('message', (data) => said.push(String(data)))
      socket.send('0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}')
      const next = async () => {
        while (said.length === 0) await once(socket, 'message')
        return said.shift()
      }
      return { socket, next, say: (packet: string) => socket.send(packet) }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      http.close()
      await once(http, 'close')
    },
  }
}

function open(url: string, token = 't') {
  const { time, advance } = stillTime()
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<{ wasOpen: boolean; refusal: Refusal | null }>()
  const events: unknown[] = []
  const heard = new EventEmitter()
  const socket = openSocket({
    ...{ url, time, auth: { token }, onOpen: opened.resolve },
    onEvent(event, data) {
      events.push([event, data])
      heard.emit(event, data)
    },
    onClose: (wasOpen, refusal) => closed.resolve({ wasOpen, refusal }),
  })
  const ask = (ms = 1000) =>
    new Promise<unknown>((resolve) => socket.ask('join_room', { room_id: 'r' }, ms, (reply) => resolve(reply)))
  return {
    socket,
    opened: opened.promise,
    closed: closed.promise,
    events,
    advance,
    ask,
    onEvent: heard.once.bind(heard),
  }
}

test('A socket authenticates, emits, receives events and gets replies by their id', async () => {
  await using server = await engineServer()
  const client = open(server.url)
  client.socket.emit('too_early', {})
  const { next, say } = await server.accept()
  assert.equal(await next(), '40{"token":"t"}')
  say('40{"sid":"x"}')
  await client.opened
  const [first, second] = [client.ask(), client.ask()]
  assert.equal(await next(), '421["join_room",{"room_id":"r"}]')
  assert.equal(await next(), '422["join_room",{"room_id":"r"}]')
  say('42["new_message",{"seq":1}]')
  say('432[{"ok":true,"data":2}]')
  say('431[{"ok":true,"data":1}]')
  assert.deepEqual(await Promise.all([first, second]), [
    { ok: true, data: 1 },
    { ok: true, data: 2 },
  ])
  assert.deepEqual(client.events, [['new_message', { seq: 1 }]])
  client.socket.close()
  assert.equal(await next(), '41')
})

test('A refusal closes the socket and carries the code of the server', async () => {
  await using server = await engineServer()
  const client = open(server.url)
  const { next, say } = await server.accept()
  await next()
  say('44{"message":"The access token has expired","data":{"code":"token_expired"}}')
  assert.deepEqual(await client.closed, {
    wasOpen: false,
    refusal: { message: 'The access token has expired', data: { code: 'token_expired' } },
  })
  assert.equal(client.socket.isOpen(), false)
})

test('A question without a reply ends after its time, and all questions end when the socket closes', async () => {
  await using server = await engineServer()
  const client = open(server.url)
  const { next, say, socket } = await server.accept()
  await next()
  say('40{"sid":"x"}')
  await client.opened
  const late = client.ask(1000)
  client.advance(1000)
  assert.equal(await late, undefined)
  const cut = client.ask()
  socket.terminate()
  assert.equal(await cut, undefined)
  assert.deepEqual(await client.closed, { wasOpen: true, refusal: null })
})

test('A packet that cannot be decoded closes the socket, and so does a server that does not accept it in time', async () => {
  await using server = await engineServer()
  const broken = open(server.url)
  const { next, say } = await server.accept()
  await next()
  say('40{"sid":"x"}')
  await broken.opened
  say('4x')
  assert.deepEqual(await broken.closed, { wasOpen: true, refusal: null })
  const silent = open(server.url)
  await server.accept()
  silent.advance(10_000)
  assert.deepEqual(await silent.closed, { wasOpen: false, refusal: null })
})

for (const webSocket of [true, false]) {
  test(`[E2] sends and receives bytes, ${webSocket ? 'on a WebSocket' : 'where WebSockets are blocked'}`, async () => {
    await using door = await createSocketHarness()
    if (!webSocket) door.server.removeAllListeners('upgrade')
    await door.rooms.createRoom('r')
    const url = `http://127.0.0.1:${door.port}`
    const [sender, listener] = [open(url, 'user 1'), open(url, 'user 2')]
    for (const client of [sender, listener]) {
      await client.opened
      await client.ask()
    }
    const heard = new Promise<unknown>((resolve) => listener.onEvent('audio_frame', resolve))
    const audio = new Uint8Array([0, 1, 255])
    sender.socket.emit('audio_frame', { room_id: 'r', n: 1, audio })
    const frame = await heard
    assert.ok(frame instanceof Object && 'audio' in frame && frame.audio instanceof Uint8Array)
    assert.deepEqual([...frame.audio], [...audio])
    for (const client of [sender, listener]) client.socket.close()
  })
}
