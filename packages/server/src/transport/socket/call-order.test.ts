import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queueLimits } from '../../core/order/room-queue.ts'
import { createSocketHarness, once, type SocketHarness } from '../testing/socket.ts'

/** A client whose first call in the room waits for `release`, and whose next one is a message behind it. */
async function withMessageWaiting(door: SocketHarness) {
  await door.rooms.createRoom('r')
  const gate = Promise.withResolvers<void>()
  door.gate.wait = gate.promise
  const client = door.client({ token: 'user 7' }, { transports: ['websocket'] })
  await once(client, 'connected')
  client.emit('wait', { room_id: 'r' })
  client.emit('send_message', { room_id: 'r', content: 'behind' })
  // Answered at once, since it names another room: so the two before it have arrived.
  await client.emitWithAck('signal', { room_id: 'elsewhere', name: 'x', data: 1 })
  return { client, id: client.id ?? '', release: gate.resolve }
}

const lastSeq = async ({ rooms }: SocketHarness): Promise<number> => (await rooms.engine.find('r'))?.last_seq ?? 0

/** The server has read the end of the connection, and what follows from it is done. */
async function closed({ live }: SocketHarness, id: string): Promise<void> {
  while (live.owner(id) !== undefined) await new Promise((resolve) => setImmediate(resolve))
}

test('[CO6] a message that waited when its connection closed is stored', async () => {
  await using door = await createSocketHarness()
  const { client, id, release } = await withMessageWaiting(door)
  const before = await lastSeq(door)
  client.disconnect()
  await closed(door, id)
  release()
  while ((await lastSeq(door)) === before) await new Promise((resolve) => setImmediate(resolve))
})

test('[CO6] a message that waited when its session ended is not', async () => {
  await using door = await createSocketHarness()
  const { id, release } = await withMessageWaiting(door)
  const before = await lastSeq(door)
  door.live.cutSessions(['s7'])
  await closed(door, id)
  release()
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(await lastSeq(door), before)
})

test('[CO5] [CO7] one call more than may wait in a room is room_busy, and calls in other rooms are answered meanwhile', async () => {
  await using door = await createSocketHarness()
  const { client, release } = await withMessageWaiting(door)
  const answers = Array.from({ length: queueLimits.calls }, (_, index) =>
    client.emitWithAck('send_message', { room_id: 'r', content: `${index}` }),
  )
  assert.equal((await answers.at(-1))?.code, 'room_busy')
  assert.equal((await client.emitWithAck('send_message', { room_id: 'elsewhere', content: 'a' })).code, 'not_found')
  release()
  const all = await Promise.all(answers)
  assert.equal(all.filter(({ ok }) => ok).length, queueLimits.calls - 1)
})
