import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { EventStream, openStream } from '../harness/event-stream.ts'
import { createRoom, type Guest, ok, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, Message } from '../harness/wire.ts'

suite('GET /api/events', { timeout: 60_000, concurrency: true }, () => {
  let server: Server
  let ann: Guest
  before(async () => {
    server = await startServer({ env: { LOG_LEVEL: 'debug' } })
    ann = await signInGuest(server.url, 'Ann')
  })
  after(() => server[Symbol.asyncDispose]())

  const send = (room_id: string, content: string, token = ann.token) =>
    ok<Message>(server.url, 'POST', '/api/message', { token, body: { room_id, content } })

  test('is an event stream that proxies may neither cache, buffer nor compress', async () => {
    using stream = new EventStream(server.url, '/api/events')
    const { statusCode, headers } = await stream.response
    assert.equal(statusCode, 200)
    assert.match(headers['content-type'] ?? '', /^text\/event-stream/)
    assert.match(headers['cache-control'] ?? '', /no-transform/)
    assert.match(headers['cache-control'] ?? '', /no-cache|no-store/)
    assert.equal(headers['x-accel-buffering'], 'no')
    assert.equal(headers['content-encoding'], undefined)
    await send('lobby', 'hello')
    await stream.hear('message')
    assert.deepEqual(stream.retries, ['2000'])
  })

  test('sends a comment every 15 s', async () => {
    using stream = await openStream(server.url, '/api/events')
    const seen = stream.comments.items.length
    await stream.comments.until(() => true, 'a comment', { from: seen, ms: 17_000 })
  })

  test('without a token streams the lobby from now on', async () => {
    const early = await send('lobby', 'before')
    const { id } = await createRoom(server.url, ann)
    using stream = await openStream(server.url, '/api/events')
    await send(id, 'in a room')
    const sent = await send('lobby', 'after')
    const { event, id: cursor, data } = await stream.hear('message', ({ seq }) => seq === sent.seq)
    assert.deepEqual([event, data], ['message', sent])
    assert.ok(cursor)
    assert.equal(
      stream.heard.items.some((item) => item.data['id'] === early.id),
      false,
    )
    assert.equal(
      stream.heard.items.some((item) => item.data['room_id'] === id),
      false,
    )
  })

  test("with a token streams the caller's rooms too; the token may be in the query or the header", async () => {
    const bob = await signInGuest(server.url, 'Bob')
    const mine = await createRoom(server.url, bob)
    const watch = await createRoom(server.url, bob, { movie_source: { type: 'uploadLater' } })
    const foreign = await createRoom(server.url, ann)
    using query = await openStream(server.url, `/api/events?access_token=${bob.token}`)
    using header = await openStream(server.url, '/api/events', { token: bob.token })
    await send(foreign.id, 'not for Bob')
    const sent = [
      await send(mine.id, 'one', bob.token),
      await send(watch.id, 'two', bob.token),
      await send('lobby', 'three', bob.token),
    ]
    for (const stream of [query, header]) {
      await stream.hear('message', ({ id }) => id === sent[2]?.id)
      const heard = (n: number) => stream.heard.items.find(({ data }) => data['id'] === sent[n]?.id)
      assert.deepEqual([heard(0)?.event, heard(0)?.data], ['new_message', sent[0]])
      assert.deepEqual([heard(1)?.event, heard(1)?.data], ['new_chat_message', sent[1]])
      assert.deepEqual([heard(2)?.event, heard(2)?.data], ['message', sent[2]])
      assert.equal(
        stream.heard.items.some(({ data }) => data['room_id'] === foreign.id),
        false,
      )
    }
  })

  test('limited to rooms streams only these, public ones without membership too', async () => {
    const [one, two] = [await createRoom(server.url, ann), await createRoom(server.url, ann)]
    using both = await openStream(server.url, `/api/events?room_id=${one.id}&room_id=${two.id}`)
    using single = await openStream(server.url, `/api/events?room_id=${two.id}`)
    await send('lobby', 'unheard')
    await send(one.id, 'one')
    const last = await send(two.id, 'two')
    for (const stream of [both, single]) await stream.hear('new_message', ({ id }) => id === last.id)
    const contents = ({ heard }: EventStream) =>
      heard.items.flatMap(({ data }) => (data['content'] ? [data['content']] : []))
    assert.deepEqual(new Set(contents(both)), new Set(['one', 'two']))
    assert.deepEqual(contents(single), ['two'])
  })

  test('of an unknown room is 404', async () => {
    const { status, body } = await rest<Failure>(server.url, 'GET', '/api/events?room_id=none')
    assert.deepEqual([status, body.code], [404, 'not_found'])
  })

  test('does not make its user present, and sends ephemeral events without an id', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using client = await connect(server.url, { token: ann.token })
    await client.ask('join_room', { room_id })
    const bob = await signInGuest(server.url, 'Bob')
    await ok(server.url, 'POST', `/api/rooms/${room_id}/join`, { token: bob.token })
    using stream = await openStream(server.url, `/api/events?room_id=${room_id}&access_token=${bob.token}`)
    await client.ask('typing', { room_id, typing: true })
    const { id, data } = await stream.hear('typing')
    assert.equal(id, null)
    assert.equal(data['typing'], true)
    const { presence } = await client.ask<{ presence: object[] }>('join_room', { room_id })
    assert.equal(presence.length, 1)
    assert.equal(
      client.heard.items.some(({ event, data }) => event === 'user_joined' && JSON.stringify(data).includes(bob.id)),
      false,
    )
  })

  test('resumes after the last id without loss, repeatedly', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    const path = `/api/events?room_id=${room_id}`
    const sent: Message[] = []
    const heard: unknown[] = []
    let lastId: string | null = null
    for (let round = 0; round < 5; round++) {
      using stream: EventStream = await openStream(server.url, path, { lastId })
      sent.push(await send(room_id, `round ${round}`))
      await stream.hear('new_message', ({ id }) => id === sent.at(-1)?.id)
      heard.push(...stream.heard.items.map(({ data }) => data))
      lastId = stream.lastId
      stream[Symbol.dispose]()
      sent.push(await send(room_id, `between ${round}`))
    }
    assert.deepEqual(heard, sent.slice(0, -1))
  })

  test('sends reset for an unknown id, instead of silently losing events', async () => {
    const { id: room_id, last_seq } = await createRoom(server.url, ann)
    for (const lastId of ['nonsense', 'AAAA', '1', '{"a":1}', 'x'.repeat(3000)]) {
      using stream = new EventStream(server.url, `/api/events?room_id=${room_id}`, { lastId })
      const { statusCode } = await stream.response
      if (statusCode !== 200) {
        assert.equal(statusCode, 400, lastId)
        continue
      }
      const { data } = await stream.hear('reset')
      assert.deepEqual(data, { room_id, last_seq })
    }
  })

  test('does not log the token', async () => {
    const carol = await signInGuest(server.url, 'Carol')
    using stream = await openStream(server.url, `/api/events?access_token=${carol.token}`)
    await stream.response
    stream[Symbol.dispose]()
    await rest(server.url, 'GET', `/api/rooms/my?access_token=${carol.token}`)
    await rest(server.url, 'GET', '/api/rooms/my', { token: carol.token })
    const log = JSON.stringify(server.log.items)
    assert.ok(log.includes('/api/'), 'requests are logged at this level')
    assert.equal(log.includes(carol.token), false)
    assert.equal(log.includes(String(carol.token.split('.')[2])), false)
  })
})
