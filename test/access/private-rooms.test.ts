import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { EventStream, openStream } from '../harness/event-stream.ts'
import { createRoom, type Guest, ok, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, Joined, Room } from '../harness/wire.ts'

suite('private rooms', { timeout: 60_000, concurrency: true }, () => {
  let server: Server
  let [ann, bob]: Guest[] = []
  before(async () => {
    server = await startServer()
    ;[ann, bob] = [await signInGuest(server.url, 'Ann'), await signInGuest(server.url, 'Bob')]
  })
  after(() => server[Symbol.asyncDispose]())

  const guests = (): { ann: Guest; bob: Guest } => {
    assert.ok(ann && bob)
    return { ann, bob }
  }

  test('are streamed only to their members', async () => {
    const { ann, bob } = guests()
    const { id } = await createRoom(server.url, ann, { is_private: true })
    const path = `/api/events?room_id=${id}`
    const { status, body } = await rest<Failure>(server.url, 'GET', path, { token: bob.token })
    assert.deepEqual([status, body.code], [403, 'not_a_member'])
    assert.equal((await rest(server.url, 'GET', path)).status, 401)
    using stream = await openStream(server.url, path, { token: ann.token })
    await ok(server.url, 'POST', `/api/rooms/${id}/messages`, { token: ann.token, body: { content: 'hello' } })
    await stream.hear('new_message')
  })

  test('that were public end the streams of non-members within a second', async () => {
    const { ann } = guests()
    const { id } = await createRoom(server.url, ann)
    using stream = new EventStream(server.url, `/api/events?room_id=${id}`)
    assert.equal((await stream.response).statusCode, 200)
    await ok(server.url, 'PATCH', `/api/rooms/${id}`, { token: ann.token, body: { is_private: true } })
    const changed = performance.now()
    await stream.closed
    assert.ok(performance.now() - changed < 1000)
    await ok(server.url, 'POST', `/api/rooms/${id}/messages`, { token: ann.token, body: { content: 'secret' } })
    assert.equal((await rest(server.url, 'GET', `/api/events?room_id=${id}`)).status, 401)
    assert.equal(JSON.stringify(stream.heard.items).includes('secret'), false)
  })

  test('send room_joined to waiting users who are let in', async () => {
    const { ann, bob } = guests()
    const { id } = await createRoom(server.url, ann, { settings: { waiting: true } })
    const options = (guest: Guest) => ({ auth: { token: guest.token } })
    using host = await connect(server.url, options(ann))
    using guest = await connect(server.url, options(bob))
    await host.socket.emitWithAck('join_room', { room_id: id })
    const asked = await guest.socket.emitWithAck('join_room', { room_id: id })
    assert.deepEqual(asked, { ok: true, data: { waiting: true, room: { id, name: 'A room' } } })
    assert.equal((await host.hear('record_changed'))['key'], bob.id)
    await host.socket.emitWithAck('admit', { room_id: id, user_id: bob.id })
    const joined = await guest.hear('room_joined')
    assert.deepEqual(Object.keys(joined).includes('epoch'), true)
    const again = await guest.socket.emitWithAck('join_room', { room_id: id })
    const { room, me }: Joined = again.data
    assert.deepEqual([room.id, me.role], [id, 'guest'])
  })

  test('require the password, and ignore spaces around it', async () => {
    const { ann, bob } = guests()
    const { id } = await createRoom(server.url, ann, { password: 'open sesame' })
    const join = (password: string) =>
      rest<Room & Failure>(server.url, 'POST', `/api/rooms/${id}/join`, { token: bob.token, body: { password } })
    const wrong = await join('open says me')
    assert.deepEqual([wrong.status, wrong.body.error, wrong.body.retry], [403, 'Invalid password', 'never'])
    assert.equal((await join(' open sesame')).status, 200)
  })
})
