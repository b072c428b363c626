import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ok, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, SocketClient } from '../harness/socket-client.ts'
import { claimsOf, forge } from '../harness/tokens.ts'
import type { Failure, JsonObject, Session } from '../harness/wire.ts'

const key = 'u7Hq-2Lx9_Bd4Vn6Tz1Rc8Wm3Kp5Yj0Gs'
const otherKey = 'Zp5Lw8-Rb1Nc6Hd5Sf0Gy_k3Jx9Qm2Vt7Q'

suite('access tokens', { timeout: 60_000 }, () => {
  let server: Server
  let session: Session
  let claims: JsonObject
  before(async () => {
    server = await startServer({ env: { JWT_SECRET_KEY: key } })
    session = await ok<Session>(server.url, 'POST', '/api/auth/guest', { body: { name: 'Ann' } })
    claims = claimsOf(session.access_token)
  })
  after(() => server[Symbol.asyncDispose]())

  /** Asserts that every door refuses the token with this code and does not treat the caller as a guest. */
  async function assertRefused(token: string, code: 'token_invalid' | 'token_expired') {
    const asked = await rest<Failure>(server.url, 'GET', '/api/rooms/my', { token })
    assert.deepEqual([asked.status, asked.body.code], [401, code])
    const sent = await rest<Failure>(server.url, 'POST', '/api/message', { token, body: { content: 'As a guest?' } })
    assert.deepEqual([sent.status, sent.body.code], [401, code])
    const streamed = await rest<Failure>(server.url, 'GET', `/api/events?access_token=${encodeURIComponent(token)}`)
    assert.deepEqual([streamed.status, streamed.body.code], [401, code])
    for (const transports of [['websocket'], ['polling']]) {
      using client = new SocketClient(server.url, { token, transports })
      const { what, error } = await client.life.until(() => true, 'an answer')
      assert.equal(what, 'connect_error')
      assert.ok(error && 'data' in error)
      const data: unknown = error.data
      assert.ok(typeof data === 'object' && data !== null && 'code' in data)
      assert.equal(data.code, code)
    }
  }

  test('contain the claims that other services need to verify them', () => {
    const { iss, aud, sub, sid, iat, exp, typ } = claims
    assert.deepEqual([iss, aud, typ, sub], ['parlor', 'parlor', 'access', session.user.id])
    assert.equal(typeof sid, 'string')
    assert.equal(Number(exp) - Number(iat), 3600)
    assert.equal(session.expires_in, 3600)
  })

  test('signed by another service with the shared key are accepted', async () => {
    const { status } = await rest(server.url, 'GET', '/api/rooms/my', { token: forge(claims, key) })
    assert.equal(status, 200)
  })

  const now = () => Math.floor(Date.now() / 1000)
  const wrong: [string, () => string][] = [
    ['no signature (alg none)', () => forge(claims, key, { alg: 'none' })],
    ['a signature cut off', () => session.access_token.replace(/[^.]+$/, '')],
    ['another key', () => forge(claims, otherKey)],
    ['an empty key', () => forge(claims, '')],
    ['HS512', () => forge(claims, key, { alg: 'HS512' })],
    ['an algorithm that nobody knows', () => forge(claims, key, { alg: 'XS1' })],
    ['a header that demands an extension', () => forge(claims, key, { crit: ['b64'], b64: false })],
    ['another issuer', () => forge({ ...claims, iss: 'someone' }, key)],
    ['another audience', () => forge({ ...claims, aud: 'something' }, key)],
    ['no audience', () => forge({ ...claims, aud: undefined }, key)],
    ['another type', () => forge({ ...claims, typ: 'refresh' }, key)],
    ['no type', () => forge({ ...claims, typ: undefined }, key)],
    ['no expiry', () => forge({ ...claims, exp: undefined }, key)],
    ['an expiry that is no number', () => forge({ ...claims, exp: 'tomorrow' }, key)],
    ['a session that does not exist', () => forge({ ...claims, sid: '0190ffff-0000-7000-8000-000000000000' }, key)],
    ['a session of another user', () => forge({ ...claims, sub: '0190ffff-0000-7000-8000-000000000000' }, key)],
    ['a subject that is an object', () => forge({ ...claims, sub: { id: session.user.id } }, key)],
    ['the refresh token', () => session.refresh_token],
    [
      'changed claims',
      () => session.access_token.replace(/\.[^.]+\./, `.${forge({ ...claims, exp: now() + 9e6 }, key).split('.')[1]}.`),
    ],
    ['no token at all, but words', () => 'let me in'],
    ['dots', () => '...'],
    ['8,000 characters', () => 'e'.repeat(8000)],
  ]
  for (const [what, token] of wrong) {
    test(`with ${what} are refused`, () => assertRefused(token(), 'token_invalid'))
  }

  test('that have expired answer token_expired', () =>
    assertRefused(forge({ ...claims, exp: now() - 60 }, key), 'token_expired'))

  test('that are expired and forged answer token_invalid', () =>
    assertRefused(forge({ ...claims, exp: now() - 60 }, otherKey), 'token_invalid'))

  test('expire without cutting the connection that they opened', async () => {
    const token = forge({ ...claims, exp: now() + 2 }, key)
    using client = await connect(server.url, { token })
    for (let status = 200; status !== 401; ) {
      status = (await rest(server.url, 'GET', '/api/rooms/my', { token })).status
      if (status === 200) await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const reply = await client.request('send_message', { room_id: 'lobby', content: 'Still here' })
    assert.equal(reply.ok, true)
  })

  test('under another authorization scheme are ignored', async () => {
    const headers = { authorization: `Basic ${session.access_token}` }
    const { status } = await rest(server.url, 'GET', '/api/rooms/my', { headers })
    assert.equal(status, 401)
  })

  test('in a cookie authorize nothing', async () => {
    const headers = { cookie: `access_token=${session.access_token}; token=${session.access_token}` }
    const { status, body } = await rest<Failure>(server.url, 'GET', '/api/rooms/my', { headers })
    assert.deepEqual([status, body.code], [401, 'not_authenticated'])
  })

  test('of a socket guest identify the same guest again', async () => {
    using first = await connect(server.url)
    const { user, access_token } = await first.connected()
    assert.ok(access_token)
    assert.equal(user.guest, true)
    const { exp, iat } = claimsOf(access_token)
    assert.equal(Number(exp) - Number(iat), 30 * 86_400)
    await first.ask('send_message', { room_id: 'lobby', content: 'I was here' })
    using second = await connect(server.url, { token: access_token })
    const again = await second.connected()
    assert.equal(again.user.id, user.id)
    assert.equal(again.access_token, undefined)
  })

  test('after a key change, those of an earlier key are accepted while it is in _PREVIOUS', async () => {
    await server.stop()
    await server.start({ JWT_SECRET_KEY: otherKey, JWT_SECRET_KEY_PREVIOUS: key })
    const token = session.access_token
    assert.equal((await rest(server.url, 'GET', '/api/rooms/my', { token })).status, 200)
    await server.stop()
    await server.start({ JWT_SECRET_KEY_PREVIOUS: '' })
    const { status, body } = await rest<Failure>(server.url, 'GET', '/api/rooms/my', { token })
    assert.deepEqual([status, body.code], [401, 'token_invalid'])
    assert.notEqual((await signInGuest(server.url, 'New')).token, token)
  })
})
