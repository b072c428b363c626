import assert from 'node:assert/strict'
import { type AddressInfo, createConnection, type Socket as NetSocket } from 'node:net'
import { suite, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { connectTo } from '../../room/testing/live-client.ts'
import { bytesOf, webSocketBytes } from './fanout-encode.ts'
import { createSocketHarness, type SocketHarness } from '../testing/socket.ts'

test('ws reads the WebSocket frames of every length', async () => {
  const sizes = [0, 1, 100, 123, 124, 125, 126, 65_500, 65_534, 65_535, 70_000, 200_000]
  const packets = sizes.map((size) => `2${'é'.repeat(size % 7)}${'x'.repeat(Math.max(0, size - 2 * (size % 7)))}`)
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const accepted = new Promise<NetSocket>((resolve) =>
    server.once('connection', (_client, { socket }) => resolve(socket)),
  )
  const reader = new WebSocket(`ws://127.0.0.1:${port}`)
  const socket = await accepted
  const heard: string[] = []
  reader.on('message', (data) => heard.push(String(data)))
  socket.write(webSocketBytes(packets))
  while (heard.length < packets.length) await new Promise((resolve) => setTimeout(resolve, 2))
  assert.deepEqual(
    heard,
    packets.map((packet) => `4${packet}`),
  )
  socket.destroy()
  server.close()
  const frame = { seq: 1, audience: 'room' as const, event: 'new_message', json: '{"a":1}' }
  assert.equal(bytesOf([frame]).subarray(2).toString(), '42["new_message",{"a":1}]')
})

/** A client on a bare TCP socket, so that a test sees what came in which chunk, and decides when to read. */
async function openTcp(
  door: SocketHarness,
  num: number,
): Promise<{ socket: NetSocket; chunks: string[]; send(text: string): void }> {
  const socket = createConnection({ port: door.port, host: '127.0.0.1' })
  const chunks: string[] = []
  socket.on('data', (chunk) => chunks.push(chunk.toString('latin1')))
  socket.on('error', () => {})
  const hears = async (text: string) => {
    while (!chunks.some((chunk) => chunk.includes(text))) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const send = (text: string) => {
    const payload = Buffer.from(text)
    assert.ok(payload.length < 126)
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]))
  }
  const head = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await hears('"sid"')
  send(`40{"token":"user ${num}"}`)
  await hears('42["connected"')
  send('420["join_room",{"room_id":"r"}]')
  await hears('430[{"ok":true')
  chunks.length = 0
  return { socket, chunks, send }
}

