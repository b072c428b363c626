import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ok, type Request, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import { password, Stage } from '../harness/trials/stage.ts'
import { claimsOf } from '../harness/tokens.ts'
import type { Failure, JsonObject, Message, Page, Session } from '../harness/wire.ts'

const hour = 3600
const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

suite('accounts', { timeout: 60_000, concurrency: 4 }, () => {
  let server: Server
  let stage: Stage
  before(async () => {
    server = await startServer()
    stage = new Stage(server.url)
  })
  after(async () => {
    await stage?.[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const ask = <T = Failure & JsonObject>(method: string, path: string, request: Request = {}) =>
    rest<T>(server.url, method, path, request)
  const post = <T = Failure & JsonObject>(path: string, body: JsonObject, token?: string) =>
    ask<T>('POST', path, { body, token })
  const fresh = () => {
    const username = stage.unique('Zoë')
    return { username, email: `${username}@example.org`.replace('ë', 'e'), password }
  }

  /** Checks an answer that signs in, and the claims of its tokens. */
  function assertSession({ user, access_token, refresh_token, expires_in }: Session, lives: number) {
    for (const field of ['id', 'username', 'email', 'guest', 'avatar_url']) assert.ok(field in user, field)
    assert.equal(expires_in, lives)
    const access = claimsOf(access_token)
    assert.deepEqual(Object.keys(access).toSorted(), ['aud', 'exp', 'iat', 'iss', 'sid', 'sub', 'typ'])
    const { iss, aud, sub, typ, iat, exp } = access
    assert.deepEqual([iss, aud, sub, typ], ['parlor', 'parlor', user.id, 'access'])
    assert.equal(Number(exp) - Number(iat), lives)
    const refresh = claimsOf(refresh_token)
    assert.deepEqual(
      [refresh['iss'], refresh['aud'], refresh['sub'], refresh['typ']],
      ['parlor', 'parlor', user.id, 'refresh'],
    )
    assert.equal(refresh['sid'], access['sid'])
    assert.equal(Number(refresh['exp']) - Number(refresh['iat']), 30 * 24 * hour)
    assert.ok(Math.abs(Number(iat) - Date.now() / 1000) < 60)
  }

  for (const [path, lives] of [
    ['/api/auth/register', hour],
    ['/api/register', 12 * hour],
  ] as const)
    test(`POST ${path} creates an account: 201, with tokens of the documented lifetimes`, async () => {
      const given = fresh()
      const { status, body } = await post<Session>(path, { ...given, email: ` ${given.email} ` })
      assert.equal(status, 201)
      assert.deepEqual([body.user.username, body.user.email, body.user.guest], [given.username, given.email, false])
      assertSession(body, lives)
      const me = await ask('GET', '/api/auth/me', { token: body.access_token })
      assert.equal(me.body['id'], body.user.id)
    })

  for (const [path, lives] of [
    ['/api/auth/login', hour],
    ['/api/login', 12 * hour],
  ] as const)
    test(`POST ${path} signs in: 200, with tokens of the documented lifetimes`, async () => {
      const given = fresh()
      const { user } = (await post<Session>('/api/auth/register', given)).body
      const { status, body } = await post<Session>(path, { email: given.email.toUpperCase(), password })
      assert.equal(status, 200)
      assert.equal(body.user.id, user.id)
      assertSession(body, lives)
    })

  test('a guest has tokens of the same kind', async () => {
    assertSession((await post<Session>('/api/auth/guest', { name: 'Ann' })).body, hour)
  })

  test('missing and invalid fields are reported as in all routes', async () => {
    for (const path of ['/api/auth/register', '/api/register']) {
      const absent = await post(path, { email: 'a@example.org' })
      assert.deepEqual(
        [absent.status, absent.body.error, absent.body.code],
        [400, 'Missing required fields', 'missing_fields'],
      )
      assert.deepEqual(absent.body.required?.toSorted(), ['email', 'password', 'username'])
      const bad = await post(path, { email: 'nobody', password: 'x', username: '' })
      assert.deepEqual([bad.status, bad.body.error, bad.body.code], [400, 'Validation error', 'validation_error'])
      for (const field of ['email', 'username']) assert.ok(bad.body.errors?.[field], field)
      const short = await post(path, { ...fresh(), password: 'x' })
      assert.deepEqual([short.status, Object.keys(short.body.errors ?? {})], [400, ['password']])
    }
    const login = await post('/api/login', {})
    assert.deepEqual(login.body.required?.toSorted(), ['email', 'password'])
  })

  test('an e-mail address and a name belong to one account, ignoring case', async () => {
    const given = fresh()
    await post('/api/register', given)
    const taken = async (more: JsonObject, fields: string[]) => {
      const { status, body } = await post('/api/register', { ...given, ...more })
      assert.deepEqual([status, body.code, Object.keys(body.errors ?? {}).toSorted()], [409, 'account_exists', fields])
    }
    await taken({ username: stage.unique('other'), email: given.email.toUpperCase() }, ['email'])
    await taken({ username: given.username.toUpperCase(), email: `${stage.unique('other')}@example.org` }, ['username'])
    await taken({}, ['email', 'username'])
  })

  test('a wrong password and an unknown account get the same answer', async () => {
    const { email } = await stage.account('ann')
    const answers = [
      await post('/api/login', { email, password: 'not the one' }),
      await post('/api/login', { email: 'nobody@example.org', password: 'not the one' }),
    ].map(({ status, body: { code, error, retry } }) => ({ status, body: { code, error, retry } }))
    assert.deepEqual([answers[0]?.status, answers[0]?.body.code], [401, 'invalid_credentials'])
    assert.deepEqual(answers[0], answers[1])
  })

  test('a refresh token works once, and again for a few seconds; later use ends the session', async () => {
    const first = await post<Session>('/api/register', fresh())
    const second = await post<Session>('/api/auth/refresh', { refresh_token: first.body.refresh_token })
    assert.equal(second.status, 200)
    assertSession(second.body, hour)
    assert.notEqual(second.body.refresh_token, first.body.refresh_token)
    const again = await post<Session>('/api/auth/refresh', { refresh_token: first.body.refresh_token })
    assert.equal(again.body.refresh_token, second.body.refresh_token)
    const bearer = await ask<Session>('POST', '/api/auth/refresh', { token: second.body.refresh_token })
    assert.equal(bearer.status, 200)
    const reused = await post('/api/auth/refresh', { refresh_token: first.body.refresh_token })
    assert.deepEqual([reused.status, reused.body.code], [401, 'token_invalid'])
    for (const { access_token: token } of [first.body, second.body, bearer.body])
      assert.equal((await ask('GET', '/api/auth/me', { token })).status, 401)
    assert.equal((await post('/api/auth/refresh', { refresh_token: bearer.body.refresh_token })).status, 401)
  })

  for (const path of ['/api/auth/logout', '/api/logout'])
    test(`POST ${path} ends the session`, async () => {
      const { token, refresh_token } = await stage.account('ann')
      assert.equal((await ask('POST', path, { token })).status, 200)
      const after = await ask('GET', '/api/me', { token })
      assert.deepEqual([after.status, after.body.code], [401, 'token_invalid'])
      assert.equal((await post('/api/auth/refresh', { refresh_token })).status, 401)
    })

  test('GET and PATCH /api/auth/me show and change the caller', async () => {
    const { token, id, email } = await stage.account('ann')
    const me = await ask('GET', '/api/auth/me', { token })
    const { created_at, ...shown } = me.body
    assert.match(String(created_at), isoUtc)
    const name = shown['username']
    assert.deepEqual(shown, {
      id,
      username: name,
      email,
      guest: false,
      admin: false,
      avatar_url: null,
      external_ids: {},
    })
    const username = stage.unique('another name')
    const changed = await ask('PATCH', '/api/auth/me', { token, body: { username } })
    assert.deepEqual([changed.status, changed.body['username']], [200, username])
    const without = await ask('PATCH', '/api/auth/me', { token, body: { email: `${id}@example.org` } })
    assert.deepEqual([without.status, without.body.code], [400, 'missing_fields'])
    const moved = await ask('PATCH', '/api/auth/me', { token, body: { email: `${id}@example.org`, password } })
    assert.deepEqual([moved.status, moved.body['email']], [200, `${id}@example.org`])
  })

  for (const path of ['/api/update-username', '/api/user/update-username'])
    test(`POST ${path} renames the user for everyone`, async () => {
      const ann = await stage.account('ann')
      const { id: room_id } = await stage.room(ann)
      using client = await connect(server.url, { token: (await stage.guest('bob')).token })
      await client.ask('join_room', { room_id })
      await (await ann.socket()).ask('join_room', { room_id })
      const username = stage.unique('renamed')
      const { status, body } = await post(path, { username }, ann.token)
      assert.deepEqual([status, body['username']], [200, username])
      const told = await client.hear('user_updated')
      assert.deepEqual(told, { room_id, user: { id: ann.id, name: username, avatar_url: null, guest: false } })
      const sent = await (await ann.socket()).ask<Message>('send_message', { room_id, content: 'It is me' })
      assert.equal(sent.sender.name, username)
    })

  for (const path of ['/api/change-password', '/api/user/change-password', '/api/auth/change-password'])
    test(`POST ${path} changes the password`, async () => {
      const { token, email } = await stage.account('ann')
      const new_password = 'a short walk in the sun'
      const wrong = await post(path, { old_password: 'not the one', new_password }, token)
      assert.deepEqual([wrong.status, wrong.body.code, wrong.body.error], [403, 'invalid_password', 'Invalid password'])
      assert.equal((await post(path, { old_password: password, new_password }, token)).status, 200)
      assert.equal((await post('/api/login', { email, password })).status, 401)
      assert.equal((await post('/api/login', { email, password: new_password })).status, 200)
      assert.equal((await ask('GET', '/api/me', { token })).status, 200, 'this session goes on')
    })

  for (const path of ['/api/delete-account', '/api/user/delete-account'])
    test(`POST ${path} deletes the account; its messages stay without its name`, async () => {
      const ann = await stage.account('ann')
      const host = await stage.guest('host')
      const { id: room_id } = await stage.room(host)
      await stage.join(ann, room_id)
      await ok(server.url, 'POST', `/api/rooms/${room_id}/messages`, { token: ann.token, body: { content: 'Bye' } })
      const wrong = await post(path, { password: 'not the one' }, ann.token)
      assert.deepEqual([wrong.status, wrong.body.error], [403, 'Invalid password'])
      assert.equal((await post(path, { password }, ann.token)).status, 200)
      assert.equal((await ask('GET', '/api/me', { token: ann.token })).status, 401)
      assert.equal((await post('/api/login', { email: ann.email, password })).status, 401)
      const { messages } = (await ask<Page>('GET', `/api/rooms/${room_id}/messages`)).body
      assert.deepEqual(
        messages.map(({ content, sender }) => [content, sender.name]),
        [['Bye', 'Deleted user']],
      )
      assert.equal((await ask('GET', `/api/rooms/${room_id}`)).body['member_count'], 1)
    })

  test('only their owner lists and revokes sessions', async () => {
    const ann = await stage.account('ann')
    const other = (await post<Session>('/api/login', { email: ann.email, password })).body
    const list = () =>
      ask<{ items: JsonObject[]; next_cursor: null }>('GET', '/api/auth/sessions', { token: ann.token })
    const { items, next_cursor } = (await list()).body
    assert.equal(next_cursor, null)
    assert.equal(items.length, 2)
    const current = items.find((item) => item['current'] === true)
    assert.equal(current?.['id'], claimsOf(ann.token)['sid'])
    const path = `/api/auth/sessions/${String(claimsOf(other.access_token)['sid'])}`
    const { token } = await stage.account('bob')
    assert.equal((await ask('DELETE', path, { token })).status, 404)
    assert.equal((await ask('DELETE', path, { token: ann.token })).status, 200)
    assert.equal((await ask('GET', '/api/me', { token: other.access_token })).status, 401)
    assert.equal((await list()).body.items.length, 1)
    assert.equal((await ask('DELETE', path, { token: ann.token })).status, 404)
  })

  for (const path of ['/api/user-chatrooms', '/api/user/user-chatrooms'])
    test(`GET ${path}/:user_id lists the caller's own rooms`, async () => {
      const ann = await stage.guest('ann')
      const bob = await stage.guest('bob')
      const { id } = await stage.room(ann)
      const { status, body } = await ask<{ items: JsonObject[] }>('GET', `${path}/${ann.id}`, { token: ann.token })
      assert.deepEqual([status, body.items.map((room) => room['id'])], [200, [id]])
      const refused = await ask('GET', `${path}/${ann.id}`, { token: bob.token })
      assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'])
      assert.equal((await ask('GET', `${path}/${ann.id}`)).status, 401)
    })

  test('a guest becomes an account and keeps rooms, messages and open connections', async () => {
    const guest = await stage.guest('guest')
    const { id: room_id } = await stage.room(guest)
    const client = await guest.socket()
    await client.ask('join_room', { room_id })
    await client.ask('send_message', { room_id, content: 'As a guest' })
    const given = fresh()
    const { status, body } = await post<Session>('/api/auth/register', given, guest.token)
    assert.deepEqual([status, body.user.id, body.user.guest], [201, guest.id, false])
    assertSession(body, hour)
    const sent = await client.ask<Message>('send_message', { room_id, content: 'As an account' })
    assert.deepEqual([sent.sender.name, sent.sender.guest], [given.username, false])
    const { messages } = (await ask<Page>('GET', `/api/rooms/${room_id}/messages`)).body
    assert.deepEqual(new Set(messages.map(({ sender }) => sender.id)), new Set([guest.id]))
    assert.equal((await ask('GET', '/api/me', { token: body.access_token })).body['username'], given.username)
    assert.equal((await ask('GET', '/api/me', { token: guest.token })).body.code, 'token_invalid')
    const room = await ask('GET', `/api/rooms/${room_id}`, { token: body.access_token })
    assert.equal(room.body['host_id'], guest.id)
    const twice = await post('/api/register', { ...fresh(), email: given.email }, body.access_token)
    assert.equal(twice.status, 409)
  })

  test('refuses a sender label that is the name of an account', async () => {
    const { name } = await stage.account('ann')
    const { status, body } = await post('/api/message', { content: 'x', sender: name.toUpperCase() })
    assert.deepEqual([status, body.code], [403, 'sender_taken'])
  })
})
