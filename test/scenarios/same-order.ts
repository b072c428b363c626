import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventSource } from 'eventsource'
import type { DatabaseKind } from '../harness/databases.ts'
import { Recorder } from '../harness/recorder.ts'
import { createRoom, ok, readHistory, signInGuest } from '../harness/rest.ts'
import { SdkMember } from '../harness/sdk.ts'
import { startServer } from '../harness/server.ts'
import { connect, type Heard, type SocketClient } from '../harness/socket-client.ts'
import type { Joined, JsonObject, Message } from '../harness/wire.ts'

const each = 40

/** Bare clients over websocket, over polling, SSE with `fetch`, and the SDK, all sending at once into one room. */
export function sameOrder({ name, missing, open }: DatabaseKind): void {
  test(`on ${name}, websocket, polling, SSE with fetch and the SDK see one order`, {
    skip: missing,
    timeout: 60_000,
  }, async () => {
    await using database = await open()
    await using server = await startServer({ env: database.env })
    const { url } = server
    const people = ['Ann', 'Bob', 'Cleo', 'Dora'].map((person) => signInGuest(url, person))
    const [ann, bob, cleo, dora] = await Promise.all(people)
    assert.ok(ann && bob && cleo && dora)
    const { id: room_id } = await createRoom(url, ann)

    using websocket = await connect(url, { token: ann.token, transports: ['websocket'] })
    using polling = await connect(url, { token: bob.token, transports: ['polling'] })
    for (const client of [websocket, polling]) await client.ask<Joined>('join_room', { room_id })
    assert.equal(polling.socket.io.engine.transport.name, 'polling')
    await ok(url, 'POST', `/api/rooms/${room_id}/join`, { token: cleo.token })
    using stream = listen(`${url}/api/events?access_token=${cleo.token}&room_id=${room_id}`)
    await stream.opened
    using sdk = new SdkMember(url, room_id, { token: dora.token })
    await sdk.here()

    const acknowledged = await Promise.all([
      ...Array.from({ length: each }, (_, n) => send(websocket, room_id, `websocket ${n}`)),
      ...Array.from({ length: each }, (_, n) => send(polling, room_id, `polling ${n}`)),
      ...Array.from({ length: each }, (_, n) => sdk.send('', `SDK ${n}`)),
      ...Array.from({ length: each }, (_, n) =>
        ok<Message>(url, 'POST', '/api/message', {
          token: cleo.token,
          body: { room_id, type: 'text', content: `fetch ${n}` },
        }),
      ),
    ])
    const expected = acknowledged.toSorted((a, b) => a.seq - b.seq)
    assert.equal(new Set(expected.map(({ seq }) => seq)).size, 4 * each)

    const last = expected.at(-1)?.seq
    const isLast = ({ event, data }: Heard) => event === 'new_message' && data['seq'] === last
    for (const { heard } of [websocket, polling, stream]) await heard.until(isLast, `message ${last}`)

    await sdk.reaches(last ?? 0)

    const messagesOf = (heard: readonly Heard[]) =>
      heard.filter(({ event }) => event === 'new_message').map(({ data }) => data)
    assert.deepEqual(messagesOf(websocket.heard.items), expected)
    assert.deepEqual(messagesOf(polling.heard.items), expected)
    assert.deepEqual(messagesOf(stream.heard.items), expected)
    assert.deepEqual(sdk.seen(), { messages: expected, isWhole: true, problems: [] })
    const own = expected.filter(({ sender }) => sender.id === dora.id).map(({ content }) => content)
    assert.deepEqual(
      own,
      Array.from({ length: each }, (_, n) => `SDK ${n}`),
      'in the order of writing',
    )
    assert.deepEqual(await readHistory(url, room_id), expected)
    for (const { heard } of [websocket, polling, stream]) assertAscending(heard.items, room_id)
  })
}

const send = (client: SocketClient, room_id: string, content: string) =>
  client.ask<Message>('send_message', { room_id, content, client_id: content }, 30_000)

/** The stock EventSource, which needs a listener for each event name. */
function listen(address: string) {
  const source = new EventSource(address)
  const heard = new Recorder<Heard>()
  for (const event of ['new_message', 'member_joined', 'member_left', 'room_position', 'reset']) {
    source.addEventListener(event, (message) => heard.push({ event, data: JSON.parse(message.data) }))
  }
  const { promise: opened, resolve } = Promise.withResolvers<void>()
  source.addEventListener('open', () => resolve())
  return { heard, opened, [Symbol.dispose]: () => source.close() }
}

/** Events of all types share one ascending sequence. */
function assertAscending(heard: readonly Heard[], room_id: string) {
  const beside = new Set(['room_joined', 'message_received', 'room_position'])
  const seqs = heard
    .filter(({ event, data }: { event: string; data: JsonObject }) => !beside.has(event) && data['room_id'] === room_id)
    .flatMap(({ data }) => (typeof data['seq'] === 'number' ? [data['seq']] : []))
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].toSorted((a, b) => a - b),
  )
}
