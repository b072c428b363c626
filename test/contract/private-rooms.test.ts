import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { openStream } from '../harness/event-stream.ts'
import { ok, type Request, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { type Person, Stage } from '../harness/trials/stage.ts'
import type { Failure, Joined, JsonObject, Room } from '../harness/wire.ts'

type Invite = {
  id: string
  code: string
  url: string
  max_uses: number | null
  uses: number
  expires_at: string | null
}
const outsiderSees = ['has_password', 'id', 'is_private', 'kind', 'member_count', 'name']

suite('private rooms', { timeout: 60_000, concurrency: 4 }, () => {
  let server: Server
  let stage: Stage
  before(async () => {
    server = await startServer({ env: { PUBLIC_URL: 'https://parlor.example.org' } })
    stage = new Stage(server.url)
  })
  after(async () => {
    await stage?.[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const ask = <T = Failure & JsonObject>(method: string, path: string, request: Request = {}) =>
    rest<T>(server.url, method, path, request)
  const join = ({ token }: Person, id: string, body: JsonObject = {}) =>
    ask<Room & Failure & { waiting?: true; room: JsonObject }>('POST', `/api/rooms/${id}/join`, { token, body })
  const invite = ({ token }: Person, id: string, body: JsonObject = {}) =>
    ok<Invite>(server.url, 'POST', `/api/rooms/${id}/invites`, { token, body })
  const pair = () => Promise.all([stage.guest('ann'), stage.guest('bob')])
  const refused = async (answer: Promise<{ status: number; body: Failure }>, status: number, code: string) => {
    const { body, ...got } = await answer
    assert.deepEqual([got.status, body.code], [status, code])
    return body
  }

  for (const path of ['/api/rooms', '/api/create-chatroom', '/api/chatroom/create-chatroom'])
    test(`POST ${path} creates one with a password, or by invitation`, async () => {
      const { token } = await stage.guest('ann')
      const make = (body: JsonObject) => ask<Room>('POST', path, { token, body: { name: 'Ours', ...body } })
      const shown = async (body: JsonObject) => {
        const made = await make(body)
        assert.equal(made.status, 201)
        assert.doesNotMatch(made.text, /sesame|argon2/)
        return [made.body.is_private, made.body.has_password]
      }
      assert.deepEqual(await shown({ is_private: true, password: 'sesame' }), [true, true])
      assert.deepEqual(await shown({ is_private: false, password: 'sesame' }), [true, true])
      assert.deepEqual(await shown({ is_private: true }), [true, false])
      assert.deepEqual(await shown({ is_private: false }), [false, false])
    })

  test('shows these fields and no others to non-members, and all fields to members', async () => {
    const [ann, bob] = await pair()
    const room = await stage.room(ann, { password: 'sesame' })
    for (const token of [bob.token, undefined]) {
      const { status, body } = await ask('GET', `/api/rooms/${room.id}`, { token })
      assert.equal(status, 200)
      assert.deepEqual(Object.keys(body).toSorted(), outsiderSees)
      const { id, name, kind } = room
      assert.deepEqual(body, { id, name, kind, is_private: true, has_password: true, member_count: 1 })
    }
    assert.deepEqual((await ask('GET', `/api/rooms/${room.id}`, { token: ann.token })).body, room)
    const listed = await ok<{ items: Room[] }>(server.url, 'GET', '/api/rooms?limit=200')
    assert.ok(!listed.items.some(({ id }) => id === room.id))
    const mine = await ok<{ items: Room[] }>(server.url, 'GET', '/api/rooms/my', { token: ann.token })
    assert.ok(mine.items.some(({ id }) => id === room.id))
  })

  test('refuses history, members, state and streams to non-members: 401 without a token, 403 not_a_member with one', async () => {
    const [ann, bob] = await pair()
    const { id: room_id } = await stage.room(ann, { is_private: true })
    await ok(server.url, 'POST', `/api/rooms/${room_id}/messages`, { token: ann.token, body: { content: 'hush' } })
    const asked: [string, string, JsonObject?][] = [
      ['GET', `/api/rooms/${room_id}/messages`],
      ['POST', '/api/get-chatroom-messages', { room_id }],
      ['POST', '/api/chatroom/get-chatroom-messages', { room_id }],
      ['GET', `/api/rooms/${room_id}/members`],
      ['GET', `/api/rooms/${room_id}/members/${ann.id}`],
      ['GET', `/api/rooms/${room_id}/state?cursor=WyIiLCIiXQ`],
      ['GET', `/api/events?room_id=${room_id}`],
      ['POST', `/api/rooms/${room_id}/messages`, { content: 'let me' }],
    ]
    for (const [method, path, body] of asked) {
      const request = body ? { body } : {}
      await refused(ask(method, path, request), 401, 'not_authenticated')
      const denied = await refused(ask(method, path, { ...request, token: bob.token }), 403, 'not_a_member')
      assert.doesNotMatch(JSON.stringify(denied), /hush|A room/)
    }
  })

  test('with a password requires it, compares it trimmed and in NFKC, and does not require it of members', async () => {
    const [ann, bob] = await pair()
    const { id } = await stage.room(ann, { password: ' ﬁne sésame ' })
    await refused(join(bob, id), 403, 'password_required')
    const wrong = await refused(join(bob, id, { password: 'open' }), 403, 'invalid_password')
    assert.deepEqual([wrong.error, wrong.retry], ['Invalid password', 'never'])
    const socket = await bob.socket()
    const reply = await socket.request('join_room', { room_id: id, password: 'open' })
    assert.deepEqual(reply, { ok: false, error: 'Invalid password', code: 'invalid_password', retry: 'never' })
    assert.equal((await join(bob, id, { password: 'fine se\u0301same' })).status, 200)
    assert.equal((await join(bob, id)).status, 200)
    await socket.ask('join_room', { room_id: id })
  })

  test('by invitation admits users with a valid one', async () => {
    const [ann, bob] = await pair()
    const { id } = await stage.room(ann, { is_private: true })
    await refused(join(bob, id), 403, 'invite_required')
    await refused(join(bob, id, { invite: 'made up' }), 403, 'invite_invalid')
    const made = await ask<Invite>('POST', `/api/rooms/${id}/invites`, { token: ann.token, body: { max_uses: 1 } })
    assert.equal(made.status, 201)
    const { code, url } = made.body
    assert.equal(url, `https://parlor.example.org/r/${id}#invite=${code}`)
    const other = await stage.room(ann, { is_private: true })
    await refused(join(bob, other.id, { invite: code }), 403, 'invite_invalid')
    assert.equal((await join(bob, id, { invite: code })).status, 200)
    await refused(join(await stage.guest('eve'), id, { invite: code }), 403, 'invite_invalid')
    const again = await invite(ann, id)
    const path = `/api/rooms/${id}/invites/${again.id}`
    assert.equal((await ask('DELETE', path, { token: ann.token })).status, 200)
    await refused(join(await stage.guest('eve'), id, { invite: again.code }), 403, 'invite_invalid')
  })

  test('an invitation replaces the password, but does not override a lock, a ban or the capacity', async () => {
    const [ann, bob] = await pair()
    const { id } = await stage.room(ann, { password: 'sesame' })
    const { code } = await invite(ann, id)
    const patch = (settings: JsonObject) =>
      ok(server.url, 'PATCH', `/api/rooms/${id}`, { token: ann.token, body: { settings } })
    await patch({ locked: true })
    await refused(join(bob, id, { invite: code }), 403, 'room_locked')
    await patch({ locked: false, capacity: 1 })
    await refused(join(bob, id, { invite: code }), 409, 'room_full')
    await patch({ capacity: null })
    assert.equal((await join(bob, id, { invite: code })).status, 200)
    await ok(server.url, 'DELETE', `/api/rooms/${id}/members/${bob.id}`, { token: ann.token, body: { ban: true } })
    await refused(join(bob, id, { invite: code, password: 'sesame' }), 403, 'banned')
    assert.equal((await ask('DELETE', `/api/rooms/${id}/bans/${bob.id}`, { token: ann.token })).status, 200)
    assert.equal((await join(bob, id, { password: 'sesame' })).status, 200)
  })

  test('with a waiting room answers waiting on every door, then room_joined or join_denied', async () => {
    const ann = await stage.guest('ann')
    const { id, name } = await stage.room(ann, { settings: { waiting: true } })
    const host = await ann.socket()
    await host.ask('join_room', { room_id: id })
    for (const [how, code] of [
      ['admit', null],
      ['deny', 'denied'],
    ] as const) {
      const bob = await stage.guest('bob')
      const socket = await bob.socket()
      const answer = await socket.ask('join_room', { room_id: id })
      assert.deepEqual(answer, { waiting: true, room: { id, name } })
      assert.deepEqual((await join(bob, id)).body, { waiting: true, room: { id, name } })
      const record = await host.hear('record_changed', (data) => data['key'] === bob.id)
      assert.equal(record['type'], 'waiting')
      const listed = await ok<{ items: JsonObject[] }>(server.url, 'GET', `/api/rooms/${id}/waiting`, {
        token: ann.token,
      })
      assert.equal(listed.items.length, 1)
      await refused(ask('GET', `/api/rooms/${id}/waiting`, { token: bob.token }), 403, 'not_a_member')
      await host.ask(how, { room_id: id, user_id: bob.id })
      if (code === null) {
        const joined = await socket.hear('room_joined')
        assert.deepEqual([joined['room'] && (joined as Joined).room.id, (joined as Joined).me.role], [id, 'guest'])
        await host.hear('member_joined')
        continue
      }
      const { error, ...denied } = await socket.hear('join_denied')
      assert.deepEqual(denied, { room_id: id, code })
      assert.equal(typeof error, 'string')
    }
  })

  test('a closed room answers room_closed to everyone', async () => {
    const [ann, bob] = await pair()
    const { id } = await stage.room(ann, { password: 'sesame' })
    const { code } = await invite(ann, id)
    const socket = await ann.socket()
    await socket.ask('join_room', { room_id: id })
    const closed = await ask('DELETE', `/api/rooms/${id}`, { token: ann.token })
    assert.equal(closed.status, 200)
    const told = await socket.hear('room_closed')
    assert.deepEqual([told['room_id'], told['reason']], [id, 'closed'])
    for (const body of [{}, { password: 'sesame' }, { invite: code }])
      await refused(join(bob, id, body), 410, 'room_closed')
  })

  test('made private, ends the streams of non-members', async () => {
    const [ann, bob] = await pair()
    const { id } = await stage.room(ann)
    using stream = await openStream(server.url, `/api/events?room_id=${id}`, { token: bob.token })
    await ok(server.url, 'PATCH', `/api/rooms/${id}`, { token: ann.token, body: { is_private: true } })
    await stream.closed
    await refused(ask('GET', `/api/rooms/${id}/messages`, { token: bob.token }), 403, 'not_a_member')
  })
})
