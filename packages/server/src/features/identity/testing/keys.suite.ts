import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { codeOf } from '../../testing/doors.ts'
import {
  type Backend,
  createRoom,
  createWorld,
  registerAdministrator,
  signIn,
  type World,
  type WorldOptions,
} from '../../testing/world.ts'
import { login, outcome, password, post, register, tokensOf, until } from './register.ts'

const day = 86_400_000

/** A key of this user, who may be an administrator. */
async function keyOf(world: World, token: string, wanted: object = {}) {
  const { status, body } = await post(world, '/api/keys', { name: 'CI', scopes: ['messages:write'], ...wanted }, token)
  assert.equal(status, 201, JSON.stringify(body))
  return { id: String(body.id), key: String(body.key), shown: body }
}

const me = async (world: World, token: string) => outcome(await world.rest('GET', '/api/me', { token }))

const listOf = async (world: World, token: string) => (await world.rest('GET', '/api/keys', { token })).body.items

async function open(backend: Backend, options: WorldOptions = {}) {
  const world = await createWorld(await backend.open(), options)
  return { world, ann: await register(world, 'Ann') }
}

export function keysSuite(name: string, backend: Backend): void {
  describe(`API keys on ${name}`, () => {
    after(() => backend.stop())

    test('[AK1] a key is told once, listed by its first letters, and acts as its user', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const room = await createRoom(world, { ...ann, name: 'Ann' })
      const { key, shown } = await keyOf(world, ann.token, { room_ids: [room.id], expires_in: 3600 })
      const [whole, secret = '', checksum = ''] = /^prl_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(key) ?? []
      assert.equal(whole, key)
      const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
      assert.equal(
        Array.from(checksum).reduce((sum, letter) => sum * 62 + letters.indexOf(letter), 0),
        crc32(secret),
      )
      const listed = {
        ...{ id: shown.id, name: 'CI', prefix: key.slice(0, 8), scopes: ['messages:write'], room_ids: [room.id] },
        created_at: '2026-01-01T00:00:00.000Z',
        last_used_at: null,
        expires_at: '2026-01-01T01:00:00.000Z',
      }
      assert.deepEqual(shown, { ...listed, key })
      assert.deepEqual(await listOf(world, ann.token), [listed])
      const rows = await world.db.all({ sql: 'SELECT * FROM api_keys', parameters: [] })
      assert.ok(!JSON.stringify(rows).includes(secret))
      const { body } = await post(world, `/api/rooms/${room.id}/messages`, { content: 'Built' }, key)
      assert.equal(body.sender.id, ann.id)
    })

    test('[AK1] guests make no keys, an account 50, and keys make and revoke none', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const body = { name: 'CI', scopes: ['messages:read'] }
      assert.equal(outcome(await post(world, '/api/keys', body, (await signIn(world, 'Gus')).token)), '403 forbidden')
      for (const bad of [{ name: '' }, { scopes: [] }, { scopes: ['all'] }, { expires_in: 59 }, { room_ids: [] }])
        assert.equal(outcome(await post(world, '/api/keys', { ...body, ...bad }, ann.token)), '400 validation_error')
      const made = await Promise.all(Array.from({ length: 55 }, () => post(world, '/api/keys', body, ann.token)))
      const outcomes = made.map(outcome)
      assert.equal(outcomes.filter((each) => each === 201).length, 50)
      assert.equal(outcomes.filter((each) => each === '409 too_many_keys').length, 5)
      const { id, key } = made.find(({ status }) => status === 201)?.body ?? {}
      assert.equal(outcome(await post(world, '/api/keys', body, key)), '403 forbidden')
      assert.equal(outcome(await world.rest('DELETE', `/api/keys/${id}`, { token: key })), '403 forbidden')
      const bob = await register(world, 'Bob')
      assert.equal(outcome(await world.rest('DELETE', `/api/keys/${id}`, { token: bob.token })), '404 not_found')
      assert.equal(outcome(await world.rest('DELETE', `/api/keys/${id}`, { token: ann.token })), 200)
      assert.equal(outcome(await world.rest('DELETE', `/api/keys/${id}`, { token: ann.token })), '404 not_found')
      assert.equal((await listOf(world, ann.token)).length, 49)
    })

    test('[AK2] [AK5] a key does what its scopes name', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const bob = await register(world, 'Bob')
      const room = await createRoom(world, { ...bob, name: 'Bob' })
      const [reads, writes, joins] = [
        await keyOf(world, ann.token, { scopes: ['messages:read'] }),
        await keyOf(world, ann.token, { scopes: ['messages:write'] }),
        await keyOf(world, ann.token, { scopes: ['messages:read', 'members:write'] }),
      ]
      const { status, body } = await post(world, '/api/message', { content: 'x' }, reads.key)
      assert.deepEqual([status, body.code, body.scope], [403, 'scope_missing', 'messages:write'])
      assert.equal(outcome(await post(world, '/api/message', { content: 'x' }, writes.key)), 201)
      assert.equal(await codeOf(world.connect(writes.key)), 'scope_missing')
      const join = async (key: string) => {
        const socket = await world.connect(key)
        return codeOf(socket.ask('join_room', { room_id: room.id }))
      }
      assert.equal(await join(reads.key), 'scope_missing', 'it would become a member')
      assert.equal(await join(joins.key), 'ok')
      assert.equal(await join(reads.key), 'ok', 'now its user is one')
      assert.equal(await codeOf((await world.connect(reads.key)).ask('message', { content: 'x' })), 'scope_missing')
    })

    test('[AK3] [DT6] a key of one room reads and hears nothing of others', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const [mine, other] = [
        await createRoom(world, { ...ann, name: 'Ann' }, { name: 'Mine' }),
        await createRoom(world, { ...ann, name: 'Ann' }, { name: 'Other' }),
      ]
      const scopes = ['messages:read', 'messages:write', 'rooms:read', 'rooms:write', 'members:write']
      const { key } = await keyOf(world, ann.token, { scopes, room_ids: [mine.id] })
      const get = async (path: string) => outcome(await world.rest('GET', path, { token: key }))
      assert.equal(await get(`/api/rooms/${mine.id}/messages`), 200)
      for (const path of [`/api/rooms/${other.id}/messages`, '/api/rooms/lobby', '/api/rooms', '/api/rooms/my'])
        assert.equal(await get(path), '403 forbidden', path)
      assert.equal(outcome(await post(world, '/api/rooms', { name: 'New' }, key)), '403 forbidden')
      assert.equal(outcome(await post(world, '/api/message', { content: 'to the lobby' }, key)), '403 forbidden')
      assert.equal(await get('/api/me'), 200)
      const socket = await world.connect(key)
      assert.equal(await codeOf(socket.ask('join_room', { room_id: other.id })), 'forbidden')
      await socket.ask('join_room', { room_id: mine.id })
      const whole = await world.connect(ann.token)
      world.live.tellUser(ann.id, 'job_progress', { job_id: 'j' })
      assert.equal((await whole.hears('job_progress')).length, 1)
      assert.deepEqual(await socket.hears('job_progress'), [])
    })

    test('[AK4] only administrators give what reaches everyone, and only while they are', async () => {
      await using world = await createWorld(await backend.open())
      const [admin, ann] = [await registerAdministrator(world), await register(world, 'Ann')]
      for (const scope of ['admin:read', 'admin:write', 'broadcast', 'events:publish'])
        assert.equal(
          outcome(await post(world, '/api/keys', { name: 'CI', scopes: [scope] }, ann.token)),
          '403 forbidden',
          scope,
        )
      const all = { scopes: ['admin:write', 'broadcast'] }
      const [admins, less] = [await keyOf(world, admin.token, all), await keyOf(world, admin.token)]
      const send = async (key: string) => outcome(await post(world, '/api/messages/broadcast', { content: 'x' }, key))
      assert.equal(await send(admins.key), 201)
      assert.equal(await send(less.key), '403 scope_missing')
      const change = (key: string, admin: boolean) =>
        world.rest('PATCH', `/api/admin/users/${ann.id}`, { token: key, body: { admin } })
      assert.equal(outcome(await change(less.key, true)), '403 scope_missing')
      assert.equal(outcome(await change(admins.key, true)), 200)
      const back = await world.rest('PATCH', `/api/admin/users/${admin.id}`, {
        token: ann.token,
        body: { admin: false },
      })
      assert.equal(outcome(back), 200)
      assert.equal(await send(admins.key), '403 forbidden')
      assert.equal(outcome(await change(admins.key, false)), '403 forbidden')
    })

    test('[AK4] a key is limited to rooms that its user may read', async () => {
      const { world, ann } = await open(backend)
      await using _ = world
      const bob = await register(world, 'Bob')
      const [secret, shared] = [
        await createRoom(world, { ...bob, name: 'Bob' }, { is_private: true }),
        await createRoom(world, { ...bob, name: 'Bob' }),
      ]
      const make = (room_ids: string[]) =>
        post(world, '/api/keys', { name: 'CI', scopes: ['messages:read'], room_ids }, ann.token)
      assert.equal(outcome(await make([shared.id, 'lobby'])), 201)
      for (const id of [secret.id, 'no-such-room']) {
        const { body } = await make([shared.id, id])
        assert.deepEqual([body.code, Object.keys(body.errors)], ['validation_error', ['room_ids']])
      }
    })

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
