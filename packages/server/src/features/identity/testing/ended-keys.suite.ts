import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { codeOf } from '../../testing/doors.ts'
import { type Backend, createWorld } from '../../testing/world.ts'
import { login, outcome, password, post, register, tokensOf, until } from './register.ts'
import { keyOf, listOf, me, open } from './keys.ts'

const day = 86_400_000

export function endedKeysSuite(name: string, backend: Backend): void {
  describe(`ended and unknown API keys on ${name}`, () => {
    after(() => backend.stop())

    test('[AK6] revoking a key and deleting the account end keys and their sockets, on every node', async () => {
      const db = await backend.open()
      await using world = await createWorld(db)
      await using other = await createWorld({ ...db, close: async () => undefined })
      const ann = await register(world, 'Ann')
      const scopes = ['messages:read']
      const [one, two, three] = [
        await keyOf(world, ann.token, { scopes }),
        await keyOf(world, ann.token, { scopes }),
        await keyOf(world, ann.token, { scopes }),
      ]
      const sockets = [await world.connect(one.key), await other.connect(one.key), await other.connect(two.key)]
      assert.equal(await me(other, one.key), 200)
      assert.equal(outcome(await world.rest('DELETE', `/api/keys/${one.id}`, { token: ann.token })), 200)
      assert.equal((await sockets[0]?.heardOf('error'))?.code, 'session_ended')
      assert.equal(await me(world, one.key), '401 token_invalid')
      other.advance(500)
      assert.equal((await sockets[1]?.heardOf('error'))?.code, 'session_ended')
      assert.equal(await me(other, one.key), '401 token_invalid')
      assert.equal(await codeOf(other.connect(one.key)), 'token_invalid')
      assert.deepEqual(await sockets[2]?.hears('error'), [], 'another key goes on')
      assert.equal(await me(other, three.key), 200)
      assert.equal(outcome(await post(world, '/api/delete-account', { password }, ann.token)), 200)
      assert.equal(await me(world, two.key), '401 token_invalid')
      other.advance(500)
      assert.equal((await sockets[2]?.heardOf('error'))?.code, 'session_ended')
      for (const { key } of [two, three]) assert.equal(await me(other, key), '401 token_invalid')
    })

    test('[AK6] an expired and a revoked key open no door', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const [expired, revoked] = [
        await keyOf(world, ann.token, { scopes: ['messages:read'], expires_in: 60 }),
        await keyOf(world, ann.token, { scopes: ['messages:read'] }),
      ]
      assert.equal(outcome(await world.rest('DELETE', `/api/keys/${revoked.id}`, { token: ann.token })), 200)
      world.advance(60_000)
      for (const [{ key }, code] of [
        [expired, 'token_expired'],
        [revoked, 'token_invalid'],
      ] as const) {
        assert.equal(await codeOf(world.connect(key)), code)
        for (const { name, contract } of world.actions)
          for (const { method, path } of contract.http ?? [])
            assert.equal(outcome(await world.rest(method, path, { token: key })), `401 ${code}`, name)
      }
    })

    test('[AK6] a key that expires ends its sockets at that moment', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const scopes = ['messages:read']
      const [soon, late] = [
        await keyOf(world, ann.token, { scopes, expires_in: 3600 }),
        await keyOf(world, ann.token, { scopes, expires_in: (2 * day) / 1000 }),
      ]
      const [first, second] = [await world.connect(late.key), await world.connect(soon.key)]
      world.advance(3_599_999)
      assert.equal(await me(world, soon.key), 200)
      world.advance(1)
      assert.equal((await second.heardOf('error')).code, 'session_ended')
      assert.equal(await me(world, soon.key), '401 token_expired')
      assert.equal(await codeOf(world.connect(soon.key)), 'token_expired')
      assert.equal((await listOf(world, tokensOf((await login(world, 'Ann')).body).token)).length, 2)
      for (let hours = 1; hours < 48; hours += 1) {
        assert.deepEqual(await first.hears('error'), [], `${hours} h`)
        world.advance(3_600_000)
      }
      assert.equal((await first.heardOf('error')).code, 'session_ended')
    })

    test('[AK6] the last use is stored once a minute, beside the call', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const { key } = await keyOf(world, ann.token)
      const used = async () => {
        await world.settled()
        return (await listOf(world, ann.token))[0].last_used_at
      }
      assert.equal(await used(), null)
      assert.equal(await me(world, key), 200)
      assert.equal(await used(), '2026-01-01T00:00:00.000Z')
      world.advance(59_999)
      await me(world, key)
      assert.equal(await used(), '2026-01-01T00:00:00.000Z')
      world.advance(1)
      await me(world, key)
      assert.equal(await used(), '2026-01-01T00:01:00.000Z')
      // A node that did not learn of the end of a key learns of it by that.
      await world.db.write([{ sql: 'DELETE FROM api_keys', parameters: [] }])
      world.advance(60_000)
      await me(world, key)
      await until(async () => (await me(world, key)) === '401 token_invalid')
    })

    test('[AK7] wrong keys cost no look at the database, and unknown ones are limited by address', async () => {
      const { world, ann } = await open(backend, { limited: true })
      await using _ = world
      const { key } = await keyOf(world, ann.token)
      const uncached = await keyOf(world, ann.token)
      assert.equal(await me(world, key), 200)
      const forged = (at: number) => {
        const letters = `${at}`.padStart(43, '0')
        let [rest, checksum] = [crc32(letters), '']
        const all = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
        for (let place = 0; place < 6; place += 1) {
          checksum = all.charAt(rest % 62) + checksum
          rest = Math.floor(rest / 62)
        }
        return `prl_${letters}${checksum}`
      }
      const from = async (token: string, address: string) =>
        outcome(await world.rest('GET', '/api/server', { token, address }))
      for (const text of ['prl_', `${key}x`, `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`, ` ${key}`])
        assert.equal(await from(text, '192.0.2.7'), '401 token_invalid', text)
      const outcomes = new Set<string | number>()
      for (let at = 0; at < 103; at += 1) outcomes.add(await from(forged(at), '192.0.2.7'))
      assert.deepEqual([...outcomes], ['401 token_invalid', '429 rate_limited'])
      assert.equal(await from(key, '192.0.2.7'), 200, 'a key in the cache passes')
      assert.equal(await from(uncached.key, '192.0.2.7'), '429 rate_limited')
      assert.equal(await from(uncached.key, '192.0.2.8'), 200)
    })

    test('[AK8] a key with scopes that cannot be read may do nothing, and one of a newer release what is known', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const [broken, newer] = [await keyOf(world, ann.token), await keyOf(world, ann.token)]
      const store = (id: string, v: number, access: string) => ({
        sql: `UPDATE api_keys SET v = ${v}, access = '${access}' WHERE id = '${id}'`,
        parameters: [],
      })
      await world.db.write([
        store(broken.id, 1, '{"scopes":"all"}'),
        store(newer.id, 2, '{"scopes":["polls:write","messages:write"],"rooms":null,"more":1}'),
      ])
      const send = async (key: string) => outcome(await post(world, '/api/message', { content: 'x' }, key))
      assert.equal(await send(broken.key), '403 scope_missing')
      assert.deepEqual(world.unreadable, [
        { kind: 'key', row: `API key ${broken.id}`, why: 'version 1, scopes: invalid_type' },
      ])
      assert.equal(await send(newer.key), 201)
      const listed = await listOf(world, ann.token)
      assert.deepEqual(
        listed.map(({ id, scopes, room_ids }: { id: string; scopes: string[]; room_ids: string[] }) => ({
          ...{ id, scopes, room_ids },
        })),
        [
          { id: newer.id, scopes: ['messages:write'], room_ids: null },
          { id: broken.id, scopes: [], room_ids: [] },
        ],
      )
    })
  })
}
