import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBehindProxy } from '../harness/proxies/behind-proxy.ts'
import { onPostgres } from '../harness/databases.ts'
import { postgresMissing } from '../harness/postgres.ts'
import { createRoom, rest, signInGuest } from '../harness/rest.ts'

test('[END1] a hanging database does not keep the process beyond its grace period', {
  skip: postgresMissing,
  timeout: 60_000,
}, async () => {
  await using database = await onPostgres.open()
  await using both = await startBehindProxy(String(database.env['DATABASE_URL']))
  const { server, door } = both
  const { url } = server
  const ann = await signInGuest(url, 'Ann')
  const { token } = ann
  const { id: room_id } = await createRoom(url, ann)
  door.stall()
  const sent = Array.from({ length: 20 }, () =>
    rest(url, 'POST', `/api/rooms/${room_id}/messages`, { token, body: { content: 'x' } }).catch(() => null),
  )
  await rest(url, 'GET', '/api/live')
  const began = performance.now()
  const status = await server.stop()
  const took = performance.now() - began
  assert.ok(took < 9_500, `${took} ms`)
  assert.ok(status === 0 || status === 1, `status ${status}`)
  if (status === 1) await server.log.until(({ level }) => level === 'fatal', 'the line that says why')
  await Promise.all(sent)
})
