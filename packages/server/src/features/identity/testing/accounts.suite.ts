import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createPasswords, type HeldHashing, type PasswordQueue } from '../../../platform/passwords/passwords.ts'
import { type Backend, codeOf, createRoom, createWorld, signIn, type World } from '../../testing/world.ts'
import { login, outcome, password, refreshed, register, tokensOf, until } from './register.ts'

const post = (world: World, path: string, body: object, token: string | null = null) =>
  world.rest('POST', path, { body, token })

const hashOf = async (world: World, username: string) => {
  const query = { sql: `SELECT password_hash FROM users WHERE username = '${username}'`, parameters: [] }
  return (await world.db.all<{ password_hash: string }>(query))[0]?.password_hash ?? ''
}

/** Asserts that REST and sockets refuse these tokens. */
async function isOver(world: World, { token, refresh }: { token: string; refresh?: string }): Promise<void> {
  assert.equal(outcome(await world.rest('GET', '/api/me', { token })), '401 token_invalid')
  assert.equal(await codeOf(world.connect(token)), 'token_invalid')
  assert.equal(outcome(await post(world, '/api/message', { content: 'x' }, token)), '401 token_invalid')
  if (refresh) assert.equal(outcome(await refreshed(world, refresh)), '401 token_invalid')
}

export function accountsSuite(name: string, backend: Backend): void {
  describe(`accounts on ${name}`, () => {
    after(() => backend.stop())

    test('[A1] [P2] registering makes an account that signs in with its e-mail address or its name', async () => {
      await using world = await createWorld(await backend.open())
      const fields = { email: ' Ann@Example.org ', username: ' Ann ', password }
      const { status, body } = await post(world, '/api/auth/register', fields)
      const { id, ...user } = body.user
      const created_at = '2026-01-01T00:00:00.000Z'
      assert.deepEqual(
        [status, body.expires_in, user],
        [201, 3600, { username: 'Ann', email: 'Ann@Example.org', guest: false, avatar_url: null, created_at }],
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

    test('[A4] a wrong password and an unknown account cost the same work and get the same answer', async () => {
      const real = createPasswords()
      const verified: { stored: string | null }[] = []
      const passwords: PasswordQueue = {
        ...real,
        hold: (run, asker) =>
          real.hold((held) => {
            const verify: HeldHashing['verify'] = (given, stored, begin) => {
              verified.push({ stored })
              return held.verify(given, stored, begin)
            }
            return run({ ...held, verify })
          }, asker),
      }
      await using world = await createWorld(await backend.open(), { passwords })
      await register(world, 'Ann')
      const answers = [await login(world, 'Ann', 'wrong'), await login(world, 'Nobody', 'wrong')]
      assert.deepEqual(answers[0], answers[1])
      assert.deepEqual([answers[0]?.status, answers[0]?.body.code], [401, 'invalid_credentials'])
      // One hash each; a missing hash is verified too, as the tests of passwords show.
      assert.deepEqual(
        verified.map(({ stored }) => stored === null),
        [false, true],
      )
      await signIn(world, 'Gus')
      assert.equal(outcome(await login(world, 'Gus', 'wrong')), '401 invalid_credentials')
    })

    test('[A5] attempts are limited per account and address, and per account from all addresses', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Ann')
      const from = async (address: string, times: number) => {
        const answers = []
        for (let time = 0; time < times; time += 1) answers.push(outcome(await login(world, 'ANN', 'wrong', address)))
        return answers
      }
      const wrong = (times: number) => Array.from({ length: times }, () => '401 invalid_credentials')
      assert.deepEqual(await from('192.0.2.5', 11), [...wrong(10), '429 rate_limited'])
      const { body } = await login(world, 'ann', password, '192.0.2.5')
      assert.deepEqual([body.code, body.retry_after], ['rate_limited', 30])
      assert.equal((await login(world, 'ann', password, '192.0.2.2')).status, 200)
      assert.deepEqual(await from('192.0.2.3', 10), wrong(10))
      assert.deepEqual(await from('192.0.2.4', 10), [...wrong(9), '429 rate_limited'])
      world.advance(30_000)
      assert.equal((await login(world, 'ann', password, '192.0.2.5')).status, 200)
    })

    test('[A11] guesses from elsewhere do not lock the owner out at a known address or device', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Ann')
      const device_token = String((await login(world, 'Ann', password, '192.0.2.2')).body.device_token)
      const tryAt = async (secret: string, address: string, more: object = {}) => {
        const body = { email: 'ann@example.org', password: secret, ...more }
        return outcome(await world.rest('POST', '/api/auth/login', { body, address }))
      }
      for (let guess = 0; guess < 30; guess += 1) await tryAt('wrong', `198.51.100.${guess}`)
      for (let second = 0; second < 30; second += 1) {
        world.advance(1000)
        await tryAt('wrong', `203.0.113.${second}`)
      }
      assert.equal(await tryAt(password, '192.0.2.77'), '429 rate_limited', 'from anywhere')
      assert.equal(await tryAt(password, '192.0.2.1'), 200, 'where the account was made')
      assert.equal(await tryAt(password, '192.0.2.2'), 200, 'where somebody signed in')
      assert.equal(await tryAt(password, '192.0.2.78', { device_token }), 200, 'by the token of the device')
      // Guesses from the same address use up the address's budget, not the device's.
      for (let guess = 0; guess < 25; guess += 1) await tryAt('wrong', '192.0.2.2')
      assert.equal(await tryAt(password, '192.0.2.2'), '429 rate_limited')
      assert.equal(await tryAt(password, '192.0.2.2', { device_token }), 200)
    })

    test('[A11] a device is known only to accounts that were signed in to with it, and its guesses are limited', async () => {
      await using world = await createWorld(await backend.open())
      await register(world, 'Ann')
      const mallory = await post(world, '/api/auth/register', {
        ...{ email: 'mallory@example.org', username: 'Mallory', password },
      })
      const own = String((await login(world, 'Ann', password, '192.0.2.2')).body.device_token)
      const tryAt = async (secret: string, address: string, device_token: string | null) => {
        const body = { email: 'Ann', password: secret, device_token }
        return outcome(await world.rest('POST', '/api/auth/login', { body, address }))
      }
      const lockOut = async () => {
        for (let guess = 0; guess < 31; guess += 1) await tryAt('wrong', `198.51.100.${guess}`, null)
      }
      await lockOut()
      const others = ['', 'x', `${own}=`, `${own}A`, own.slice(0, -1), mallory.body.device_token, null]
      for (const token of others) assert.equal(await tryAt(password, '203.0.113.1', token), '429 rate_limited', token)
      const guesses = []
      for (let guess = 0; guess < 11; guess += 1) guesses.push(await tryAt('wrong', `203.0.113.${guess}`, own))
      assert.deepEqual(guesses, [...Array.from({ length: 10 }, () => '401 invalid_credentials'), '429 rate_limited'])
      world.advance(30_000)
      assert.equal(await tryAt(password, '203.0.113.99', own), 200)
    })

    test('[A11] ending a session forgets its device, signing out does not, and the number of devices is bounded', async () => {
      await using world = await createWorld(await backend.open())
      const db = world.db
      const kept = async () => {
        const sql = 'SELECT kind, count(*) AS n FROM known_origins GROUP BY kind ORDER BY kind'
        return (await db.all<{ kind: string; n: number }>({ sql, parameters: [] })).map(({ n }) => n)
      }
      const ann = await register(world, 'Ann')
      const signIn = async (address: string) => {
        world.advance(1000)
        return tokensOf((await login(world, 'Ann', password, address)).body)
      }
      const here = await signIn('192.0.2.2')
      await post(world, '/api/logout', {}, here.token)
      assert.deepEqual(await kept(), [2, 2])
      const last = await signIn('192.0.2.3')
      assert.deepEqual(await kept(), [3, 3])
      const { body } = await world.rest('GET', '/api/auth/sessions', { token: ann.token })
      const [{ id }] = body.items
      await world.rest('DELETE', `/api/auth/sessions/${id}`, { token: ann.token })
      assert.equal(outcome(await world.rest('GET', '/api/me', { token: last.token })), '401 token_invalid')
      assert.deepEqual(await kept(), [2, 2])
      await post(world, '/api/change-password', { old_password: password, new_password: 'another password' }, ann.token)
      assert.deepEqual(await kept(), [1, 1])
      for (let n = 0; n < 20; n += 1) {
        world.advance(30_000)
        assert.equal((await login(world, 'Ann', 'another password', `2001:db8:${n}::1`)).status, 200)
      }
      assert.deepEqual(await kept(), [16, 16])
      world.advance(180 * 86_400_000)
      await world.identity.prune()
      assert.deepEqual(await kept(), [])
      await login(world, 'Ann', 'another password')
      const again = tokensOf((await login(world, 'Ann', 'another password')).body)
      await post(world, '/api/delete-account', { password: 'another password' }, again.token)
      assert.deepEqual(await kept(), [])
    })

    test('[A5] a sign-in that gets no place in the hashing queue does not count as an attempt', async () => {
      const narrow = createPasswords({ concurrency: 1, queue: 0 })
      await using world = await createWorld(await backend.open(), { passwords: narrow })
      const ann = await register(world, 'Ann')
      const busy = Promise.withResolvers<void>()
      const holding = narrow.hold(() => busy.promise)
      const change = { old_password: 'wrong', new_password: 'another password' }
      const token = ann.token
      const email = { email: 'new@example.org', password: 'wrong' }
      for (let time = 0; time < 40; time += 1) {
        assert.equal(outcome(await login(world, 'Ann')), '429 rate_limited')
        assert.equal(outcome(await post(world, '/api/change-password', change, token)), '429 rate_limited')
        assert.equal(outcome(await world.rest('PATCH', '/api/auth/me', { body: email, token })), '429 rate_limited')
        const gone = await post(world, '/api/delete-account', { password: 'wrong' }, token)
        assert.equal(outcome(gone), '429 rate_limited')
      }
      busy.resolve()
      await holding
      assert.equal(outcome(await login(world, 'Ann')), 200)
      assert.equal(outcome(await post(world, '/api/change-password', change, token)), '403 invalid_password')
    })

    test('[A5] room passwords never fill the hashing queue', async () => {
      const narrow = createPasswords({ concurrency: 1, queue: 1 })
      await using world = await createWorld(await backend.open(), { passwords: narrow })
      await register(world, 'Ann')
      const bob = await signIn(world, 'Bob')
      const busy = Promise.withResolvers<void>()
      const holding = narrow.behind.hold(() => busy.promise)
      const room = { body: { name: 'x', password: 'x' }, token: bob.token }
      assert.equal(outcome(await world.rest('POST', '/api/rooms', room)), '429 rate_limited')
      assert.equal(outcome(await login(world, 'Ann')), 200)
      busy.resolve()
      await holding
      assert.equal(outcome(await world.rest('POST', '/api/rooms', room)), 201)
    })

    test('[A6] imported bcrypt hashes are accepted, and replaced when their owner signs in', async () => {
      await using world = await createWorld(await backend.open())
      for (const kind of ['a', 'b', 'y']) {
        const hash = `$2${kind}$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`
        const username = `kind-${kind}`
        await register(world, username)
        const sql = `UPDATE users SET password_hash = '${hash}' WHERE username = '${username}'`
        await world.db.write([{ sql, parameters: [] }])
        assert.equal(outcome(await login(world, username, 'U*V')), '401 invalid_credentials')
        assert.equal(await hashOf(world, username), hash)
        assert.equal((await login(world, username, 'U*U')).status, 200)
        assert.match(await hashOf(world, username), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
        assert.equal((await login(world, username, 'U*U')).status, 200)
      }
    })

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
