import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Backend, createRoom, createWorld, signIn } from '../../testing/world.ts'
import { login, outcome, password, post, register, tokensOf } from './register.ts'

export function accountChangesSuite(name: string, backend: Backend): void {
  describe(`changes of accounts on ${name}`, () => {
    after(() => backend.stop())

    test('[A7] changing the password needs the old one and ends the other sessions', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await register(world, 'Ann')
      const other = tokensOf((await login(world, 'Ann')).body)
      const socket = await world.connect(other.token)
      const change = (old_password: string, new_password: string) =>
        post(world, '/api/change-password', { old_password, new_password }, ann.token)
      const wrong = await change('wrong', 'another password')
      assert.deepEqual([outcome(wrong), wrong.body.error], ['403 invalid_password', 'Invalid password'])
      const weak = await change(password, 'password')
      assert.deepEqual([outcome(weak), Object.keys(weak.body.errors)], ['400 validation_error', ['new_password']])
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: other.token })), 200)
      assert.deepEqual((await change(password, 'another password')).body, { ok: true, revoked: 1 })
      assert.equal((await socket.heardOf('error')).code, 'session_ended')
      assert.equal(world.live.owner(socket.id), undefined)
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: other.token })), '401 token_invalid')
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: ann.token })), 200)
      assert.equal(outcome(await login(world, 'Ann')), '401 invalid_credentials')
      assert.equal(outcome(await login(world, 'Ann', 'another password')), 200)
      const guest = await signIn(world, 'Gus')
      const refused = await post(
        world,
        '/api/change-password',
        { old_password: 'x', new_password: 'another one' },
        guest.token,
      )
      assert.equal(outcome(refused), '403 forbidden')
    })

    test('[A8] deleting an account keeps its messages under "Deleted user" and frees its name', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, bob] = [await register(world, 'Ann'), await signIn(world, 'Bob')]
      const room = await createRoom(world, { ...ann, name: 'Ann' })
      const reader = await world.connect(bob.token)
      await reader.ask('join_room', { room_id: room.id })
      const socket = await world.connect(ann.token)
      await socket.ask('join_room', { room_id: room.id })
      await socket.ask('send_message', { room_id: room.id, content: 'hello' })
      const remove = (body: object) => post(world, '/api/delete-account', body, ann.token)
      const absent = await remove({})
      assert.deepEqual([outcome(absent), absent.body.required], ['400 missing_fields', ['password']])
      assert.equal(outcome(await remove({ password: 'wrong' })), '403 invalid_password')
      assert.deepEqual((await remove({ password })).body, { ok: true })
      assert.equal((await socket.heardOf('error')).code, 'session_ended')
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: ann.token })), '401 token_invalid')
      assert.equal(outcome(await login(world, 'Ann')), '401 invalid_credentials')
      const { body } = await world.rest('GET', `/api/rooms/${room.id}/messages`, { token: bob.token })
      assert.deepEqual(body.messages.at(-1).sender, {
        ...{ id: ann.id, name: 'Deleted user', avatar_url: null, guest: false },
      })
      const again = await register(world, 'Ann')
      assert.notEqual(again.id, ann.id)
      assert.deepEqual((await post(world, '/api/user/delete-account', {}, bob.token)).body, { ok: true })
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: bob.token })), '401 token_invalid')
      const kept = `SELECT email, email_key, password_hash, avatar_url FROM users WHERE deleted_at IS NOT NULL`
      for (const row of await world.db.all({ sql: kept, parameters: [] }))
        assert.deepEqual(Object.values(row), [null, null, null, null])
    })

    test('[P3] a picture on another server is refused, and one stored by an earlier release is not shown', async () => {
      const db = await backend.open()
      const address = 'http://user:password@192.168.0.1/a.png'
      let account: { id: string; token: string } | null = null
      {
        await using before = await createWorld({ ...db, close: async () => undefined })
        account = await register(before, 'Ann')
        const sql = `UPDATE users SET avatar_url = '${address}' WHERE id = '${account.id}'`
        await before.db.write([{ sql, parameters: [] }])
      }
      await using world = await createWorld(db)
      const { token } = account
      for (const avatar_url of [address, 'https://example.org/a.png', 'javascript:alert(1)', '/api/files/1', '']) {
        const refused = await world.rest('PATCH', '/api/auth/me', { body: { avatar_url }, token })
        assert.deepEqual([outcome(refused), Object.keys(refused.body.errors)], ['400 validation_error', ['avatar_url']])
      }
      const socket = await world.connect(token)
      const shown = [
        (await world.rest('GET', '/api/me', { token })).body,
        (await login(world, 'Ann')).body.user,
        (await socket.ask('message', { content: 'x' })).sender,
        socket.connected.user,
        (await world.rest('GET', '/api/rooms/lobby/messages')).body.messages[0].sender,
      ]
      for (const { avatar_url } of shown) assert.equal(avatar_url, null)
    })

    test('[A9] changing the name needs no password, changing the address does', async () => {
      await using world = await createWorld(await backend.open())
      const [ann] = [await register(world, 'Ann'), await register(world, 'Bob')]
      const patch = (body: object, token = ann.token) => world.rest('PATCH', '/api/auth/me', { body, token })
      const socket = await world.connect(ann.token)
      const changed = await patch({ username: 'Anna', avatar_url: null })
      assert.deepEqual([changed.body.username, changed.body.avatar_url], ['Anna', null])
      const profile = { id: ann.id, name: 'Anna', avatar_url: null, guest: false }
      assert.deepEqual(world.live.owner(socket.id)?.profile, profile)
      assert.equal((await socket.ask('message', { content: 'x' })).sender.name, 'Anna')
      assert.equal(outcome(await patch({ username: 'BOB' })), '409 account_exists')
      assert.equal(outcome(await patch({ email: 'Bob@example.org', password })), '409 account_exists')
      assert.equal(outcome(await patch({ email: 'new@example.org' })), '400 missing_fields')
      assert.equal(outcome(await patch({ email: 'new@example.org', password: 'wrong' })), '403 invalid_password')
      assert.equal((await patch({ email: 'new@example.org', password })).body.email, 'new@example.org')
      assert.equal(outcome(await login(world, 'new@example.org')), 200)
      assert.equal((await patch({ avatar_url: null })).body.avatar_url, null)
      assert.equal((await patch({})).body.username, 'Anna')
      const renamed = await post(world, '/api/update-username', { username: 'ANNA' }, ann.token)
      assert.deepEqual([renamed.status, renamed.body.username], [200, 'ANNA'])
      const guest = await signIn(world, 'Gus')
      assert.equal((await patch({ username: 'Bob' }, guest.token)).body.username, 'Bob')
      assert.equal(outcome(await patch({ email: 'g@example.org', password }, guest.token)), '403 forbidden')
    })
  })
}
