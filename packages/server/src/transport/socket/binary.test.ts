import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Socket } from 'socket.io-client'
import { createSocketHarness } from '../testing/socket.ts'

type Heard = { n: number; audio: Buffer; room_id: string; from: object }

/** The next so many events: binary ones, and the contents of messages between them. */
function hears(client: Socket, count: number): Promise<(Heard | string)[]> {
  const heard: (Heard | string)[] = []
  return new Promise((resolve) => {
    const add = (one: Heard | string) => heard.push(one) === count && resolve(heard)
    client.on('audio_frame', (frame: Heard) => add(frame))
    client.on('new_message', ({ content }: { content: string }) => add(content))
  })
}

/** One for each length of a WebSocket header, and about it. */
const sizes = [0, 1, 125, 126, 3000, 65_535, 65_536]

for (const [how, transports, fastWrite] of [
  ['a WebSocket', ['websocket'], true],
  ["a WebSocket, through engine.io's queue", ['websocket'], false],
  ['polling', ['polling'], true],
] as const) {
  test(`[BE1] [BE2] binary events reach the others over ${how}: whole, in order, among other events`, async () => {
    await using door = await createSocketHarness({ fastWrite })
    await door.rooms.createRoom('r')
    const sender = door.client({ token: 'user 1' }, { transports: [...transports] })
    const listener = door.client({ token: 'user 2' }, { transports: [...transports] })
    for (const client of [sender, listener]) await client.emitWithAck('join_room', { room_id: 'r' })
    sender.on('audio_frame', () => assert.fail('to its sender'))
    const heard = hears(listener, sizes.length + 1)
    for (const [n, size] of sizes.entries()) {
      if (n === 3) await sender.emitWithAck('send_message', { room_id: 'r', content: 'between' })
      sender.emit('audio_frame', { room_id: 'r', n, audio: Buffer.alloc(size, n + 1) })
    }
    const all = await heard
    const frames = all.filter((each) => typeof each !== 'string')
    assert.deepEqual(
      frames.map(({ n }) => n),
      sizes.map((_size, n) => n),
    )
    for (const [n, { audio, room_id, from }] of frames.entries()) {
      assert.ok(Buffer.alloc(sizes[n] ?? 0, n + 1).equals(audio), String(n))
      assert.deepEqual([room_id, from], ['r', { peer_id: sender.id, user_id: 'u1' }])
    }
    assert.ok(all.includes('between'))
  })
}
