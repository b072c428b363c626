import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { get } from 'node:http'
import { suite, test } from 'node:test'
import { allActions as actions, type Door, fieldsOf, nameOf } from '../harness/trials/actions.ts'
import type { DatabaseKind } from '../harness/databases.ts'
import { inPath, place, queryOf } from '../harness/trials/inputs.ts'
import { samples } from '../harness/trials/all-trials.ts'
import { Recorder } from '../harness/recorder.ts'
import { createRoom, type Guest, ok, rest, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Failure, JsonObject, Message, Page, Session } from '../harness/wire.ts'

/** A lone surrogate, by itself and where a careless program cut an emoji. */
const halves = ['\ud83d', 'cut in two \ud83d', '\ude00 cut in two', '\ude00\ud83d']
/** The same inside arbitrary JSON, in names of fields too. */
const nested = { '\ud800': '\udfff', deep: [{ '\udc00name': ['\ud83d', { x: 'x\ud800' }] }], whole: '😀' }

/** No client ever gets a lone surrogate, whatever others send: a strict JSON reader would reject the whole page. */
export function wellFormed({ name, missing, open }: DatabaseKind): void {
  suite(`on ${name}, lone surrogates`, { skip: missing, timeout: 180_000 }, () => {
    test('[TX1] sent in any text or name of a field, through every door of every action, reach no client', async () => {
      await using database = await open()
      await using server = await startServer({ env: { ...database.env, RATE_LIMIT_FACTOR: '0' } })
      const { url } = server
      const ann = await signInGuest(url, 'Ann')
      const bob = await signInGuest(url, 'Bob')
      const { id: room_id } = await createRoom(url, ann)
      const members = await Promise.all([ann, ann].map(({ token }) => connect(url, { token })))
      members.push(await connect(url, { token: ann.token, transports: ['polling'] }))
      const said = new Recorder<string>()
      for (const member of members) listenIn(member, said)
      for (const member of members) await member.ask('join_room', { room_id })
      using _stream = streamed(url, `/api/events?access_token=${ann.token}&room_id=${room_id}`, said)
      const sender = await connect(url, { token: bob.token, auth: { lobby: false } })
      listenIn(sender, said)
      await sender.ask('join_room', { room_id })

      for (const { name: action, doors } of actions) {
        for (const door of doors) {
          const token = await tokenFor(url, action, bob)
          for (const input of spoiled(door, room_id)) {
            if (door.kind === 'socket') {
              await sender.request(door.event, input)
              continue
            }
            const { path, body } = place(door, input)
            const hasBody = door.method !== 'GET' && door.method !== 'DELETE'
            const query = hasBody ? '' : queryOf(body)
            const answer = await rest(url, door.method, path + query, { token, ...(hasBody ? { body } : {}) })
            assert.ok(answer.status < 500 || answer.status === 501, `${nameOf(door)}: ${answer.status} ${answer.text}`)
            assertWellFormed(answer.text, nameOf(door))
          }
        }
        await sender.request('join_room', { room_id })
      }
      // A signal with an attachment is parsed by another reader.
      const data = { bytes: Buffer.from('x'), attached: nested }
      await sender.request('signal', { room_id, name: 'binary', data })
      // Only the latest value of a presence slot is sent, and the loop above ended with a different value.
      await sender.request('presence', { room_id, state: nested })
      await said.until((text) => text.includes('presence_changed') && text.includes('deep'), 'the state of a peer')
      await sender.request('\ud83d', {})
      sender.socket.emit('\ud83d', {})
      await rest(url, 'POST', '/api/message', { body: { content: 'to all in the lobby \ud83d', sender: 'Eve' } })
      const last = await ok<Message>(url, 'POST', `/api/rooms/${room_id}/messages`, {
        token: ann.token,
        body: { content: 'the last' },
      })
      await Promise.all([
        ...members.map((member) => member.hear('new_message', ({ id }) => id === last.id)),
        said.until((text) => text.includes('event: new_message') && text.includes(last.id), 'the stream'),
      ])

      assert.ok(said.items.some((text) => text.includes('"signal"') && text.includes('deep')))
      assert.ok(said.items.some((text) => text.includes('"signal"') && text.includes('attached')))
      assert.ok(said.items.some((text) => text.includes('cut in two \ufffd')))
      for (const text of said.items) assertWellFormed(text, 'what members hear')
      await readAll(url, ann, room_id)
      for (const client of [...members, sender]) client[Symbol.dispose]()
      assert.ok(server.isRunning())
    })

    test('[TX1] are refused in names and ids, and replaced in the content of messages', async () => {
      await using database = await open()
      await using server = await startServer({ env: database.env })
      const { url } = server
      const ann = await signInGuest(url, 'Ann')
      const { id: room_id } = await createRoom(url, ann)
      const path = `/api/rooms/${room_id}/messages`
      const send = (body: JsonObject) => rest<Message & Failure>(url, 'POST', path, { token: ann.token, body })
      const told = await send({ content: 'x\ud83d', format: 'f\udc00' })
      assert.deepEqual([told.status, told.body.content, told.body.format], [400, undefined, undefined])
      const sent = await send({ content: 'x\ud83d😀' })
      assert.deepEqual([sent.status, sent.body.content], [201, 'x\ufffd😀'])
      for (const field of ['client_id', 'reply_to', 'format']) {
        for (const value of ['\ud83d', 'a\udc00', '\u0000']) {
          const { status, body } = await send({ content: 'x', [field]: value })
          assert.deepEqual(
            [status, body.code, Object.keys(body.errors ?? {})],
            [400, 'validation_error', [field]],
            field,
          )
        }
      }
      const named = await rest<Failure>(url, 'POST', '/api/rooms', { token: ann.token, body: { name: 'A \ud83d' } })
      assert.deepEqual([named.status, Object.keys(named.body.errors ?? {})], [400, ['name']])
    })

    test('[TX2] that an earlier release stored are replaced wherever they are sent', async () => {
      await using database = await open()
      await using server = await startServer({ env: database.env })
      const { url } = server
      const ann = await signInGuest(url, 'Ann')
      const film = { type: 'directLink', url: 'https://example.org/HALF.mp4' }
      const { id: room_id } = await createRoom(url, ann, { movie_source: film })
      const before = await connect(url, { token: ann.token })
      const joined = await before.ask('join_room', { room_id })
      const cursor = await cursorOf(url, ann, room_id)
      const path = `/api/rooms/${room_id}`
      await ok(url, 'PATCH', path, { token: ann.token, body: { movie_source: { ...film, file_id: 'HALF' } } })
      const sent = await ok<Message>(url, 'POST', `${path}/messages`, {
        token: ann.token,
        body: { content: 'a HALF and \\ud83d, a \\HALF', client_id: 'once' },
      })
      before[Symbol.dispose]()
      await server.stop()
      for (const [table, column] of [
        ['events', 'body'],
        ['room_profiles', 'movie_source'],
      ] as const) {
        await database.execute(server.dataDir, `UPDATE ${table} SET ${column} = replace(${column}, 'HALF', '\\ud83d')`)
      }
      await server.start()

      const page = await rest<Page>(url, 'GET', `${path}/messages`, { token: ann.token })
      assert.equal(page.body.messages.at(-1)?.content, 'a \ufffd and \\ud83d, a \\\ufffd')
      const again = { content: sent.content, client_id: 'once' }
      await rest(url, 'POST', `${path}/messages`, { token: ann.token, body: again })
      await readAll(url, ann, room_id)
      for (const asked of [{}, { after_seq: joined['seq'], epoch: joined['epoch'] }]) {
        const said = new Recorder<string>()
        const member = await connect(url, { token: ann.token })
        listenIn(member, said)
        await member.ask('join_room', { room_id, ...asked })
        assert.ok(said.items.some((text) => text.includes('a \ufffd and')))
        for (const text of said.items) assertWellFormed(text, 'what a member is told')
        member[Symbol.dispose]()
      }
      const said = new Recorder<string>()
      using _stream = streamed(url, `/api/events?access_token=${ann.token}&room_id=${room_id}`, said, cursor)
      await said.until((text) => text.includes('a \ufffd and'), 'the events that the stream missed')
      for (const text of said.items) assertWellFormed(text, 'a stream that resumes')
    })
  })
}

