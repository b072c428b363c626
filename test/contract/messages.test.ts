import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createRoom, type Guest, ok, readHistory, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Failure, Joined, JsonObject, Message, Page } from '../harness/wire.ts'

suite('text messages', { timeout: 60_000 }, () => {
  let server: Server
  let ann: Guest
  let bob: Guest
  let socket: SocketClient
  before(async () => {
    server = await startServer()
    ann = await signInGuest(server.url, 'Ann')
    bob = await signInGuest(server.url, 'Bob')
    socket = await connect(server.url, { token: ann.token })
  })
  after(async () => {
    socket[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  })

  async function joined(fields: JsonObject = {}): Promise<string> {
    const { id: room_id } = await createRoom(server.url, ann, fields)
    await socket.ask<Joined>('join_room', { room_id })
    return room_id
  }

  test('have the same shape on all doors', async () => {
    const room_id = await joined()
    const sent = await socket.ask<Message>('send_message', { room_id, content: 'hello', client_id: 'c-1' })
    const { id, seq, created_at, ...rest } = sent
    assert.deepEqual(rest, {
      room_id,
      client_id: 'c-1',
      type: 'text',
      content: 'hello',
      format: null,
      url: null,
      sender: { id: ann.id, name: 'Ann', avatar_url: null, guest: true },
      reply_to: null,
      edited_at: null,
    })
    assert.ok(id)
    assert.equal(typeof seq, 'number')
    assert.match(created_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.deepEqual(await socket.hear('new_message', (data) => data['seq'] === seq), sent)
    assert.deepEqual(await readHistory(server.url, room_id), [sent])
  })

  const names: [string, JsonObject, string][] = [
    ['chat', {}, 'new_message'],
    ['meeting', { kind: 'meeting' }, 'new_message'],
    ['call', { kind: 'call' }, 'new_message'],
    ['game', { kind: 'game' }, 'new_message'],
    ['watch', { movie_source: { type: 'directLink', url: 'https://example.org/film.mp4' } }, 'new_chat_message'],
  ]
  for (const [kind, fields, event] of names) {
    test(`are heard in a ${kind} room as ${event}, whichever door they came through`, async () => {
      const room_id = await joined(fields)
      const room = await ok<{ kind: string }>(server.url, 'GET', `/api/rooms/${room_id}`)
      assert.equal(room.kind, kind)
      const token = ann.token
      const sent = [
        await socket.ask<Message>('send_message', { room_id, content: 'by send_message' }),
        await socket.ask<Message>('chat_message', { room_id, content: 'by chat_message' }),
        await socket.ask<Message>('message', { room_id, content: 'by message' }),
        await socket.ask<Message>('send_text', { room_id, text: 'by send_text' }),
        await ok<Message>(server.url, 'POST', '/api/message', {
          token,
          body: { room_id, type: 'text', content: 'by REST' },
        }),
        await ok<Message>(server.url, 'POST', `/api/rooms/${room_id}/messages`, {
          token,
          body: { content: 'by path' },
        }),
      ]
      await socket.hear(event, ({ seq, room_id: where }) => where === room_id && seq === sent.at(-1)?.seq)
      const ofRoom = socket.heard.items.filter(({ data }) => data?.['room_id'] === room_id && data['content'])
      assert.deepEqual(
        ofRoom,
        sent.map((data) => ({ event, data })),
      )
    })
  }

  test('of the lobby reach every socket as `message`, without joining, unless it opts out', async () => {
    using quiet = await connect(server.url, { auth: { lobby: false } })
    using listener = await connect(server.url, { token: bob.token })
    using stranger = await connect(server.url)
    const sent = await ok<Message>(server.url, 'POST', '/api/message', {
      body: { type: 'text', content: 'all', sender: 'Zoe' },
    })
    assert.equal(sent.room_id, 'lobby')
    for (const one of [socket, listener, stranger])
      assert.deepEqual(await one.hear('message', ({ seq }) => seq === sent.seq), sent)
    // Once it gets its own answer, nothing earlier is on its way.
    await quiet.ask('ping', {})
    assert.equal(
      quiet.heard.items.some(({ event }) => event === 'message'),
      false,
    )
    const others = listener.heard.items.map(({ event }) => event).filter((event) => event !== 'message')
    assert.deepEqual(others, ['connected'], 'nothing of the lobby but `message`')
  })

  test('without a room go to the lobby', async () => {
    const bySocket = await socket.ask<Message>('message', { type: 'text', content: 'to all' })
    const byText = await socket.ask<Message>('send_text', { text: 'to all too' })
    assert.deepEqual([bySocket.room_id, byText.room_id], ['lobby', 'lobby'])
  })

  test('joining the lobby attaches, adds no member, and duplicates no event', async () => {
    using client = await connect(server.url, { token: bob.token })
    const lobby = await client.ask<Joined>('join_room', { room_id: 'lobby' })
    assert.deepEqual([lobby.room.id, lobby.room.kind, lobby.room.member_count], ['lobby', 'lobby', 0])
    const sent = await client.ask<Message>('message', { content: 'once' })
    await client.ask('ping', {})
    assert.equal(client.heard.items.filter(({ data }) => data?.['id'] === sent.id).length, 1)
    const mine = await ok<{ items: { id: string }[] }>(server.url, 'GET', '/api/rooms/my', { token: bob.token })
    assert.equal(
      mine.items.some(({ id }) => id === 'lobby'),
      false,
    )
    assert.equal(
      client.heard.items.some(({ event }) => event.startsWith('member_')),
      false,
    )
    assert.equal((await ok<{ member_count: number }>(server.url, 'GET', '/api/rooms/lobby')).member_count, 0)
  })

  test('name their sender: a label without a token, the account with one', async () => {
    const send = (body: JsonObject, request = {}) =>
      ok<Message>(server.url, 'POST', '/api/message', { body: { content: 'x', ...body }, ...request })
    const [zoe, again, max, none, signedIn] = [
      await send({ sender: 'Zoe' }),
      await send({ sender: 'Zoe' }),
      await send({ sender: 'Max' }),
      await send({}),
      await send({ sender: 'Someone else' }, { token: ann.token }),
    ]
    assert.deepEqual([zoe.sender.name, zoe.sender.guest], ['Zoe', true])
    assert.equal(again.sender.id, zoe.sender.id)
    assert.notEqual(max.sender.id, zoe.sender.id)
    assert.equal(none.sender.name, 'Guest')
    assert.deepEqual([signedIn.sender.id, signedIn.sender.name], [ann.id, 'Ann'])
    const elsewhere = await send({ sender: 'Zoe' }, { headers: { 'x-forwarded-for': '198.51.100.7' } })
    assert.notEqual(elsewhere.sender.id, zoe.sender.id, 'the address belongs to who a label is')
  })

  test('on a socket without a token: the first `sender` names its guest, a later one is ignored', async () => {
    using client = await connect(server.url)
    const first = await client.ask<Message>('send_text', { text: 'a', sender: 'Zoe' })
    const second = await client.ask<Message>('send_text', { text: 'b', sender: 'Max' })
    assert.deepEqual([first.sender.name, second.sender.name], ['Zoe', 'Zoe'])
    assert.equal(first.sender.id, second.sender.id)
  })

  test('sent again with the same client_id, on any door, are the same message with the same status', async () => {
    const room_id = await joined()
    const token = ann.token
    const body = { room_id, content: 'once', client_id: 'again-1' }
    const first = await rest<Message>(server.url, 'POST', '/api/message', { token, body })
    const repeats = [
      await rest<Message>(server.url, 'POST', '/api/message', { token, body: { ...body, sender: 'Whoever' } }),
      await rest<Message>(server.url, 'POST', `/api/rooms/${room_id}/messages`, { token, body }),
      await rest<Message>(server.url, 'POST', `/api/rooms/${room_id}/messages`, {
        token,
        body: { content: 'once' },
        headers: { 'idempotency-key': 'again-1' },
      }),
    ]
    for (const { status, headers, body: repeated } of repeats)
      assert.deepEqual([status, headers.get('idempotent-replayed'), repeated], [201, 'true', first.body])
    assert.equal(first.headers.get('idempotent-replayed'), null)
    const other = await rest<Failure>(server.url, 'POST', '/api/message', {
      token,
      body: { ...body, content: 'other' },
    })
    assert.deepEqual([other.status, other.body.code, other.body.retry], [409, 'client_id_reused', 'never'])
    const refused = await socket.request('send_message', { ...body, content: 'other' })
    assert.equal(!refused.ok && refused.code, 'client_id_reused')
    for (const event of ['send_message', 'chat_message', 'message'])
      assert.deepEqual(await socket.ask(event, body), first.body)
    assert.deepEqual(await readHistory(server.url, room_id), [first.body])
    // A retry is answered even after its sender left, because replays come before the rules.
    await ok(server.url, 'POST', `/api/rooms/${room_id}/leave`, { token })
    const after = await rest<Message>(server.url, 'POST', '/api/message', { token, body })
    assert.deepEqual([after.status, after.body], [201, first.body])
    const fresh = await rest<Failure>(server.url, 'POST', '/api/message', {
      token,
      body: { ...body, client_id: 'again-2' },
    })
    assert.deepEqual([fresh.status, fresh.body.code], [403, 'not_a_member'])
  })

  test('with one client_id sent twenty times at once are one message', async () => {
    const room_id = await joined()
    const body = { room_id, content: 'once', client_id: 'race' }
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => socket.ask<Message>('send_message', body)),
      ...Array.from({ length: 10 }, () => ok<Message>(server.url, 'POST', '/api/message', { token: ann.token, body })),
    ])
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1)
    assert.equal((await readHistory(server.url, room_id)).length, 1)
  })

  test('of two senders may share a client_id, and a refused message does not use it up', async () => {
    const room_id = await joined()
    const body = { room_id, content: 'mine', client_id: 'shared' }
    const early = await rest<Failure>(server.url, 'POST', '/api/message', { token: bob.token, body })
    assert.deepEqual([early.status, early.body.code, early.body.error], [403, 'not_a_member', 'Join the room first'])
    await ok(server.url, 'POST', `/api/rooms/${room_id}/join`, { token: bob.token })
    const ofBob = await ok<Message>(server.url, 'POST', '/api/message', { token: bob.token, body })
    const ofAnn = await ok<Message>(server.url, 'POST', '/api/message', { token: ann.token, body })
    assert.notEqual(ofBob.id, ofAnn.id)
  })

  test('reply to another one', async () => {
    const room_id = await joined()
    const first = await socket.ask<Message>('send_message', { room_id, content: 'question' })
    const second = await socket.ask<Message>('send_message', { room_id, content: 'answer', reply_to: first.id })
    assert.equal(second.reply_to, first.id)
  })

  test('of other types must be what they say', async () => {
    for (const type of ['image', 'audio']) {
      const { status, body } = await rest<Failure>(server.url, 'POST', '/api/message', {
        token: ann.token,
        body: { type, content: 'aGVsbG8=' },
      })
      assert.ok(status === 415 || (status === 400 && body.code === 'validation_error'))
    }
  })

  test('are read in both directions, oldest first within a page', async () => {
    const room_id = await joined()
    const sent: Message[] = []
    for (let n = 0; n < 120; n++) sent.push(await socket.ask<Message>('send_message', { room_id, content: `${n}` }))
    const path = `/api/rooms/${room_id}/messages`
    const page = (query: string) => ok<Page>(server.url, 'GET', `${path}${query}`)
    const newest = await page('')
    assert.deepEqual(newest.messages, sent.slice(-50), 'the newest 50 without a word')
    assert.equal(newest.next_cursor, sent.at(-50)?.seq)
    const older = await page(`?before=${newest.next_cursor}&limit=100`)
    assert.deepEqual(older, { messages: sent.slice(0, 70), next_cursor: null })
    const forward = await page(`?after=${sent[9]?.seq}&limit=20`)
    assert.deepEqual(forward, { messages: sent.slice(10, 30), next_cursor: sent[29]?.seq })
    const end = await page(`?after=${sent[99]?.seq}&limit=20`)
    assert.deepEqual(end, { messages: sent.slice(100), next_cursor: null })
    const nothing = await page(`?after=${sent.at(-1)?.seq}`)
    assert.deepEqual(nothing, { messages: [], next_cursor: null })
    const posted = await ok<Page>(server.url, 'POST', '/api/get-chatroom-messages', {
      body: { room_id, before: sent[50]?.seq, limit: 10 },
    })
    assert.deepEqual(posted, { messages: sent.slice(40, 50), next_cursor: sent[40]?.seq })
    for (const query of ['?limit=0', '?limit=x', '?before=x', '?after=-1'])
      assert.equal((await rest(server.url, 'GET', path + query)).status, 400, query)
    assert.equal((await rest(server.url, 'GET', `${path}?limit=200`)).status, 200)
  })
})
