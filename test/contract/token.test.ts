import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { type Answer, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, SocketClient } from '../harness/socket-client.ts'
import { Stage } from '../harness/trials/stage.ts'
import { claimsOf } from '../harness/tokens.ts'
import type { Failure, JsonObject } from '../harness/wire.ts'

const key = 'u7Hq-2Lx9_Bd4Vn6Tz1Rc8Wm3Kp5Yj0Gs'
const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

type CallToken = { token: string; identity: string; room: string; provider: string; expires_at: string }
const twilio = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
  TWILIO_API_KEY: 'SK00000000000000000000000000000000',
  TWILIO_API_SECRET: 'a secret of the provider',
}

const askAt = (url: string, body: JsonObject, token?: string): Promise<Answer<CallToken & Failure>> =>
  rest<CallToken & Failure>(url, 'POST', '/api/token', { body, token })

function isSignedWith(token: string, secret: string): boolean {
  const [header, claims, signature] = token.split('.')
  return createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url') === signature
}

suite('POST /api/token', { timeout: 60_000 }, () => {
  let server: Server
  let stage: Stage
  before(async () => {
    server = await startServer({ env: { JWT_SECRET_KEY: key } })
    stage = new Stage(server.url)
  })
  after(async () => {
    await stage[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const ask = (body: JsonObject, token?: string) => askAt(server.url, body, token)

  test('answers a Parlor token if no provider is configured', async () => {
    const { status, body } = await ask({ identity: 'user123', room: 'room456' })
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body).toSorted(), ['expires_at', 'identity', 'provider', 'room', 'token'])
    assert.deepEqual([body.identity, body.room, body.provider], ['user123', 'room456', 'parlor'])
    assert.match(body.expires_at, isoUtc)
    const { sub, room, aud, typ, iat, exp } = claimsOf(body.token)
    assert.deepEqual([sub, room, aud, typ], ['user123', 'room456', 'parlor-call', 'call'])
    assert.equal(Number(exp) - Number(iat), 3600)
    assert.equal(Date.parse(body.expires_at), Number(exp) * 1000)
    assert.ok(isSignedWith(body.token, key))
  })

  test('reports a missing identity, then a missing room, with the documented texts', async () => {
    const asked: [JsonObject, string][] = [
      [{}, 'identity'],
      [{ room: 'room456' }, 'identity'],
      [{ identity: '', room: 'room456' }, 'identity'],
      [{ identity: 'user123' }, 'room'],
    ]
    for (const [body, field] of asked) {
      const answer = await ask(body)
      const { error, code, required, retry } = answer.body
      assert.equal(answer.status, 400)
      assert.deepEqual(
        [error, code, required, retry],
        [`Missing required field: ${field}`, 'missing_fields', [field], 'never'],
      )
    }
    for (const room of ['r'.repeat(129), 7])
      assert.equal((await ask({ identity: 'user123', room })).body.code, 'validation_error')
    assert.equal((await ask({ identity: 'user123', room: 'r'.repeat(128) })).status, 200)
  })

  test('with an access token is for the caller, whatever identity was requested', async () => {
    const { id, token } = await stage.guest('ann')
    const { body } = await ask({ identity: 'somebody else', room: 'room456' }, token)
    assert.equal(body.identity, id)
    assert.equal(claimsOf(body.token)['sub'], id)
    assert.equal((await ask({ identity: 'x', room: 'y' }, 'forged')).status, 401)
  })

  test('refuses a caller without a token that requests the identity of an account', async () => {
    const { id, name } = await stage.account('ann')
    for (const identity of [id, name, name.toUpperCase(), ` ${name} `])
      assert.equal((await ask({ identity, room: 'room456' })).status, 403, identity)
  })

  test('of a private room requires membership', async () => {
    const [ann, eve] = [await stage.guest('ann'), await stage.guest('eve')]
    const { id: room } = await stage.room(ann, { is_private: true })
    const asked = { identity: 'x', room }
    assert.equal((await ask(asked, ann.token)).status, 200)
    const outside = await ask(asked, eve.token)
    assert.deepEqual([outside.status, outside.body.code], [403, 'not_a_member'])
    assert.ok([401, 403].includes((await ask(asked)).status))
    const open = await stage.room(ann)
    assert.equal((await ask({ identity: 'x', room: open.id })).status, 200)
  })

  test('accepts a room name that is not the id of a room', async () => {
    await ask({ identity: 'user123', room: 'room456' })
    assert.equal((await rest(server.url, 'GET', '/api/rooms/room456')).status, 404)
  })

  test('is neither an access token nor a refresh token', async () => {
    const { token: access } = await stage.guest('ann')
    const { token } = (await ask({ identity: 'x', room: 'y' }, access)).body
    const asked = await rest<Failure>(server.url, 'GET', '/api/me', { token })
    assert.deepEqual([asked.status, asked.body.code], [401, 'token_invalid'])
    const refresh = await rest(server.url, 'POST', '/api/auth/refresh', { body: { refresh_token: token } })
    assert.equal(refresh.status, 401)
    using client = new SocketClient(server.url, { token })
    assert.equal((await client.life.until(() => true, 'an answer')).what, 'connect_error')
    using other = await connect(server.url, { token: access })
    await other.ask('ping', {})
  })

  test('of a provider that is not configured is 503, naming the settings', async () => {
    for (const [provider, names] of [
      ['twilio', Object.keys(twilio)],
      ['livekit', ['LIVEKIT']],
    ] as const) {
      const { status, body } = await ask({ identity: 'x', room: 'y', provider })
      assert.deepEqual([status, body.code], [503, 'not_configured'])
      for (const name of names) assert.ok(body.error.includes(name), body.error)
    }
    assert.equal((await ask({ identity: 'x', room: 'y', provider: 'zoom' })).status, 400)
  })
})

suite('POST /api/token with Twilio', { timeout: 60_000 }, () => {
  test('signs an AccessToken with a VideoGrant', async () => {
    await using server = await startServer({ env: { ...twilio, TWILIO_REGION: 'ie1' } })
    const { status, body } = await askAt(server.url, { identity: 'user123', room: 'room456' })
    assert.deepEqual([status, body.provider], [200, 'twilio'])
    const [head = ''] = body.token.split('.')
    const header: JsonObject = JSON.parse(Buffer.from(head, 'base64url').toString())
    assert.deepEqual([header['alg'], header['typ'], header['cty']], ['HS256', 'JWT', 'twilio-fpa;v=1'])
    const { iss, sub, grants } = claimsOf(body.token)
    assert.deepEqual([iss, sub], [twilio.TWILIO_API_KEY, twilio.TWILIO_ACCOUNT_SID])
    assert.deepEqual(grants, { identity: 'user123', video: { room: 'room456' } })
    assert.ok(isSignedWith(body.token, twilio.TWILIO_API_SECRET))
    const own = await askAt(server.url, { identity: 'user123', room: 'room456', provider: 'parlor' })
    assert.equal(own.body.provider, 'parlor')
  })

  test('names the missing settings when only some are set', async () => {
    const { TWILIO_API_SECRET: _secret, ...some } = twilio
    await using server = await startServer({ env: some })
    for (const provider of [undefined, 'twilio']) {
      const { status, body } = await askAt(server.url, { identity: 'x', room: 'y', provider })
      assert.deepEqual([status, body.code], [503, 'not_configured'], String(provider))
      assert.match(body.error, /TWILIO_API_SECRET/)
      assert.doesNotMatch(body.error, /TWILIO_API_KEY/)
    }
  })

  test('requires an access token where guests are not allowed', async () => {
    await using server = await startServer({ env: { ALLOW_GUESTS: 'false' } })
    const { status, body } = await askAt(server.url, { identity: 'user123', room: 'room456' })
    assert.deepEqual([status, body.code], [403, 'guests_not_allowed'])
  })
})
