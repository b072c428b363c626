import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ok, rest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import type { Session } from '../harness/wire.ts'

type Key = { id: string; key: string }

test('[AK6] kill -9 while keys are revoked: what was acknowledged is revoked, and the rest is so or not, as the list says', {
  timeout: 60_000,
}, async () => {
  await using server = await startServer({ env: { RATE_LIMIT_FACTOR: '0' } })
  const { url } = server
  const account = { username: 'Ann', email: 'ann@example.org', password: 'a long walk in the rain' }
  const { access_token: token } = await ok<Session>(url, 'POST', '/api/auth/register', { body: account })
  const body = { name: 'A key', scopes: ['rooms:read'], room_ids: null }
  const keys = await Promise.all(Array.from({ length: 12 }, () => ok<Key>(url, 'POST', '/api/keys', { token, body })))
  const isLive = async ({ key }: Key) => (await rest(url, 'GET', '/api/rooms', { token: key })).status === 200
  for (const key of keys) assert.ok(await isLive(key))
  const acknowledged = new Set<string>()
  const first = Promise.withResolvers<void>()
  const revoking = Promise.allSettled(
    keys.map(async ({ id }) => {
      const { status } = await rest(url, 'DELETE', `/api/keys/${id}`, { token })
      assert.equal(status, 200)
      acknowledged.add(id)
      first.resolve()
    }),
  )
  await first.promise
  await server.kill()
  await revoking
  assert.ok(acknowledged.size > 0)
  await server.start()
  const { items: listed } = await ok<{ items: readonly { id: string }[] }>(url, 'GET', '/api/keys', { token })
  for (const key of keys) {
    const isListed = listed.some(({ id }) => id === key.id)
    assert.equal(await isLive(key), isListed)
    if (acknowledged.has(key.id)) assert.ok(!isListed)
  }
})
