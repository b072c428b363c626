import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createRoom, type Guest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Joined, Message } from '../harness/wire.ts'

suite('the Socket.IO door', { timeout: 60_000 }, () => {
  let server: Server
  let ann: Guest
  before(async () => {
    server = await startServer()
    ann = await signInGuest(server.url, 'Ann')
  })
  after(() => server[Symbol.asyncDispose]())
  const client = (options = {}): Promise<SocketClient> => connect(server.url, { token: ann.token, ...options })

  test('sends `connected` first, with the user', async () => {
    using socket = await client()
    const [first] = socket.heard.items
    assert.equal(first?.event, 'connected')
    const connected = await socket.connected()
    assert.equal(connected.sid, socket.socket.id)
    assert.deepEqual(connected.user, { id: ann.id, name: 'Ann', avatar_url: null, guest: true })
    assert.match(connected.server_time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.ok(Math.abs(Date.parse(connected.server_time) - Date.now()) < 60_000)
    assert.equal(typeof connected.protocol, 'number')
    assert.equal('access_token' in connected, false)
  })

  test('connects a client without a token as a guest, and gives it a token for reconnecting', async () => {
    using socket = await connect(server.url)
    const { user, access_token } = await socket.connected()
    assert.deepEqual([user.name, user.guest], ['Guest', true])
    assert.ok(access_token)
  })

  test('acknowledges with ok and data, or with the error', async () => {
    using socket = await client()
    const sent = await socket.request<Message>('send_message', { room_id: 'lobby', content: 'hello' })
    assert.ok(sent.ok)
    assert.deepEqual(Object.keys(sent).toSorted(), ['data', 'ok'])
    assert.equal(sent.data.content, 'hello')
    const refused = await socket.request('send_message', { room_id: 'none', content: 'hello' })
    assert.deepEqual(refused, { ok: false, error: 'Resource not found', code: 'not_found', retry: 'never' })
    const absent = await socket.request('send_message', { room_id: 'lobby' })
    assert.ok(!absent.ok)
    assert.deepEqual([absent.code, absent.error, absent.retry], ['missing_fields', 'Missing required fields', 'never'])
    assert.ok(absent.required?.includes('content'))
  })

  test('reports a failure as an `error` event if there is no acknowledgement', async () => {
    using socket = await client()
    socket.socket.emit('send_message', { room_id: 'none', content: 'hello' })
    const error = await socket.hear('error')
    assert.deepEqual(error, { error: 'Resource not found', code: 'not_found', retry: 'never', event: 'send_message' })
    socket.socket.emit('no_such_event', {})
    const unknown = await socket.hear('error', ({ code }) => code === 'unknown_event')
    assert.deepEqual(unknown, { error: 'Unknown event', code: 'unknown_event', retry: 'never', event: 'no_such_event' })
    const acknowledged = await socket.request('no_such_event', {})
    assert.deepEqual(acknowledged, { ok: false, error: 'Unknown event', code: 'unknown_event', retry: 'never' })
  })

  test('answers `ping` with `pong`', async () => {
    using socket = await client()
    socket.socket.emit('ping')
    const { timestamp } = await socket.hear('pong')
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    const reply = await socket.request('ping', {})
    assert.equal(reply.ok, true)
  })

  test('sends `message_received` only to the sending connection, and only without an acknowledgement', async () => {
    using socket = await client()
    using other = await client()
    const { id: room_id } = await createRoom(server.url, ann)
    for (const one of [socket, other]) await one.ask<Joined>('join_room', { room_id })
    socket.socket.emit('send_message', { room_id, content: 'unacknowledged', client_id: 'c-1' })
    const received = await socket.hear('message_received')
    const message = await socket.hear('new_message')
    assert.deepEqual(received, {
      id: message['id'],
      client_id: 'c-1',
      room_id,
      seq: message['seq'],
      created_at: message['created_at'],
    })
    await socket.ask('send_message', { room_id, content: 'acknowledged' })
    await other.hear('new_message', ({ content }) => content === 'acknowledged')
    await socket.hear('new_message', ({ content }) => content === 'acknowledged')
    const counts = [socket, other].map(
      ({ heard }) => heard.items.filter(({ event }) => event === 'message_received').length,
    )
    assert.deepEqual(counts, [1, 0])
  })

  test('when the server stops, closes so that a stock client reconnects', async () => {
    using socket = await client({ reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 200 })
    using polling = await client({
      reconnection: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      transports: ['polling'],
    })
    const clients = [socket, polling]
    assert.equal(await server.stop(), 0)
    for (const { life } of clients) {
      const { reason } = await life.until(({ what }) => what === 'disconnect', 'the end')
      assert.notEqual(reason, 'io server disconnect')
    }
    await server.start()
    for (const { life } of clients)
      await life.until(() => life.items.filter(({ what }) => what === 'connect').length === 2, 'coming back')
  })

  test('upgrades from polling to WebSocket under load without losing or duplicating events', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using sender = await client()
    await sender.ask('join_room', { room_id })
    using socket = await client({ transports: ['polling', 'websocket'] })
    const joined = await socket.ask<Joined>('join_room', { room_id })
    const sent: Message[] = []
    while (socket.socket.io.engine.transport.name !== 'websocket' || sent.length < 50)
      sent.push(await sender.ask<Message>('send_message', { room_id, content: `message ${sent.length}` }))
    await socket.hear('new_message', ({ seq }) => seq === sent.at(-1)?.seq)
    const heard = socket.heard.items.filter(({ event }) => event === 'new_message').map(({ data }) => data)
    const missed = sent.filter(({ seq }) => seq > joined.seq)
    assert.deepEqual(heard, missed)
  })
})
