import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Answer, codeOf } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, signIn } from '../../testing/world.ts'
import { contents, post, roomWith } from './said.ts'

export function messagesSuite(name: string, backend: Backend): void {
  describe(`messages on ${name}`, () => {
    after(() => backend.stop())

    test('[M1] [M6] every route and socket event sends the same message, and answers what the room is sent', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const room = await createRoom(world, ann)
      const socket = await world.connect(ann.token)
      await socket.ask('join_room', { room_id: room.id })
      const said = { room_id: room.id, content: 'hi', client_id: 'c1' }
      const sent: Answer[] = [
        await socket.ask('send_message', said),
        await socket.ask('chat_message', { room_id: room.id, message: 'b' }),
        await socket.ask('chat_message', { room_id: room.id, content: 'c' }),
        await socket.ask('chat_message', { room_id: room.id, text: 'd' }),
        await socket.ask('message', { room_id: room.id, type: 'text', content: 'e', format: 'plain', sender: 'x' }),
        await socket.ask('send_text', { room_id: room.id, text: 'f', sender: 'x' }),
        (await post(world, ann, room.id, { content: 'g' })).body,
        (await world.rest('POST', '/api/message', { token: ann.token, body: { room_id: room.id, content: 'h' } })).body,
      ]
      assert.deepEqual(await socket.hears('new_message'), sent)
      assert.deepEqual(contents(sent), ['hi', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
      const { id, ...first } = sent[0]
      assert.deepEqual(first, {
        room_id: room.id,
        seq: 2,
        client_id: 'c1',
        type: 'text',
        content: 'hi',
        format: null,
        url: null,
        sender: { id: ann.id, name: 'Ann', avatar_url: null, guest: true },
        reply_to: null,
        created_at: '2026-01-01T00:00:00.000Z',
        edited_at: null,
      })
      assert.match(id, /^[\da-f-]{36}$/)
      assert.equal(sent[4].format, 'plain')
      assert.deepEqual((await world.rest('GET', `/api/rooms/${room.id}/messages`)).body.messages, sent)
    })

    test('[M1] without a room_id a message goes to the lobby', async () => {
      await using world = await createWorld(await backend.open())
      const socket = await world.connect()
      await socket.ask('join_room', { room_id: 'lobby' })
      await socket.ask('message', { content: 'a' })
      await socket.ask('send_text', { text: 'b' })
      const { status, body } = await world.rest('POST', '/api/message', {
        body: { type: 'text', content: 'c', sender: 'Zoe' },
      })
      assert.deepEqual([status, body.room_id, body.sender.name], [201, 'lobby', 'Zoe'])
      assert.deepEqual(contents(await socket.hears('message')), ['a', 'b', 'c'])
    })

    test('[M2] [M9] only members send to a room, and callers without a token only to the lobby', async () => {
      await using world = await createWorld(await backend.open())
      const { id } = await createRoom(world, await signIn(world, 'Ann'))
      const bob = await signIn(world, 'Bob')
      const refused = await post(world, bob, id, { content: 'x' })
      assert.deepEqual([refused.status, refused.body.code], [403, 'not_a_member'])
      const labelled = await world.rest('POST', '/api/message', { body: { room_id: id, content: 'x', sender: 'Bob' } })
      assert.deepEqual([labelled.status, labelled.body.code], [403, 'not_a_member'])
      const nobody = await world.rest('POST', `/api/rooms/${id}/messages`, { body: {} })
      assert.deepEqual([nobody.status, nobody.body.code], [401, 'not_authenticated'])
      assert.equal((await post(world, bob, 'nowhere', { content: 'x' })).body.code, 'not_found')
      assert.equal((await world.rest('GET', `/api/rooms/${id}`)).body.last_seq, 1)
    })

    test('[M3] chat that is off, or only for hosts, refuses others', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, bob] = [await signIn(world, 'Ann'), await signIn(world, 'Bob')]
      const codes = async (fields: object) => {
        const { id } = await createRoom(world, ann, fields)
        await world.rest('POST', `/api/rooms/${id}/join`, { token: bob.token })
        return Promise.all(
          [ann, bob].map(async (who) => (await post(world, who, id, { content: 'x' })).body.code ?? 'ok'),
        )
      }
      assert.deepEqual(await codes({ capabilities: { chat: false } }), ['chat_disabled', 'chat_disabled'])
      assert.deepEqual(await codes({ settings: { chat: 'off' } }), ['chat_disabled', 'chat_disabled'])
      assert.deepEqual(await codes({ settings: { chat: 'host' } }), ['ok', 'chat_disabled'])
      assert.deepEqual(await codes({ settings: { chat: 'everyone' } }), ['ok', 'ok'])
    })

    test('[M4] texts that are empty or too long are refused', async () => {
      await using world = await createWorld(await backend.open())
      const { id, host } = await roomWith(world, 0)
      const longest = '\u{1f600}'.repeat(10_000)
      assert.equal((await post(world, host, id, { content: longest })).body.content, longest)
      const over = await post(world, host, id, { content: `${longest}x` })
      assert.deepEqual([over.status, over.body.code, over.body.limit], [413, 'too_large', 20_000])
      const odd = 'a\u0000b "quoted" \u2028 \ud83d'
      assert.equal((await post(world, host, id, { content: odd })).body.content, odd.toWellFormed())
      for (const content of ['', ' \n\t', 7, null, ['x']]) {
        const { status, body } = await post(world, host, id, { content })
        assert.deepEqual(
          [status, body.code, Object.keys(body.errors)],
          [400, 'validation_error', ['content']],
          String(content),
        )
      }
      const { body } = await post(world, host, id, {})
      assert.deepEqual([body.code, body.required.toSorted()], ['missing_fields', ['content', 'room_id']])
      const socket = await world.connect(host.token)
      for (const fields of [{}, { message: ' ' }, { message: 7 }, { text: 'x'.repeat(20_001) }]) {
        assert.notEqual(
          await codeOf(socket.ask('chat_message', { room_id: id, ...fields })),
          'ok',
          JSON.stringify(fields).slice(0, 40),
        )
      }
    })

    test('[M5] [M7] a reply must be to a message of the room, and can be retried', async () => {
      await using world = await createWorld(await backend.open())
      const { id, host } = await roomWith(world, 1)
      const other = await roomWith(world, 1)
      const { messages } = (await world.rest('GET', `/api/rooms/${id}/messages`)).body
      const reply = { content: 'yes', reply_to: messages[0].id, client_id: 'r' }
      const first = await post(world, host, id, reply)
      assert.deepEqual([first.status, first.body.reply_to], [201, messages[0].id])
      assert.deepEqual(await post(world, host, id, reply), first)
      // A known client_id is recognized before the rules are checked.
      const otherwise = await post(world, host, id, { ...reply, reply_to: 'no longer there' })
      assert.deepEqual([otherwise.status, otherwise.body.code], [409, 'client_id_reused'])
      for (const reply_to of [
        'nothing',
        (await world.rest('GET', `/api/rooms/${other.id}/messages`)).body.messages[0].id,
      ]) {
        const { status, body } = await post(world, host, id, { content: 'x', reply_to })
        assert.deepEqual([status, Object.keys(body.errors)], [400, ['reply_to']])
      }
    })

    test('[M6] message_received goes only to the sending connection, and only without an acknowledgement', async () => {
      await using world = await createWorld(await backend.open())
      const { id, host } = await roomWith(world, 0)
      const [one, two] = [await world.connect(host.token), await world.connect(host.token)]
      for (const socket of [one, two]) await socket.ask('join_room', { room_id: id })
      await one.ask('send_message', { room_id: id, content: 'acknowledged' })
      await one.tell('send_message', { room_id: id, content: 'told', client_id: 'c' })
      const [, told] = await two.hears('new_message')
      assert.deepEqual(await one.hears('message_received'), [
        { id: told.id, client_id: 'c', room_id: id, seq: told.seq, created_at: told.created_at },
      ])
      assert.deepEqual(await two.hears('message_received'), [])
    })

    test('[M7] a retry is answered with the same message, by any route, also after its sender has left', async () => {
      await using world = await createWorld(await backend.open())
      const { id } = await roomWith(world, 0)
      const bob = await signIn(world, 'Bob')
      const socket = await world.connect(bob.token)
      await socket.ask('join_room', { room_id: id })
      const sent = await socket.ask('send_message', { room_id: id, content: 'once', client_id: 'k' })
      assert.deepEqual(await socket.ask('chat_message', { room_id: id, message: 'once', client_id: 'k' }), sent)
      assert.deepEqual(await post(world, bob, id, { content: 'once' }, 'k'), { status: 201, body: sent })
      await world.rest('POST', `/api/rooms/${id}/leave`, { token: bob.token })
      assert.deepEqual((await post(world, bob, id, { content: 'once' }, 'k')).body, sent)
      assert.equal((await post(world, bob, id, { content: 'once' }, 'new')).body.code, 'not_a_member')
      const { messages } = (await world.rest('GET', `/api/rooms/${id}/messages`)).body
      assert.deepEqual(messages, [sent])
      const long = await post(world, bob, id, { content: 'x' }, 'k'.repeat(129))
      assert.deepEqual([long.status, Object.keys(long.body.errors)], [400, ['Idempotency-Key']])
    })

    test('[M11] other content under a known client_id is refused by every route, and not stored', async () => {
      await using world = await createWorld(await backend.open())
      const { id } = await roomWith(world, 0)
      const bob = await signIn(world, 'Bob')
      const socket = await world.connect(bob.token)
      await socket.ask('join_room', { room_id: id })
      const sent = await socket.ask('send_message', { room_id: id, content: 'once', client_id: 'k' })
      const same = { room_id: id, type: 'text', content: 'once', client_id: 'k', format: null, reply_to: null }
      const lobby = (body: object) => world.rest('POST', '/api/message', { token: bob.token, body })
      for (const door of ['send_message', 'message']) assert.deepEqual(await socket.ask(door, same), sent)
      assert.deepEqual((await lobby({ ...same, sender: 'anyone' })).body, sent)
      for (const other of [{ content: 'twice' }, { format: 'markdown' }, { content: 'once ' }]) {
        for (const door of ['send_message', 'chat_message', 'message'])
          await assert.rejects(socket.ask(door, { ...same, ...other }), { code: 'client_id_reused' })
        const text = { ...same, ...other, text: other.content ?? same.content }
        await assert.rejects(socket.ask('send_text', text), { code: 'client_id_reused' })
        const { content = same.content, ...rest } = other
        for (const { status, body } of [
          await post(world, bob, id, { content, ...rest }, 'k'),
          await lobby({ ...same, ...other }),
        ])
          assert.deepEqual([status, body.code, body.retry], [409, 'client_id_reused', 'never'])
      }
      const [one, two] = await Promise.all([
        post(world, bob, id, { content: 'one' }, 'race'),
        post(world, bob, id, { content: 'two' }, 'race'),
      ])
      assert.deepEqual([one?.status, two?.status], [201, 409])
      const { messages } = (await world.rest('GET', `/api/rooms/${id}/messages`)).body
      assert.deepEqual(contents(messages), ['once', 'one'])
    })

    test('[M7] [G3] a guest known only by sender and address may retry too', async () => {
      await using world = await createWorld(await backend.open())
      const send = () => world.rest('POST', '/api/message', { body: { content: 'x', sender: 'Ann' }, key: 'k' })
      const [one, two] = await Promise.all([send(), send()])
      assert.deepEqual([two, await send()], [one, one])
      assert.equal((await world.rest('GET', '/api/rooms/lobby/messages')).body.messages.length, 1)
    })

    test('[M10] the event name depends on the kind of the room', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const watch = await createRoom(world, ann, { movie_source: { type: 'uploadLater' } })
      const meeting = await createRoom(world, ann, { kind: 'meeting' })
      const socket = await world.connect(ann.token)
      for (const room_id of [watch.id, meeting.id, 'lobby']) {
        await socket.ask('join_room', { room_id })
        await socket.ask('send_message', { room_id, content: room_id })
      }
      assert.deepEqual(contents(await socket.hears('new_chat_message')), [watch.id])
      assert.deepEqual(contents(await socket.hears('new_message')), [meeting.id])
      assert.deepEqual(contents(await socket.hears('message')), ['lobby'])
    })
  })
}
