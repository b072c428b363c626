import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { openStream } from '../harness/event-stream.ts'
import { ok, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import { password, type Person, Stage } from '../harness/trials/stage.ts'
import type { Failure, Joined, JsonObject, Session } from '../harness/wire.ts'

const secret = 'sesame, open'

suite('an attacker who guesses passwords', { timeout: 60_000 }, () => {
  let server: Server
  before(async () => {
    server = await startServer({ env: { RATE_LIMIT_FACTOR: '1' } })
  })
  after(() => server[Symbol.asyncDispose]())

  /** Calls from another address, which `X-Forwarded-For` names. */
  const from = <T = Failure>(address: string, path: string, body: JsonObject, token?: string) =>
    rest<T & Failure>(server.url, 'POST', path, { body, token, headers: { 'x-forwarded-for': address } })
  let address = 0
  const elsewhere = () => `198.51.100.${++address}`
  async function account(username: string) {
    const email = `${username.toLowerCase()}@example.org`
    const { body, status } = await from(elsewhere(), '/api/register', { email, username, password })
    assert.equal(status, 201, JSON.stringify(body))
    return email
  }
  async function guest(): Promise<Person> {
    const { body } = await from<Session>(elsewhere(), '/api/auth/guest', { name: 'Ann' })
    return new Stage(server.url).person(body.user, body.access_token, body.refresh_token)
  }
  /** How many guesses the server compared, rather than refused as too many. */
  async function compared(guesses: readonly Promise<{ status: number; body: Failure; headers: Headers }>[]) {
    let count = 0
    for (const { status, body, headers } of await Promise.all(guesses)) {
      assert.ok([401, 403, 429].includes(status), `${status} ${JSON.stringify(body)}`)
      if (status === 429) assert.ok(Number(headers.get('retry-after')) >= 1)
      else count += 1
    }
    return count
  }
  const wrong = (index: number) => `wrong ${index}`

  test('has ten tries from one address, in any form of the name; then even the right password is refused', async () => {
    const email = await account('Guessed')
    // The email address and the name have separate limits: a shared one would reveal which belong together.
    const forms = [
      [email, email.toUpperCase(), ` ${email} `],
      ['Guessed', 'GUESSED', 'ｇｕｅｓｓｅｄ'],
    ]
    const here = elsewhere()
    for (const of of forms) {
      const guesses = Array.from({ length: 14 }, (_, n) =>
        from(here, n % 2 ? '/api/login' : '/api/auth/login', { email: of[n % of.length], password: wrong(n) }),
      )
      const count = await compared(guesses)
      assert.ok(count <= 11, `${count} were compared`)
    }
    assert.equal((await from(here, '/api/login', { email, password })).status, 429)
    assert.equal((await from(elsewhere(), '/api/login', { email, password })).status, 200, 'the owner comes in')
  })

  test('has thirty tries from many addresses', async () => {
    const email = await account('Widely')
    const guesses = Array.from({ length: 50 }, (_, n) => from(elsewhere(), '/api/login', { email, password: wrong(n) }))
    const count = await compared(guesses)
    assert.ok(count <= 32, `${count} were compared`)
  })

  test('has as many tries from one network as from one address', async () => {
    const email = await account('Netted')
    const forms = (n: number) => [`2001:db8:1:2::${n.toString(16)}`, `2001:0DB8:0001:0002:${n}::1`][n % 2] ?? ''
    const guesses = Array.from({ length: 25 }, (_, n) => from(forms(n), '/api/login', { email, password: wrong(n) }))
    const count = await compared(guesses)
    assert.ok(count <= 11, `${count} were compared`)
  })

  test('has no more tries with a session of the account', async () => {
    const email = await account('Borrowed')
    const { token } = await guestWith(email)
    const asked = (n: number) => [
      from(elsewhere(), '/api/change-password', { old_password: wrong(n), new_password: 'a long walk' }, token),
      from(elsewhere(), '/api/delete-account', { password: wrong(n) }, token),
    ]
    const count = await compared(Array.from({ length: 20 }, (_, n) => asked(n)).flat())
    assert.ok(count <= 32, `${count} were compared`)
  })
  async function guestWith(email: string) {
    const { body } = await from<Session>(elsewhere(), '/api/login', { email, password })
    return { token: body.access_token }
  }

  test("a room's has ten tries over all doors and connections, and an address thirty over all its guests", async () => {
    const host = await guest()
    const made = await from<{ id: string }>(elsewhere(), '/api/rooms', { name: 'Ours', password: secret }, host.token)
    const room_id = made.body.id
    const doors = [`/api/rooms/${room_id}/join`, '/api/join-chatroom', '/api/chatroom/join-chatroom']
    const bob = await guest()
    const sockets = await Promise.all([1, 2, 3].map(() => connect(server.url, { token: bob.token })))
    const bySocket = sockets.flatMap((socket, n) =>
      [0, 1, 2].map(async (m) => {
        const reply = await socket.request('join_room', { room_id, password: wrong(3 * n + m) })
        assert.ok(!reply.ok)
        const headers = new Headers({ 'retry-after': '1' })
        return { status: reply.code === 'rate_limited' ? 429 : 403, body: reply, headers }
      }),
    )
    const byRest = Array.from({ length: 15 }, (_, n) =>
      from(elsewhere(), doors[n % 3] ?? '', { room_id, password: wrong(n) }, bob.token),
    )
    const count = await compared([...bySocket, ...byRest])
    for (const socket of sockets) socket[Symbol.dispose]()
    assert.ok(count <= 11, `${count} were compared`)

    const here = elsewhere()
    const crowd = await Promise.all(Array.from({ length: 25 }, guest))
    const guesses = crowd.flatMap(({ token }) =>
      [1, 2].map((n) => from(here, `/api/rooms/${room_id}/join`, { password: wrong(n) }, token)),
    )
    const all = await compared(guesses)
    assert.ok(all <= 33, `${all} were compared`)
  })
})

suite('an attacker who collects information', { timeout: 60_000 }, () => {
  let server: Server
  let stage: Stage
  before(async () => {
    server = await startServer()
    stage = new Stage(server.url)
  })
  after(async () => {
    await stage[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const statusOf = async (path: string, token: string) => (await rest(server.url, 'GET', path, { token })).status

  test('learns from the time of an answer nothing about who has an account', async () => {
    const { email } = await stage.account('ann')
    const timed = async (who: string | null) => {
      const began = performance.now()
      await rest(server.url, 'POST', '/api/login', { body: { email: who, password: 'not the one' } })
      return performance.now() - began
    }
    const there: number[] = []
    const absent: number[] = []
    for (let n = 0; n < 9; n++) {
      there.push(await timed(email))
      absent.push(await timed(`nobody-${n}@example.org`))
    }
    const median = (list: number[]) => list.toSorted((a, b) => a - b)[4] ?? 0
    const ratio = median(there) / median(absent)
    assert.ok(ratio > 1 / 3 && ratio < 3, `${median(there)} ms and ${median(absent)} ms`)
  })

  test('uses no token as one of another kind', async () => {
    const { token, refresh_token } = await stage.account('ann')
    assert.equal(await statusOf('/api/me', refresh_token), 401)
    const refused = await rest<Failure>(server.url, 'POST', '/api/auth/refresh', { body: { refresh_token: token } })
    assert.deepEqual([refused.status, refused.body.code], [401, 'token_invalid'])
    const bearer = await rest<Failure>(server.url, 'POST', '/api/auth/refresh', { token })
    assert.equal(bearer.status, 401)
    assert.equal(await statusOf('/api/me', token), 200, 'it ended nothing')
    const { id: room_id } = await stage.room(await stage.guest('host'), { is_private: true })
    for (const invite of [token, refresh_token]) {
      const path = `/api/rooms/${room_id}/join`
      const { body } = await rest<Failure>(server.url, 'POST', path, { token, body: { invite } })
      assert.equal(body.code, 'invite_invalid')
    }
  })

  test('learns nothing of a private room but that access is refused', async () => {
    const host = await stage.guest('host')
    const { id: room_id } = await stage.room(host, { name: 'The plan', password: secret })
    const other = await stage.room(host, { name: 'Elsewhere' })
    const sent = await ok<{ id: string }>(server.url, 'POST', `/api/rooms/${room_id}/messages`, {
      token: host.token,
      body: { content: 'at midnight' },
    })
    const eve = await stage.guest('eve')
    await stage.join(eve, other.id)
    const socket = await eve.socket()
    const asked: [string, JsonObject][] = [
      ['join_room', { room_id }],
      ['join_room', { room_id, password: 'x' }],
      ['join_room', { room_id, invite: 'x' }],
      ['join_room', { room_id, after_seq: 0 }],
      ['send_message', { room_id, content: 'x' }],
      ['message', { room_id, content: 'x' }],
      ['chat_message', { room_id, message: 'x' }],
      ['send_message', { room_id, content: 'x', reply_to: sent.id }],
      ['send_message', { room_id: other.id, content: 'x', reply_to: sent.id }],
      ['typing', { room_id, typing: true }],
      ['presence', { room_id, state: {} }],
      ['signal', { room_id, to: host.id, name: 'x', data: 1 }],
      ['admit', { room_id, user_id: eve.id }],
      ['set_role', { room_id, user_id: eve.id, role: 'host' }],
      ['remove_member', { room_id, user_id: host.id }],
      ['update_room', { room_id, password: null }],
      ['close_room', { room_id }],
    ]
    for (const [event, payload] of asked) {
      const reply = await socket.request(event, payload)
      assert.equal(reply.ok, false, event)
      const more = Object.keys(reply).filter((key) => !['ok', 'error', 'code', 'retry', 'errors'].includes(key))
      assert.deepEqual(more, [], event)
      assert.doesNotMatch(JSON.stringify(reply), /plan|midnight|host-/, event)
    }
    // The two refusals are equal: they do not reveal whether the other room has the message.
    const absent = { room_id: other.id, content: 'x', reply_to: '0190ffff-0000-7000-8000-000000000000' }
    const there = { ...absent, reply_to: sent.id }
    assert.deepEqual(await socket.request('send_message', there), await socket.request('send_message', absent))
    const listed = await rest(server.url, 'GET', '/api/rooms?limit=200', { token: eve.token })
    assert.ok(!listed.text.includes(room_id))
    assert.ok(!(await rest(server.url, 'GET', '/api/rooms/my', { token: eve.token })).text.includes(room_id))

    using stream = await openStream(server.url, '/api/events', { token: eve.token })
    using open = await openStream(server.url, '/api/events')
    await (await host.socket()).ask('join_room', { room_id })
    await (await host.socket()).ask('send_message', { room_id, content: 'at midnight' })
    // Events are in order: once this message arrives, nothing earlier is on its way.
    await ok(server.url, 'POST', '/api/message', { token: host.token, body: { content: 'the last' } })
    for (const one of [stream, open]) {
      await one.hear('message', ({ content }) => content === 'the last')
      assert.doesNotMatch(JSON.stringify(one.heard.items), new RegExp(room_id))
    }
  })

  test('receives nothing of a room while waiting to be let in', async () => {
    const host = await stage.guest('host')
    const { id: room_id } = await stage.room(host, { name: 'The plan', is_private: true, settings: { waiting: true } })
    await ok(server.url, 'PATCH', `/api/rooms/${room_id}`, { token: host.token, body: { password: secret } })
    const eve = await stage.guest('eve')
    const socket = await eve.socket()
    await socket.ask('join_room', { room_id, password: secret })
    await (await host.socket()).ask('join_room', { room_id })
    await (await host.socket()).ask('send_message', { room_id, content: 'at midnight' })
    for (const event of ['typing', 'signal', 'presence']) {
      const reply = await socket.request(event, { room_id, typing: true, name: 'x', data: 1, state: {} })
      assert.ok(!reply.ok && reply.code === 'not_a_member', event)
    }
    for (const path of ['messages', 'members', 'state?cursor=WyIiLCIiXQ', 'waiting', 'invites', 'bans'])
      assert.equal(await statusOf(`/api/rooms/${room_id}/${path}`, eve.token), 403, path)
    assert.doesNotMatch(JSON.stringify(socket.heard.items), /midnight/)
    const short = await ok<JsonObject>(server.url, 'GET', `/api/rooms/${room_id}`, { token: eve.token })
    assert.equal(Object.keys(short).length, 6)
  })

  test('as a member, never sees who is invited, banned or waiting', async () => {
    const host = await stage.guest('host')
    const member = await stage.guest('member')
    const { id: room_id } = await stage.room(host)
    await stage.join(member, room_id)
    const first = await stage.attach(member, room_id)
    const as = (method: string, path: string, body: JsonObject = {}) =>
      ok<JsonObject>(server.url, method, `/api/rooms/${room_id}${path}`, { token: host.token, body })
    // This ends all streams of the room, because some of their readers may not be members.
    await as('PATCH', '', { settings: { waiting: true } })
    using stream = await openStream(server.url, `/api/events?room_id=${room_id}`, { token: member.token })
    await as('POST', '/invites')
    const [eve, mallory] = [await stage.guest('eve'), await stage.guest('mallory')]
    await as('DELETE', `/members/${mallory.id}`, { ban: true })
    await stage.join(eve, room_id)
    await as('POST', '/messages', { content: 'the last' })
    const socket = await member.socket()
    const isLast = ({ content }: JsonObject) => content === 'the last'
    await Promise.all([socket.hear('new_message', isLast), stream.hear('new_message', isLast)])

    using again = await connect(server.url, { token: member.token })
    const joined = await again.ask<Joined>('join_room', { room_id })
    const cursor = { after_seq: first.seq, epoch: first.epoch }
    const caught = await again.ask<Joined>('join_room', { room_id, ...cursor })
    assert.equal(caught.recovered, true)
    const path = `/api/rooms/${room_id}/state?cursor=WyIiLCIiXQ`
    const state = await ok<JsonObject>(server.url, 'GET', path, { token: member.token })
    assert.deepEqual([joined.records, caught.records, state['items']], [[], [], []])
    for (const heard of [socket.heard.items, stream.heard.items]) {
      assert.ok(!heard.some(({ event }) => event === 'record_changed'))
      assert.ok(!JSON.stringify(heard).includes(mallory.id))
      assert.ok(!JSON.stringify(heard).includes(eve.id))
    }
  })
})