/** Inputs with a lone surrogate in each field, with several inside nested JSON, and in unknown fields. */
function spoiled(door: Door, room_id: string): JsonObject[] {
  const { all, required } = fieldsOf(door)
  const good: JsonObject = { ...samples, room_id }
  const base = Object.fromEntries(required.map((field) => [field, good[field]]))
  const fields = all.filter((field) => !inPath(door, field))
  return [
    ...fields.flatMap((field) =>
      [...halves, nested, [...halves, nested]].map((value) => ({ ...base, [field]: value })),
    ),
    { ...base, ...nested },
    { '\ud83d': '\ud83d' },
  ]
}

/** Actions that end a session or an account get one made for them. */
async function tokenFor(url: string, action: string, { token }: Guest): Promise<string | undefined> {
  if (!action.startsWith('identity.')) return token
  if (action === 'identity.refresh') return undefined
  const username = `Eve ${randomUUID()}`
  const body = { username, email: `${randomUUID()}@example.org`, password: 'an account of its own' }
  return (await ok<Session>(url, 'POST', '/api/auth/register', { body })).access_token
}

/** Records every packet before it is parsed. */
function listenIn({ socket }: SocketClient, said: Recorder<string>): void {
  socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
    if (typeof data === 'string') said.push(data)
  })
}

/** Reads an event stream block by block, and checks that its bytes are UTF-8. */
function streamed(url: string, path: string, said: Recorder<string>, lastId?: string): Disposable {
  let rest = ''
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  const request = get(url + path, { agent: false, headers: lastId ? { 'last-event-id': lastId } : {} }, (response) => {
    response.on('data', (bytes: Buffer) => {
      const blocks = (rest + utf8.decode(bytes, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) said.push(block)
    })
    response.on('error', () => {})
  })
  request.on('error', () => {})
  return { [Symbol.dispose]: () => void request.destroy() }
}

/** The current event id of a room's stream. */
async function cursorOf(url: string, { token }: Guest, room_id: string): Promise<string> {
  const said = new Recorder<string>()
  using _stream = streamed(url, `/api/events?access_token=${token}&room_id=${room_id}`, said)
  const first = await said.until((text) => /^id: /m.test(text), 'the first id')
  return /^id: (.*)$/m.exec(first)?.[1] ?? ''
}

async function readAll(url: string, { token }: Guest, room_id: string): Promise<void> {
  const here = `/api/rooms/${room_id}`
  for (const path of [
    `${here}/messages?limit=200`,
    '/api/rooms/lobby/messages?limit=200',
    here,
    `${here}/members`,
    '/api/rooms',
    '/api/rooms/my',
  ])
    assertWellFormed((await rest(url, 'GET', path, { token })).text, path)
}

/** No lone surrogate, bare or as an escape, so that every JSON reader accepts it. */
function assertWellFormed(text: string, where: string): void {
  const found = /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/.exec(text)
  const around = text.slice(Math.max(0, (found?.index ?? 0) - 60), (found?.index ?? 0) + 60)
  assert.ok(found === null && text.isWellFormed(), `${where}: ${around}`)
}
