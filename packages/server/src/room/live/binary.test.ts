import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLiveHarness } from '../testing/live.ts'
import { connectTo, settle } from '../testing/live-client.ts'

const frameOf = (bytes: number) => ({ field: 'audio', bytes: Buffer.alloc(bytes) })

async function createRoom() {
  const rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [speaker, listener, slow] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  for (const client of [speaker, listener, slow]) await client.join(room)
  const speak = (n: number, bytes = 100) => live.tellBinary(speaker.id, room.num, 'audio_frame', { n }, frameOf(bytes))
  return { rooms, live, room, speaker, listener, slow, speak }
}

test('[BE2] a client that does not keep up is skipped, gets nothing later, and is not cut', async () => {
  const { rooms, live, room, speaker, listener, slow, speak } = await createRoom()
  await using _ = rooms
  slow.stalled = 100_000
  for (let n = 0; n < 20; n += 1) {
    speak(n)
    await settle()
  }
  slow.drain()
  await settle()
  assert.deepEqual([slow.payloads('audio_frame'), slow.cuts], [[], []])
  assert.deepEqual(speaker.payloads('audio_frame'), [])
  assert.deepEqual(
    listener.payloads('audio_frame').map(({ n }) => n),
    Array.from({ length: 20 }, (_each, n) => n),
  )
  speak(20)
  await settle()
  assert.equal(slow.payloads('audio_frame').length, 1, 'who has caught up hears what comes then')
  assert.equal(live.tellBinary('nobody', room.num, 'audio_frame', {}, frameOf(1)), 0)
})

test('[BE3] the cost is bytes × receivers, and what waits for a pass is bounded', async () => {
  const { rooms, listener, speak } = await createRoom()
  await using _ = rooms
  const cost = speak(0, 60_000)
  assert.ok(cost > 3 * 60_000 && cost < 3 * 60_200, String(cost))
  for (let n = 1; n < 100; n += 1) speak(n, 60_000)
  await settle()
  const heard = listener.payloads('audio_frame').map(({ n }) => n)
  assert.equal(heard.length, Math.floor((1024 * 1024) / 60_100))
  assert.equal(heard.at(-1), 99)
})
