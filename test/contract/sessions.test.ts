import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { openStream } from '../harness/event-stream.ts'
import { ok, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, JsonObject, Session } from '../harness/wire.ts'

const password = 'an unusual password'

suite('sessions', { timeout: 60_000 }, () => {
  let server: Server
  before(async () => {
    server = await startServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const register = (username: string) =>
    ok<Session>(server.url, 'POST', '/api/auth/register', {
      body: { username, email: `${username}@example.org`, password },
    })
  const login = (name: string, headers = {}) =>
    ok<Session>(server.url, 'POST', '/api/login', { body: { email: name, password }, headers })

  test('accepts a refresh token in the body or as the bearer token, whatever else is sent', async () => {
    const first = await register('ann')
    const second = await ok<Session>(server.url, 'POST', '/api/auth/refresh', { token: first.refresh_token })
    const third = await ok<Session>(server.url, 'POST', '/api/auth/refresh', {
      token: 'an access token that is worn',
      body: { refresh_token: second.refresh_token },
    })
    assert.equal((await rest(server.url, 'GET', '/api/auth/me', { token: third.access_token })).status, 200)
    const { status, body } = await rest<Failure>(server.url, 'POST', '/api/auth/refresh')
    assert.deepEqual([status, body.code, body.required], [400, 'missing_fields', ['refresh_token']])
  })

  test('a session records the address and device that opened it', async () => {
    const { access_token: token } = await register('bob')
    await login('bob', { 'user-agent': 'A browser/1.0' })
    const { items } = await ok<{ items: JsonObject[] }>(server.url, 'GET', '/api/auth/sessions', { token })
    assert.deepEqual(
      items.map(({ user_agent, address, current }) => [user_agent, address, current]),
      [
        ['A browser/1.0', '127.0.0.1', false],
        ['node', '127.0.0.1', true],
      ],
    )
  })

  test('registering moves open sockets and streams to the new session, and ends the tokens of the old', async () => {
    using first = await connect(server.url)
    const { access_token: old } = await first.hear('connected')
    assert.equal(typeof old, 'string')
    const token = String(old)
    using second = await connect(server.url, { token })
    using polling = await connect(server.url, { token, transports: ['polling'] })
    using stream = await openStream(server.url, '/api/events', { token })
    const body = { username: 'dora', email: 'dora@example.org', password }
    const session = await ok<Session>(server.url, 'POST', '/api/auth/register', { token, body })
    for (const client of [first, second, polling]) {
      const sent = await client.ask<{ sender: JsonObject }>('message', { content: 'still here' })
      assert.deepEqual([sent.sender['name'], sent.sender['guest']], ['dora', false])
    }
    await stream.heard.until(({ data }) => data['content'] === 'still here', 'the message')
    // On every door.
    for (const path of ['/api/me', '/api/rooms/my', '/api/events', `/api/events?access_token=${token}`]) {
      const { status, body: refused } = await rest<Failure>(
        server.url,
        'GET',
        path,
        path.includes('?') ? {} : { token },
      )
      assert.deepEqual([status, refused.code], [401, 'token_invalid'], path)
    }
    for (const transports of [['websocket'], ['polling']]) {
      await assert.rejects(connect(server.url, { token, transports }), /token|valid/)
    }
    // Connections end with their session.
    await ok(server.url, 'POST', '/api/auth/logout', { token: session.access_token, body: {} })
    for (const client of [first, second, polling]) assert.equal((await client.hear('error'))['code'], 'session_ended')
    assert.equal((await stream.hear('error')).data['code'], 'session_ended')
    await stream.closed
  })

  const ends: [string, (other: Session) => Promise<unknown>][] = [
    [
      'another session changes the password',
      ({ access_token: token }) => {
        const body = { old_password: password, new_password: 'a password of today' }
        return ok(server.url, 'POST', '/api/user/change-password', { token, body })
      },
    ],
    [
      'another session ends it',
      ({ access_token: token }) => ok(server.url, 'DELETE', '/api/auth/sessions', { token, body: {} }),
    ],
    [
      'another session deletes the account',
      ({ access_token: token }) => ok(server.url, 'POST', '/api/delete-account', { token, body: { password } }),
    ],
  ]
  for (const [index, [what, end]] of ends.entries()) {
    test(`its sockets and streams end within a second when ${what}`, async () => {
      const name = `carol${index}`
      const other = await register(name)
      const { access_token: token } = await login(name)
      using socket = await connect(server.url, { token, reconnection: true })
      using polling = await connect(server.url, { token, transports: ['polling'], reconnection: true })
      using stream = await openStream(server.url, '/api/events', { token })
      const begun = performance.now()
      await end(other)
      for (const client of [socket, polling]) {
        assert.equal((await client.hear('error'))['code'], 'session_ended')
        // The server ends the connection in the way after which stock clients do not reconnect.
        const { reason } = await client.life.until((item) => item.what === 'disconnect', 'the disconnect')
        assert.equal(reason, 'io server disconnect')
      }
      assert.equal((await stream.hear('error')).data['code'], 'session_ended')
      await stream.closed
      assert.ok(performance.now() - begun < 1000)
      const { status, body } = await rest<Failure>(server.url, 'GET', '/api/auth/me', { token })
      assert.deepEqual([status, body.code], [401, 'token_invalid'])
    })
  }
})