test('[L4] the ack and the frames of its batch arrive in one chunk, the ack in front', async () => {
  await using door = await createSocketHarness()
  await door.rooms.createRoom('r')
  const sender = await openTcp(door, 1)
  const other = await openTcp(door, 2)
  for (let n = 0; n < 20; n += 1) {
    sender.chunks.length = other.chunks.length = 0
    sender.send(`42${n}["send_message",{"room_id":"r","content":"message ${n}"}]`)
    while (!sender.chunks.some((chunk) => chunk.includes('new_message'))) {
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    const written = sender.chunks.filter((chunk) => chunk.includes('message'))
    assert.equal(written.length, 1, written.join('\n--- next chunk ---\n'))
    const [chunk = ''] = written
    assert.ok(chunk.indexOf(`43${n}[{"ok":true`) < chunk.indexOf('42["new_message"'), chunk)
    assert.ok(chunk.includes(`43${n}[`))
  }
  sender.socket.destroy()
  other.socket.destroy()
})

test('[L4] the ack arrives with the frames even if the pass of its room takes many turns', async () => {
  await using door = await createSocketHarness()
  const room = await door.rooms.createRoom('r')
  const sender = await openTcp(door, 1)
  const others = Array.from({ length: 1500 }, (_, n) => connectTo(door.live, n + 10))
  for (const other of others) await other.join(room)
  for (let n = 0; n < 5; n += 1) {
    sender.chunks.length = 0
    const stored = Promise.all([0, 1, 2].map((k) => door.rooms.say('r', 1, `other ${n} ${k}`)))
    sender.send(`42${n}["send_message",{"room_id":"r","content":"message ${n}"}]`)
    while (!sender.chunks.some((chunk) => chunk.includes(`"message ${n}"`))) {
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await stored
    const [chunk = ''] = sender.chunks.filter((text) => text.includes(`"message ${n}"`))
    assert.ok(
      chunk.includes(`43${n}[`) && chunk.includes('42["new_message"'),
      sender.chunks.join('\n--- next chunk ---\n'),
    )
  }
  sender.socket.destroy()
})

test('[L4] [L1] the events of one batch reach a member in one write', async () => {
  await using door = await createSocketHarness()
  await door.rooms.createRoom('r')
  const reader = await openTcp(door, 2)
  await Promise.all(Array.from({ length: 10 }, (_, n) => door.rooms.say('r', 1, `batch ${n}`)))
  while (!reader.chunks.some((chunk) => chunk.includes('batch 9')))
    await new Promise((resolve) => setTimeout(resolve, 2))
  assert.equal(reader.chunks.length, 1)
  reader.socket.destroy()
})

for (const fastWrite of [true, false]) {
  suite(fastWrite ? 'fast writes' : 'slow writes', () => {
    test('[L5] cuts a slow consumer with 1013 while the others receive everything', async () => {
      await using door = await createSocketHarness({ fastWrite })
      await door.rooms.createRoom('r')
      const reader = door.client({ token: 'user 1' }, { transports: ['websocket'] })
      await reader.emitWithAck('join_room', { room_id: 'r' })
      let heard = 0
      reader.on('new_message', () => (heard += 1))
      const stalled = new WebSocket(`ws://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=websocket`)
      const closed = new Promise<number>((resolve) => stalled.on('close', resolve))
      const text = new Promise<void>((resolve) =>
        stalled.on('message', (data) => {
          if (String(data).startsWith('0')) stalled.send('40{"token":"user 2"}')
          else if (String(data).startsWith('42["connected"')) stalled.send('421["join_room",{"room_id":"r"}]')
          else if (String(data).startsWith('431')) resolve()
        }),
      )
      await text
      stalled.pause()
      const content = 'x'.repeat(100_000)
      let sent = 0
      for (let text = ''; !text.includes('parlor_cut_total{reason="slow"} 1'); text = await door.rooms.metrics.text()) {
        const held = Number(/^parlor_ring_bytes (\d+)$/m.exec(text)?.[1] ?? 0)
        assert.ok(held < 2 * 1024 * 1024, `holds ${held} bytes for it`)
        assert.ok(sent < 400, 'the stalled reader was not cut after 40 MB')
        await Promise.all([0, 1, 2, 3].map(() => door.rooms.say('r', 1, content)))
        sent += 4
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      stalled.resume()
      assert.equal(await closed, 1013)
      while (heard < sent) await new Promise((resolve) => setTimeout(resolve, 5))
      assert.equal(reader.connected, true)
    })

    test('an upgrade during traffic loses and duplicates nothing', async () => {
      await using door = await createSocketHarness({ fastWrite })
      await door.rooms.createRoom('r')
      let talking = true
      const talk = (async () => {
        for (let n = 0; talking; n += 1) {
          await Promise.all([door.rooms.say('r', 1, `${n} a`), door.rooms.say('r', 1, `${n} b`)])
        }
      })()
      const clients = Array.from({ length: 10 }, (_, n) => door.client({ token: `user ${n + 2}` }))
      const runs = clients.map(async (client) => {
        const seqs: number[] = []
        client.on('new_message', ({ seq }: { seq: number }) => seqs.push(seq))
        const upgraded = new Promise((resolve) => client.io.engine.once('upgrade', resolve))
        const { data } = await client.emitWithAck('join_room', { room_id: 'r' })
        const before = seqs.length
        await upgraded
        const during = seqs.length
        while (seqs.length < during + 50) await new Promise((resolve) => setTimeout(resolve, 2))
        return { from: data.seq as number, seqs, before }
      })
      const heard = await Promise.all(runs)
      talking = false
      await talk
      for (const { from, seqs } of heard) {
        assert.deepEqual(
          seqs,
          seqs.map((_, n) => from + 1 + n),
        )
      }
    })
  })
}

test('pings, replies and frames keep their order when engine.io has something of its own to write', async () => {
  await using door = await createSocketHarness({ pingInterval: 5, pingTimeout: 5000 })
  await door.rooms.createRoom('r')
  const client = door.client({ token: 'user 1' }, { transports: ['websocket'] })
  await client.emitWithAck('join_room', { room_id: 'r' })
  const seqs: number[] = []
  client.on('new_message', ({ seq }: { seq: number }) => seqs.push(seq))
  for (let n = 0; n < 100; n += 1) {
    await client.emitWithAck('send_message', { room_id: 'r', content: `${n} ${'x'.repeat(n * 100)}` })
  }
  assert.deepEqual(
    seqs,
    seqs.map((_, n) => n + 2),
  )
})
