import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createWorld, onSqlite } from '../testing/world.ts'

const backend = onSqlite()
after(() => backend.stop())

test('[O1] ping is answered with pong and, if requested, an acknowledgement', async () => {
  await using world = await createWorld(await backend.open())
  const socket = await world.connect()
  const pong = { timestamp: '2026-01-01T00:00:00.000Z' }
  await socket.tell('ping')
  assert.deepEqual(await socket.hears('pong'), [pong])
  assert.deepEqual(await socket.ask('ping', {}), pong)
  assert.deepEqual(await socket.hears('pong'), [pong, pong])
})
