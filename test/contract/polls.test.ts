import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { after, before, suite, test } from 'node:test'
import { openStream } from '../harness/event-stream.ts'
import { createRoom, type Guest, ok, readHistory, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, Joined, JsonObject } from '../harness/wire.ts'

type Poll = JsonObject & { id: string; counts: JsonObject; my_option_ids: string[]; closed_at: string | null }

suite('polls', { timeout: 60_000 }, () => {
  let server: Server
  let ann: Guest
  let bob: Guest
  before(async () => {
    server = await startServer()
    ann = await signInGuest(server.url, 'Ann')
    bob = await signInGuest(server.url, 'Bob')
  })
  after(() => server[Symbol.asyncDispose]())

  const asked = { question: 'Tea?', options: ['Yes', 'No'] }

  test('are created, voted in and closed by REST and sockets, and heard on both and on streams', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    const path = `/api/rooms/${room_id}/polls`
    using hers = await connect(server.url, { token: ann.token })
    using his = await connect(server.url, { token: bob.token })
    for (const socket of [hers, his]) await socket.ask<Joined>('join_room', { room_id })
    using stream = await openStream(server.url, `/api/events?room_id=${room_id}`, { token: ann.token })

    const headers = { 'idempotency-key': 'the poll' }
    const made = await rest<Poll>(server.url, 'POST', path, { token: ann.token, body: asked, headers })
    assert.equal(made.status, 201)
    const { id } = made.body
    const again = await rest<Poll>(server.url, 'POST', path, { token: ann.token, body: asked, headers })
    assert.deepEqual([again.status, again.body], [201, made.body])
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    const [message] = await readHistory(server.url, room_id)
    assert.partialDeepStrictEqual(message, { type: 'text', content: 'Tea?\n1. Yes\n2. No', poll_id: id })
    await his.hear('new_message', (data) => data['poll_id'] === id)
    await stream.hear('new_message', (data) => data['poll_id'] === id)

    const voted = await his.ask<Poll>('vote_poll', { room_id, poll_id: id, option_ids: ['b'] })
    assert.deepEqual([voted.counts, voted.my_option_ids], [{ a: 0, b: 1 }, ['b']])
    const heard = await hers.hear('record_changed', ({ type, set }) => type === 'poll' && hasCounts(set))
    assert.deepEqual(heard['set'], { counts: { a: 0, b: 1 }, voter_count: 1, voters: { b: [bob.id] } })
    await stream.hear('record_changed', ({ type, set }) => type === 'poll' && hasCounts(set))
    const own = await his.hear('record_changed', ({ type }) => type === 'poll_vote')
    assert.deepEqual([own['key'], own['set']], [bob.id, { [id]: ['b'] }])
    const seen = await ok<Poll>(server.url, 'GET', `${path}/${id}`, { token: ann.token })
    assert.deepEqual(seen, { ...voted, my_option_ids: [] })

    const closed = await hers.ask<Poll>('close_poll', { room_id, poll_id: id })
    assert.ok(closed.closed_at)
    const body = { option_ids: ['a'] }
    const late = await rest<Failure>(server.url, 'PUT', `${path}/${id}/vote`, { token: bob.token, body })
    assert.deepEqual([late.status, late.body.code, late.body.retry], [409, 'poll_closed', 'never'])
    const second = await hers.ask<Poll>('create_poll', { room_id, ...asked, anonymous: true })
    const { items } = await ok<{ items: Poll[] }>(server.url, 'GET', path)
    assert.deepEqual(
      items.map((poll) => poll.id),
      [second.id, id],
    )
  })

  test('[PO12] close at their time although the server was killed meanwhile', async () => {
    await using other = await startServer()
    const eve = await signInGuest(other.url, 'Eve')
    const { id: room_id } = await createRoom(other.url, eve)
    const path = `/api/rooms/${room_id}/polls`
    const closes_at = new Date(Date.now() + 1_500).toISOString()
    const made = await ok<Poll>(other.url, 'POST', path, { token: eve.token, body: { ...asked, closes_at } })
    const body = { option_ids: ['a'] }
    await ok<Poll>(other.url, 'PUT', `${path}/${made.id}/vote`, { token: eve.token, body })
    await other.kill()
    await other.start()
    let now = await ok<Poll>(other.url, 'GET', `${path}/${made.id}`)
    for (let tries = 0; now.closed_at === null && tries < 300; tries += 1) {
      await wait(100)
      now = await ok<Poll>(other.url, 'GET', `${path}/${made.id}`)
    }
    assert.deepEqual([now['closed_by'], now.counts], [null, { a: 1, b: 0 }])
    assert.ok(Date.parse(now.closed_at ?? '') >= Date.parse(closes_at))
  })
})

const hasCounts = (set: unknown): boolean =>
  typeof set === 'object' && set !== null && Object.hasOwn(set, 'counts') && !Object.hasOwn(set, 'question')
