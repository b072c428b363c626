import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { codeOf } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, registerAdministrator, signIn } from '../../testing/world.ts'
import { outcome, post, register } from './register.ts'
import { keyOf, listOf, open } from './keys.ts'

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
  })
}
