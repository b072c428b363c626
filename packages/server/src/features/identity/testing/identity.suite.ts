import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { SignJWT } from 'jose'
import { codeOf } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, secret, signIn } from '../../testing/world.ts'

const day = 86_400_000

/** A token made by the test; every part that is not given is valid. */
function forge(claims: object, { key = secret, alg = 'HS256', now = Date.UTC(2026, 0, 1) } = {}): Promise<string> {
  const iat = now / 1000
  const whole = { iss: 'parlor', aud: 'parlor', sub: 'u', sid: 's', typ: 'access', iat, exp: iat + 60, ...claims }
  return new SignJWT(JSON.parse(JSON.stringify(whole))).setProtectedHeader({ alg }).sign(Buffer.from(key))
}

const unsigned = (header: object, claims: object): string =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`

/** Base64 leaves two bits of the last of 43 characters unused: these say the same 32 bytes to a lenient reader. */
function otherLast(signature: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = letters[letters.indexOf(signature.at(-1) ?? '') + 1] ?? ''
  return signature.slice(0, -1) + last
}

export function identitySuite(name: string, backend: Backend): void {
  describe(`identity on ${name}`, () => {
    after(() => backend.stop())

    test('[G1] [T4] a guest signs in under a trimmed name, and the token identifies them', async () => {
      await using world = await createWorld(await backend.open())
      const { status, body } = await world.rest('POST', '/api/auth/guest', { body: { name: '  Ann ' } })
      assert.equal(status, 201)
      assert.equal(body.expires_in, 3600)
      const { id, created_at, ...user } = body.user
      assert.deepEqual(user, { username: 'Ann', email: null, guest: true, admin: false, avatar_url: null })
      assert.equal(created_at, '2026-01-01T00:00:00.000Z')
      const caller = await world.identity.authenticate(body.access_token, '192.0.2.1')
      assert.equal(caller.kind === 'user' && caller.user.id, id)
      assert.deepEqual(caller.kind === 'user' && caller.profile, { id, name: 'Ann', avatar_url: null, guest: true })
    })

    test('[G1] invalid names are refused, and a missing name is reported as missing', async () => {
      await using world = await createWorld(await backend.open())
      for (const bad of ['', '   ', 'x'.repeat(65), 'a\u0000b', 'a\nb', 'half \ufffd', 7, null]) {
        const { status, body } = await world.rest('POST', '/api/auth/guest', { body: { name: bad } })
        assert.deepEqual(
          [status, body.code, Object.keys(body.errors ?? {})],
          [400, 'validation_error', ['name']],
          String(bad),
        )
      }
      const { body } = await world.rest('POST', '/api/auth/guest')
      assert.deepEqual([body.code, body.required], ['missing_fields', ['name']])
    })

    test('[T2] forged, foreign and malformed tokens answer token_invalid, expired ones token_expired', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const { body } = await world.rest('POST', '/api/auth/guest', { body: { name: 'Bob' } })
      const [head = '', claims = '', signature = ''] = ann.token.split('.')
      const cases: Record<string, string> = {
        'no token': 'x',
        empty: '',
        'a refresh token': body.refresh_token,
        'another key': await forge({}, { key: 'another-secret-that-is-long-enough-too' }),
        'another algorithm': await forge({}, { alg: 'HS512' }),
        'no algorithm': unsigned(
          { alg: 'none' },
          { iss: 'parlor', aud: 'parlor', sub: ann.id, sid: 's', typ: 'access' },
        ),
        'a signature cut off': `${head}.${claims}.`,
        'other claims': `${head}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature}`,
        'another audience': await forge({ aud: 'elsewhere' }),
        'another issuer': await forge({ iss: 'elsewhere' }),
        'no expiry': await forge({ exp: undefined }),
        'no session': await forge({ sid: undefined }),
        'a session that nobody stored': await forge({}),
        'padding behind it': `${ann.token}=`,
        'more padding behind it': `${ann.token}==`,
        'junk behind it': `${ann.token}!`,
        'a line behind it': `${ann.token}\n`,
        'padding within it': `${head}=.${claims}.${signature}`,
        'another last character of the same bytes': `${head}.${claims}.${otherLast(signature)}`,
        'more than any token': `${ann.token}${'A'.repeat(5000)}`,
        'an expired refresh token': await forge({ typ: 'refresh', exp: 1 }),
        'an expired one of another key': await forge({ exp: 1 }, { key: 'another-secret-that-is-long-enough-too' }),
      }
      for (const [what, token] of Object.entries(cases)) {
        const answered = await codeOf(Promise.resolve().then(() => world.identity.authenticate(token, '192.0.2.1')))
        assert.equal(answered, 'token_invalid', what)
        assert.equal(await codeOf(world.connect(token)), 'token_invalid', `${what}, on a socket`)
      }
      assert.equal(await codeOf(world.connect(await forge({ exp: 1 }))), 'token_expired')
    })

    test('[T2] a cached token expires too', async () => {
      await using world = await createWorld(await backend.open())
      const { token } = await signIn(world, 'Ann')
      await world.identity.authenticate(token, '192.0.2.1')
      world.advance(3_599_000)
      assert.equal((await world.rest('GET', '/api/rooms/my', { token })).status, 200)
      world.advance(1_000)
      const { status, body } = await world.rest('GET', '/api/rooms/my', { token })
      assert.deepEqual([status, body.code], [401, 'token_expired'])
    })

    test('[T1] tokens signed with an earlier key are accepted, new ones are signed with the current key', async () => {
      const earlier = 'an-earlier-secret-that-was-long-enough'
      const db = await backend.open()
      await using world = await createWorld(db, { jwt: { current: secret, previous: [earlier] } })
      const ann = await signIn(world, 'Ann')
      const claims = JSON.parse(Buffer.from(ann.token.split('.')[1] ?? '', 'base64url').toString())
      assert.deepEqual(Object.keys(claims).toSorted(), ['aud', 'exp', 'iat', 'iss', 'sid', 'sub', 'typ'])
      assert.deepEqual([claims.iss, claims.aud, claims.typ], ['parlor', 'parlor', 'access'])
      const old = await forge({ sub: ann.id, sid: claims.sid }, { key: earlier })
      const caller = await world.identity.authenticate(old, '192.0.2.1')
      assert.equal(caller.kind === 'user' && caller.user.id, ann.id)
    })

    test('[G2] [P1] the guest of a socket without a token is stored by their first durable action', async () => {
      await using world = await createWorld(await backend.open())
      const count = async () =>
        (await world.db.all<{ n: number }>({ sql: 'SELECT count(*) AS n FROM users', parameters: [] }))[0]?.n
      const socket = await world.connect()
      const { user, server_time, protocol, access_token } = socket.connected
      assert.deepEqual(user, { id: socket.caller.user.id, name: 'Guest', avatar_url: null, guest: true })
      assert.deepEqual([server_time, protocol], ['2026-01-01T00:00:00.000Z', 1])
      const room = await createRoom(world, await signIn(world, 'Ann'))
      assert.equal(await codeOf(socket.ask('send_message', { room_id: room.id, content: 'x' })), 'not_a_member')
      assert.equal(await codeOf(socket.ask('join_room', { room_id: 'nowhere' })), 'not_found')
      await socket.ask('join_room', { room_id: 'lobby' })
      assert.equal((await world.rest('GET', '/api/rooms/my', { token: access_token })).status, 200)
      assert.equal(await count(), 1)
      await Promise.all([
        socket.ask('join_room', { room_id: room.id }),
        socket.ask('message', { content: 'one' }),
        socket.ask('message', { content: 'two' }),
      ])
      assert.equal(await count(), 2)
      // Set, not waited for: what a month of timers does would hold up the event loop.
      world.step(29 * day)
      const { body } = await world.rest('GET', '/api/rooms/my', { token: access_token })
      assert.deepEqual(
        body.items.map(({ id }: { id: string }) => id),
        [room.id],
      )
      const back = await world.connect(access_token)
      assert.equal(back.caller.user.id, user.id)
      assert.equal('access_token' in back.connected, false)
    })

    test('[T3] the token of a revoked session is invalid', async () => {
      await using world = await createWorld(await backend.open())
      const { access_token: token } = (await world.rest('POST', '/api/auth/guest', { body: { name: 'Ann' } })).body
      await world.db.write([{ sql: 'UPDATE sessions SET revoked_at = 1', parameters: [] }])
      assert.equal(await codeOf(world.connect(token)), 'token_invalid')
    })

    test('[G3] the same label from the same address is the same guest, on every call and node', async () => {
      await using world = await createWorld(await backend.open())
      const post = async (sender: string | undefined, address: string) =>
        (await world.rest('POST', '/api/message', { body: { content: 'x', sender }, address })).body.sender
      const first = await post('Ann', '192.0.2.1')
      assert.deepEqual({ ...first, id: '' }, { id: '', name: 'Ann', avatar_url: null, guest: true })
      assert.match(first.id, /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
      assert.deepEqual(await post(' Ann ', '192.0.2.1'), first)
      const others = [
        await post('Ann', '192.0.2.2'),
        await post('Bob', '192.0.2.1'),
        await post(undefined, '192.0.2.1'),
      ]
      assert.equal(new Set([first, ...others].map(({ id }) => id)).size, 4)
      assert.deepEqual(
        others.map(({ name }) => name),
        ['Ann', 'Bob', 'Guest'],
      )
    })

    test('[G4] the first sender names the guest of a socket, a later one is ignored', async () => {
      await using world = await createWorld(await backend.open())
      const socket = await world.connect()
      await socket.ask('message', { content: 'nameless' })
      const named = await Promise.all([
        socket.ask('message', { content: 'x', sender: 'Ann' }),
        socket.ask('send_text', { text: 'y', sender: 'Bob' }),
        socket.ask('message', { content: 'z' }),
      ])
      for (const { sender } of named) assert.deepEqual([sender.id, sender.name], [socket.connected.user.id, 'Ann'])
      const kept = await world.rest('GET', '/api/rooms/lobby/messages')
      for (const { sender } of kept.body.messages) assert.equal(sender.name, 'Ann')
      assert.equal(world.live.owner(socket.id)?.profile?.name, 'Ann')
    })

    test('[G4] a sender sent with a token is ignored, whatever it holds', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const body = { content: 'x', sender: 'y'.repeat(65) }
      assert.equal((await world.rest('POST', '/api/message', { body, token: ann.token })).body.sender.name, 'Ann')
      const socket = await world.connect(ann.token)
      assert.equal((await socket.ask('message', body)).sender.name, 'Ann')
      const refused = await world.rest('POST', '/api/message', { body })
      assert.deepEqual([refused.status, Object.keys(refused.body.errors)], [400, ['sender']])
    })

    test('[G5] a sender cannot use the name of an account, in any case', async () => {
      await using world = await createWorld(await backend.open())
      const insert = `INSERT INTO users (id, username, username_key, guest, created_at) VALUES ('a', 'Zoë', 'zoë', 0, 0)`
      await world.db.write([{ sql: insert, parameters: [] }])
      const taken = await world.rest('POST', '/api/message', { body: { content: 'x', sender: 'ZOË' } })
      assert.deepEqual([taken.status, taken.body.code], [403, 'sender_taken'])
      const socket = await world.connect()
      assert.equal(await codeOf(socket.ask('message', { content: 'x', sender: 'zoë' })), 'sender_taken')
      const later = await socket.ask('message', { content: 'x', sender: 'Zoe' })
      assert.equal(later.sender.name, 'Zoe')
    })

    test('[G6] where guests are not allowed new guests are refused', async () => {
      const db = await backend.open()
      await using world = await createWorld(db, { allowGuests: false })
      const signedIn = await world.rest('POST', '/api/auth/guest', { body: { name: 'Ann' } })
      assert.deepEqual([signedIn.status, signedIn.body.code], [403, 'guests_not_allowed'])
      assert.equal(await codeOf(world.connect()), 'guests_not_allowed')
      const post = await world.rest('POST', '/api/message', { body: { content: 'x', sender: 'Ann' } })
      assert.deepEqual([post.status, post.body.code], [403, 'guests_not_allowed'])
    })
  })
}
