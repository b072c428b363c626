import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createRoom, type Guest, ok, type Request, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import type { Failure, JsonObject, Room, Session } from '../harness/wire.ts'

const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

suite('every REST door', { timeout: 60_000 }, () => {
  let server: Server
  let ann: Guest
  before(async () => {
    server = await startServer({ env: { METRICS_TOKEN: 'measure-me', SERVICE_NAME: 'the-parlor' } })
    ann = await signInGuest(server.url, 'Ann')
  })
  after(() => server[Symbol.asyncDispose]())
  const ask = (method: string, path: string, request: Request = {}) =>
    rest<Failure & JsonObject>(server.url, method, path, request)

  test('answers the resource itself, with times in ISO 8601 UTC', async () => {
    const created = await rest<Room>(server.url, 'POST', '/api/rooms', { token: ann.token, body: { name: 'Ours' } })
    assert.equal(created.status, 201)
    assert.match(created.body.created_at, isoUtc)
    const { body, status } = await rest<Room>(server.url, 'GET', `/api/rooms/${created.body.id}`)
    assert.equal(status, 200)
    assert.deepEqual({ ...body, last_seq: 0 }, { ...created.body, last_seq: 0 })
  })

  test('ignores a trailing slash and unknown fields, and answers HEAD where it answers GET', async () => {
    const { id } = await createRoom(server.url, ann, { nonsense: { x: 1 } })
    for (const path of [`/api/rooms/${id}`, '/api/rooms', '/api/health', `/api/rooms/${id}/messages`]) {
      const plain = await ask('GET', path)
      const slashed = await ask('GET', `${path}/`)
      assert.deepEqual([plain.status, slashed.status], [200, 200], path)
      const head = await ask('HEAD', path)
      assert.deepEqual([head.status, head.text], [200, ''], path)
    }
    const posted = await ask('POST', '/api/message/', { body: { content: 'with a slash', and: 'more' } })
    assert.equal(posted.status, 201)
  })

  test('answers lists as items with a cursor', async () => {
    for (let n = 0; n < 3; n++) await createRoom(server.url, ann, { name: `Listed ${n}` })
    const first = await ask('GET', '/api/rooms?limit=2')
    assert.deepEqual(Object.keys(first.body).toSorted(), ['items', 'next_cursor'])
    assert.ok(Array.isArray(first.body['items']))
    assert.equal(first.body['items'].length, 2)
    const next = await ask('GET', `/api/rooms?limit=2&cursor=${encodeURIComponent(String(first.body['next_cursor']))}`)
    assert.ok(Array.isArray(next.body['items']))
    const ids = [...first.body['items'], ...next.body['items']].map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
  })

  test('answers a failure with a sentence, a code, retry and the request id', async () => {
    const { status, body, headers } = await ask('GET', '/api/rooms/no-such-room')
    assert.equal(status, 404)
    const request_id = headers.get('x-request-id')
    assert.ok(request_id)
    assert.deepEqual(body, { error: 'Resource not found', code: 'not_found', retry: 'never', request_id })
  })

  test('lists all required fields when one is missing, and gives a sentence for each invalid one', async () => {
    const absent = await ask('POST', '/api/rooms', { token: ann.token, body: {} })
    assert.deepEqual(
      [absent.status, absent.body.error, absent.body.code, absent.body.required],
      [400, 'Missing required fields', 'missing_fields', ['name']],
    )
    const bad = await ask('POST', '/api/rooms', { token: ann.token, body: { name: 7, kind: 'castle' } })
    assert.deepEqual([bad.status, bad.body.error, bad.body.code], [400, 'Validation error', 'validation_error'])
    assert.deepEqual(Object.keys(bad.body.errors ?? {}).toSorted(), ['kind', 'name'])
  })

  test('checks in this order: 415, 401, 400, 404, 403', async () => {
    const { id } = await createRoom(server.url, await signInGuest(server.url, 'Host'))
    const headers = { 'content-type': 'text/plain' }
    const path = `/api/rooms/${id}/messages`
    const outcomes = [
      await ask('POST', path, { body: 'x', headers, token: 'forged' }),
      await ask('POST', path, { body: '{', token: 'forged' }),
      await ask('POST', path, { body: {} }),
      await ask('POST', '/api/rooms/none/messages', { body: {}, token: ann.token }),
      await ask('POST', '/api/rooms/none/messages', { body: { content: 'x' }, token: ann.token }),
      await ask('POST', path, { body: { content: 'x' }, token: ann.token }),
    ]
    assert.deepEqual(
      outcomes.map(({ status, body }) => [status, body.code]),
      [
        [415, 'unsupported_type'],
        [401, 'token_invalid'],
        [401, 'not_authenticated'],
        [400, 'missing_fields'],
        [404, 'not_found'],
        [403, 'not_a_member'],
      ],
    )
  })

  test('without a token allows reading public rooms and their history and sending to the lobby; all else is 401', async () => {
    const { id } = await createRoom(server.url, ann)
    for (const path of ['/api/rooms', `/api/rooms/${id}`, `/api/rooms/${id}/messages`, '/api/rooms/lobby'])
      assert.equal((await ask('GET', path)).status, 200, path)
    assert.equal((await ask('POST', '/api/get-chatroom-messages', { body: { room_id: id } })).status, 200)
    assert.equal((await ask('POST', '/api/message', { body: { content: 'x' } })).status, 201)
    const refused: [string, string, object?][] = [
      ['GET', '/api/rooms/my'],
      ['POST', '/api/rooms', { name: 'x' }],
      ['POST', `/api/rooms/${id}/join`, {}],
      ['POST', `/api/rooms/${id}/leave`, {}],
      ['POST', `/api/rooms/${id}/messages`, { content: 'x' }],
      ['GET', `/api/rooms/${id}/state?cursor=x`],
    ]
    for (const [method, path, body] of refused) {
      const answer = await ask(method, path, body ? { body } : {})
      assert.deepEqual([answer.status, answer.body.code, answer.body.retry], [401, 'not_authenticated', 'never'], path)
    }
  })

  test("returns the caller's own X-Request-Id", async () => {
    const { headers } = await ask('GET', '/api/health', { headers: { 'x-request-id': 'mine-17' } })
    assert.equal(headers.get('x-request-id'), 'mine-17')
    const odd = await ask('GET', '/api/health', { headers: { 'x-request-id': 'x'.repeat(2000) } })
    assert.notEqual(odd.headers.get('x-request-id'), 'x'.repeat(2000))
  })

  test('sends the security headers', async () => {
    const { headers } = await ask('GET', '/api/health')
    assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('x-powered-by'), null)
    assert.equal(headers.get('set-cookie'), null)
  })

  test('signs a guest in', async () => {
    const { status, body } = await rest<Session>(server.url, 'POST', '/api/auth/guest', { body: { name: '  Zoë ' } })
    assert.equal(status, 201)
    assert.deepEqual([body.user.username, body.user.email, body.user.guest, body.expires_in], ['Zoë', null, true, 3600])
    assert.ok(body.user.id && body.access_token && body.refresh_token)
    assert.ok('avatar_url' in body.user)
  })

  test('/api/health, /api/live and /api/ready report the state of the server', async () => {
    const { status, body } = await ask('GET', '/api/health')
    assert.deepEqual([status, body['status'], body['service']], [200, 'healthy', 'the-parlor'])
    assert.match(String(body['timestamp']), isoUtc)
    assert.equal(typeof body['checks'], 'object')
    assert.equal((await ask('GET', '/api/live')).status, 200)
    assert.equal((await ask('GET', '/api/ready')).status, 200)
  })

  test('/metrics answers loopback, and other addresses only with the token', async () => {
    const far = { 'x-forwarded-for': '198.51.100.7' }
    const near = await ask('GET', '/metrics')
    assert.equal(near.status, 200)
    assert.match(near.text, /^# TYPE parlor_commit_seconds histogram$/m)
    assert.doesNotMatch(near.text, new RegExp(ann.id))
    const refused = await ask('GET', '/metrics', { headers: far })
    assert.ok([401, 403].includes(refused.status), String(refused.status))
    assert.equal(
      (await ask('GET', '/metrics', { headers: { ...far, authorization: 'Bearer guess' } })).status,
      refused.status,
    )
    assert.equal(
      (await ask('GET', '/metrics', { headers: { ...far, authorization: 'Bearer measure-me' } })).status,
      200,
    )
  })

  test('/docs can be browsed, and both documents describe this server', async () => {
    const page = await ask('GET', '/docs')
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /text\/html/)
    const openapi = await ok<{ openapi: string; paths: JsonObject }>(server.url, 'GET', '/docs/openapi.json')
    assert.match(openapi.openapi, /^3\.1\./)
    for (const path of [
      '/api/auth/guest',
      '/api/rooms',
      '/api/rooms/{room_id}',
      '/api/message',
      '/api/get-chatroom-messages',
      '/api/events',
      '/api/health',
    ])
      assert.ok(openapi.paths[path], `${path} is documented`)
    const asyncapi = await ok<{ asyncapi: string }>(server.url, 'GET', '/docs/asyncapi.json')
    assert.match(asyncapi.asyncapi, /^3\./)
    const text = JSON.stringify(asyncapi)
    for (const event of [
      'send_message',
      'chat_message',
      'send_text',
      'join_room',
      'leave_room',
      'room_joined',
      'new_message',
      'new_chat_message',
      'user_joined',
      'user_left',
      'message_received',
      'typing',
      'signal',
      'record_changed',
      'room_position',
      'presence_changed',
      'presence_count',
      'room_closed',
      'connected',
      'pong',
      'error',
    ])
      assert.ok(text.includes(`"${event}"`), `${event} is documented`)
  })
})
