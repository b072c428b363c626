import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Backend, createRoom, createWorld, signIn } from '../../testing/world.ts'
import { hashOf, isOver, login, outcome, password, post, register, tokensOf, until } from './register.ts'

export function registrationSuite(name: string, backend: Backend): void {
  describe(`registering accounts on ${name}`, () => {
    after(() => backend.stop())

    test('[A1] [P2] registering makes an account that signs in with its e-mail address or its name', async () => {
      await using world = await createWorld(await backend.open())
      const fields = { email: ' Ann@Example.org ', username: ' Ann ', password }
      const { status, body } = await post(world, '/api/auth/register', fields)
      const { id, ...user } = body.user
      const created_at = '2026-01-01T00:00:00.000Z'
      assert.deepEqual(
        [status, body.expires_in, user],
        [
          201,
          3600,
          { username: 'Ann', email: 'Ann@Example.org', guest: false, admin: false, avatar_url: null, created_at },
        ],
      )
      for (const by of ['ann@example.ORG', 'ANN', ' Ann ']) {
        const signedIn = await login(world, by)
        assert.deepEqual([signedIn.status, signedIn.body.user], [200, body.user], by)
      }
      const me = await world.rest('GET', '/api/me', { token: body.access_token })
      assert.deepEqual(me.body, { ...body.user, external_ids: {} })
      assert.equal((await world.rest('GET', '/api/rooms/my', { token: body.access_token })).status, 200)
      assert.match(await hashOf(world, 'Ann'), /^\$argon2id\$/)
      assert.ok(id)
    })

    test('[T4] routes without a refresh token give access tokens for 12 h', async () => {
      await using world = await createWorld(await backend.open())
      const fields = { email: 'ann@example.org', username: 'Ann', password }
      assert.equal((await post(world, '/api/register', fields)).body.expires_in, 12 * 3600)
      const { body } = await post(world, '/api/login', { email: 'ann', password })
      assert.equal(body.expires_in, 12 * 3600)
      world.advance(12 * 3_600_000 - 1000)
      assert.equal((await world.rest('GET', '/api/me', { token: body.access_token })).status, 200)
      world.advance(1000)
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: body.access_token })), '401 token_expired')
    })

    test('[A1] a guest who registers keeps id, rooms, messages and connections, in a new session', async () => {
      await using world = await createWorld(await backend.open())
      const given = (await world.rest('POST', '/api/auth/guest', { body: { name: 'Annie' } })).body
      const guest = { ...tokensOf(given), name: 'Annie' }
      const socket = await world.connect(guest.token)
      const room = await createRoom(world, guest)
      await socket.ask('join_room', { room_id: room.id })
      await socket.ask('send_message', { room_id: room.id, content: 'as a guest' })
      const account = await register(world, 'Ann', guest.token)
      assert.equal(account.id, guest.id)
      const { body: sessions } = await world.rest('GET', '/api/auth/sessions', { token: account.token })
      assert.deepEqual(
        sessions.items.map(({ current }: { current: boolean }) => current),
        [true],
      )
      assert.deepEqual(world.live.owner(socket.id)?.profile, {
        ...{ id: guest.id, name: 'Ann', avatar_url: null, guest: false },
      })
      const { token } = account
      assert.equal((await world.rest('GET', '/api/me', { token })).body.guest, false)
      assert.equal((await world.rest('GET', '/api/rooms/my', { token })).body.items[0].id, room.id)
      await isOver(world, guest)
      const sent = await socket.ask('send_message', { room_id: room.id, content: 'as an account' })
      assert.deepEqual([sent.sender.id, sent.sender.name, sent.sender.guest], [guest.id, 'Ann', false])
      const history = await world.rest('GET', `/api/rooms/${room.id}/messages`, { token: account.token })
      for (const { sender } of history.body.messages) assert.deepEqual(sender, sent.sender)
      assert.equal((await socket.heardOf('user_updated')).user.name, 'Ann')
      assert.equal(outcome(await post(world, '/api/message', { content: 'x', sender: 'aNN' })), '403 sender_taken')
      // The connection heard of nothing else, and it ends with its new session.
      assert.deepEqual(await socket.hears('error'), [])
      await post(world, '/api/logout', {}, account.token)
      assert.equal((await socket.heardOf('error')).code, 'session_ended')
    })

    test('[A1] [T6] connections move to the new session on every node, also one that was still opening', async () => {
      const db = await backend.open()
      await using one = await createWorld(db)
      await using two = await createWorld({ ...db, close: async () => undefined })
      const guest = tokensOf((await one.rest('POST', '/api/auth/guest', { body: { name: 'Annie' } })).body)
      const sockets = [await one.connect(guest.token), await two.connect(guest.token), await two.connect(guest.token)]
      const account = await register(one, 'Ann', guest.token)
      // Authenticated before the change, opened after it.
      const late = await two.connect(guest.token)
      two.advance(500)
      await until(() => two.live.owner(late.id)?.profile?.name === 'Ann')
      for (const node of [one, two]) {
        node.advance(1000)
        await isOver(node, guest)
      }
      for (const socket of [...sockets, late]) {
        assert.deepEqual(await socket.hears('error'), [])
        assert.equal((await socket.ask('message', { content: 'x' })).sender.name, 'Ann')
      }
      // Changing the password from another session ends them.
      const other = tokensOf((await login(one, 'Ann')).body)
      const change = { old_password: password, new_password: 'another password' }
      assert.equal((await post(one, '/api/change-password', change, other.token)).body.revoked, 1)
      two.advance(500)
      for (const socket of [...sockets, late]) assert.equal((await socket.heardOf('error')).code, 'session_ended')
      await isOver(one, account)
    })

    test('[A1] of two concurrent registrations of one guest exactly one succeeds and is signed in', async () => {
      await using world = await createWorld(await backend.open())
      const guest = await signIn(world, 'Annie')
      const answers = await Promise.all(
        ['Ann', 'Anna'].map((username) =>
          post(world, '/api/auth/register', { email: `${username}@example.org`, username, password }, guest.token),
        ),
      )
      const [won, lost] = answers.toSorted((a, b) => a.status - b.status)
      assert.deepEqual([won?.status, lost?.status], [201, 409])
      const me = await world.rest('GET', '/api/me', { token: won?.body.access_token })
      assert.deepEqual([me.status, me.body.id], [200, guest.id])
    })

    test('[A1] [G4] a socket guest who is not stored yet can register, and no later sender renames the account', async () => {
      await using world = await createWorld(await backend.open())
      const socket = await world.connect()
      const account = await register(world, 'Ann', socket.connected.access_token)
      assert.equal(account.id, socket.connected.user.id)
      await isOver(world, { token: socket.connected.access_token })
      const { sender } = await socket.ask('message', { content: 'x', sender: 'Mallory' })
      assert.deepEqual(sender, { id: account.id, name: 'Ann', avatar_url: null, guest: false })
      assert.equal((await login(world, 'Ann')).status, 200)
    })

    test('[A2] registering with a taken address or name says which, ignoring case and form', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Zoë')
      const zoe = { email: 'ZOË@EXAMPLE.ORG', username: 'zoe\u0308', password }
      const both = await post(world, '/api/auth/register', zoe)
      assert.deepEqual([outcome(both), Object.keys(both.body.errors)], ['409 account_exists', ['email', 'username']])
      const one = await post(world, '/api/auth/register', { ...zoe, email: 'b@example.org' })
      assert.deepEqual([outcome(one), Object.keys(one.body.errors)], ['409 account_exists', ['username']])
      const race = await Promise.all(
        ['Bob', 'bob', 'BOB'].map((username, index) =>
          post(world, '/api/auth/register', { username, email: `b${index}@example.org`, password }),
        ),
      )
      assert.deepEqual(race.map((one) => String(outcome(one))).toSorted(), [
        '201',
        '409 account_exists',
        '409 account_exists',
      ])
    })

    test('[A2] a username cannot equal the address by which another account signs in', async () => {
      await using world = await createWorld(await backend.open())
      const boss = await register(world, 'Boss')
      const ann = await register(world, 'Ann')
      const given = { email: 'eve@example.org', password }
      for (const username of ['ann@example.org', 'a\uff20b', 'a\ufe6bb']) {
        const refused = [
          await post(world, '/api/auth/register', { ...given, username }),
          await world.rest('PATCH', '/api/auth/me', { body: { username }, token: ann.token }),
          await post(world, '/api/update-username', { username }, ann.token),
        ]
        for (const answer of refused) {
          const fields = Object.keys(answer.body.errors ?? {})
          assert.deepEqual([outcome(answer), fields], ['400 validation_error', ['username']], username)
        }
      }
      // As imported from another server: a name with an @, an address without one.
      const olds = [
        `UPDATE users SET username = 'Boss@corp.example', username_key = 'boss@corp.example' WHERE id = '${boss.id}'`,
        `UPDATE users SET email = 'root', email_key = 'root' WHERE id = '${ann.id}'`,
      ]
      await world.db.write(olds.map((sql) => ({ sql, parameters: [] })))
      const eve = await post(world, '/api/auth/register', { ...given, email: 'boss@CORP.example', username: 'Eve' })
      assert.deepEqual([outcome(eve), Object.keys(eve.body.errors)], ['409 account_exists', ['email']])
      const mallory = await register(world, 'Mallory')
      const change = (body: object, token = mallory.token) => world.rest('PATCH', '/api/auth/me', { body, token })
      assert.equal(outcome(await change({ email: 'boss@corp.example', password })), '409 account_exists')
      assert.equal(outcome(await change({ username: 'Root' })), '409 account_exists')
      assert.equal((await login(world, 'boss@corp.example')).body.user.id, boss.id)
      const kept = await change({ username: 'Boss@corp.example', avatar_url: null }, boss.token)
      assert.equal(outcome(kept), 200)
      const guest = await signIn(world, 'gus@example.org')
      assert.equal(outcome(await change({ username: 'gus@home' }, guest.token)), 200)
    })

    test('[A2] [A3] an invalid address, name or password is refused, and the field is named', async () => {
      await using world = await createWorld(await backend.open())
      const good = { email: 'ann@example.org', username: 'Annabella', password }
      const bad: [string, unknown][] = [
        ...[
          '',
          'ann',
          'ann@',
          '@example.org',
          'a b@example.org',
          'a@example',
          'a@.org',
          `${'x'.repeat(250)}@e.org`,
        ].map((email): [string, unknown] => ['email', email]),
        ...['', '\u0000', 'x'.repeat(65), 7].map((username): [string, unknown] => ['username', username]),
        ...['', 'short', 'x'.repeat(257), 'PassWord', '12345678', 'ann@Example.org', 'annaBELLA', null].map(
          (text): [string, unknown] => ['password', text],
        ),
      ]
      for (const [field, value] of bad) {
        const answer = await post(world, '/api/auth/register', { ...good, [field]: value })
        assert.deepEqual(
          [outcome(answer), Object.keys(answer.body.errors ?? {})],
          ['400 validation_error', [field]],
          String(value),
        )
      }
      const { body } = await post(world, '/api/auth/register', { password })
      assert.deepEqual([body.code, body.required], ['missing_fields', ['email', 'password', 'username']])
    })
  })
}
