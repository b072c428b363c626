import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { EventSource } from 'eventsource'
import { io, type Socket } from 'socket.io-client'
import { mp3, ogg, smallImage, tone } from '../../packages/server/src/platform/media/testing/samples.ts'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { Recorder } from '../harness/recorder.ts'
import { type Server, startServer } from '../harness/server.ts'
import type { JsonObject } from '../harness/wire.ts'

type Heard = { event: string; data: JsonObject }

/** A stock client at the root URL, with nothing but what the document says; it remembers what it hears. */
class ChatClient {
  readonly socket: Socket
  readonly heard = new Recorder<Heard>()

  constructor(url: string) {
    this.socket = io(url, { forceNew: true })
    this.socket.onAny((event: string, data: JsonObject) => this.heard.push({ event, data }))
  }

  async hear(event: string, matches: (data: JsonObject) => boolean = () => true): Promise<JsonObject> {
    return (await this.heard.until((item) => item.event === event && matches(item.data), event)).data
  }

  [Symbol.dispose](): void {
    this.socket.disconnect()
  }
}

/** A stock EventSource that listens to these events. */
class Stream {
  readonly source: EventSource
  readonly heard = new Recorder<Heard & { id: string }>()
  readonly opened: Promise<void>

  constructor(url: string, events: readonly string[]) {
    this.source = new EventSource(`${url}/api/events`)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.opened = promise
    this.source.addEventListener('ready', () => resolve())
    for (const event of events) {
      this.source.addEventListener(event, ({ data, lastEventId }) =>
        this.heard.push({ event, data: JSON.parse(data), id: lastEventId }),
      )
    }
  }

  async hear(event: string, matches: (data: JsonObject) => boolean = () => true): Promise<JsonObject> {
    return (await this.heard.until((item) => item.event === event && matches(item.data), event)).data
  }

  [Symbol.dispose](): void {
    this.source.close()
  }
}

/**
 * The document of the chat service, sentence by sentence, with clients that know nothing but the document; each test quotes what
 * it holds. What the document promises and Parlor does otherwise stands in docs/chat-service.md.
 */
export function chatService(kind: DatabaseKind): void {
  suite(`on ${kind.name}, the document of the chat service`, { skip: kind.missing, timeout: 120_000 }, () => {
    let database: Database
    let server: Server
    before(async () => {
      database = await kind.open()
      // "Create a .env file (or set environment variables)", with its values.
      const env = {
        SECRET_KEY: 'your-secret-key-here',
        CELERY_BROKER_URL: 'redis://localhost:6379/0',
        CORS_ORIGINS: '*',
      }
      server = await startServer({ env: { ...database.env, ...env, FLASK_DEBUG: 'False', PARLOR_ENV: 'development' } })
    })
    after(async () => {
      await server?.[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
    })

    /** As curl sends it. */
    async function post(path: string, body: JsonObject): Promise<{ status: number; body: JsonObject }> {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
      return { status: response.status, body: JSON.parse(await response.text()) }
    }

    test('"GET /api/health: Returns service health status"', async () => {
      const response = await fetch(`${server.url}/api/health`)
      assert.equal(response.status, 200)
      assert.equal(JSON.parse(await response.text()).status, 'healthy')
    })

    test('"POST /api/message", "New message received", and "Real-time data streaming for clients"', async () => {
      using client = new ChatClient(server.url)
      using stream = new Stream(server.url, ['message'])
      await Promise.all([client.hear('connected'), stream.opened])
      const sent = await post('/api/message', { type: 'text', content: 'Hello, café', sender: 'curl' })
      assert.equal(sent.status, 201)
      assert.equal(sent.body['content'], 'Hello, café')
      assert.equal(Object(sent.body['sender']).name, 'curl')
      for (const hearer of [client, stream]) {
        assert.deepEqual(await hearer.hear('message', ({ id }) => id === sent.body['id']), sent.body)
      }
    })

    test('"Support for text, image (base64), and audio (base64) messages": POST /api/message, with "optional format"', async () => {
      using client = new ChatClient(server.url)
      using stream = new Stream(server.url, ['message'])
      await Promise.all([client.hear('connected'), stream.opened])
      for (const [type, format, bytes] of await everyFormat()) {
        const content = bytes.toString('base64')
        for (const given of [{ format }, {}]) {
          const sent = await post('/api/message', { type, content, sender: 'curl', ...given })
          assert.deepEqual([sent.status, sent.body['type'], sent.body['format']], [201, type, format])
          const heard = await client.hear('message', ({ id }) => id === sent.body['id'])
          assert.deepEqual(heard, sent.body)
          assert.ok(Buffer.from(String(heard['content']), 'base64').length > 0)
          assert.deepEqual(await stream.hear('message', ({ id }) => id === sent.body['id']), heard)
          const file = await fetch(server.url + String(heard['url']))
          assert.equal(file.headers.get('content-type')?.split('/')[0], type)
          assert.equal(Buffer.from(await file.arrayBuffer()).toString('base64'), heard['content'])
        }
      }
    })

    test('"send_image - Send image message (base64)", "send_audio - Send audio message (base64)", "message - Send a message"', async () => {
      using sender = new ChatClient(server.url)
      using other = new ChatClient(server.url)
      await Promise.all([sender.hear('connected'), other.hear('connected')])
      for (const [type, format, bytes] of await everyFormat()) {
        const content = bytes.toString('base64')
        const from = other.heard.items.length
        sender.socket.emit(`send_${type}`, { [type]: content, sender: 'Bea', format })
        sender.socket.emit('message', { type, content, sender: 'Bea', format })
        const heard = () => other.heard.items.slice(from).filter(({ event }) => event === 'message')
        await other.heard.until(() => heard().length === 2, 'two messages')
        for (const { data } of heard()) {
          assert.deepEqual([data['type'], data['format'], Object(data['sender']).name], [type, format, 'Bea'])
          assert.ok(String(data['content']).length > 0)
        }
      }
    })

    test('"POST /api/messages/broadcast: Broadcasts a system message to all connected clients", "broadcast - System broadcast message"', async () => {
      using client = new ChatClient(server.url)
      using stream = new Stream(server.url, ['broadcast'])
      await Promise.all([client.hear('connected'), stream.opened])
      // "Same request body format as /api/message"
      const sent = await post('/api/messages/broadcast', { type: 'text', content: 'Restart at noon', sender: 'ops' })
      assert.equal(sent.status, 201)
      for (const hearer of [client, stream]) assert.deepEqual(await hearer.hear('broadcast'), sent.body)
    })

    test('"POST /api/events/publish", and "GET /api/events: Server-Sent Events stream endpoint"', async () => {
      using client = new ChatClient(server.url)
      using stream = new Stream(server.url, ['order.created'])
      await Promise.all([client.hear('connected'), stream.opened])
      const first = await post('/api/events/publish', { event_type: 'order.created', data: {} })
      assert.equal(first.status, 201)
      assert.deepEqual(await stream.hear('order.created'), {})
      const { id } = stream.heard.items[0] ?? { id: '' }
      stream[Symbol.dispose]()
      await post('/api/events/publish', { event_type: 'order.created', data: { n: 2, list: ['a'] } })
      await server.kill()
      await server.start()
      await post('/api/events/publish', { event_type: 'order.created', data: { n: 3 } })
      const text = await firstBytes(`${server.url}/api/events`, { 'last-event-id': id }, /"n":3/)
      assert.match(text, /event: order\.created\ndata: {"n":2,"list":\["a"\]}/)
      assert.equal(
        client.heard.items.some(({ event }) => event === 'order.created'),
        false,
      )
    })

    test('"connect - Client connection", "Connect to WebSocket at the root URL", "connected - Connection confirmation"', async () => {
      using client = new ChatClient(server.url)
      const connected = await client.hear('connected')
      assert.equal(connected['sid'], client.socket.id)
    })

    test('"message - Send a message", "message_received - Message delivery confirmation"', async () => {
      using sender = new ChatClient(server.url)
      using other = new ChatClient(server.url)
      await Promise.all([sender.hear('connected'), other.hear('connected')])
      sender.socket.emit('message', { type: 'text', content: 'by socket', sender: 'Ann' })
      const heard = await other.hear('message', ({ content }) => content === 'by socket')
      assert.equal(Object(heard['sender']).name, 'Ann')
      assert.deepEqual(await sender.hear('message', ({ id }) => id === heard['id']), heard)
      const { id } = await sender.hear('message_received')
      assert.equal(id, heard['id'])
    })

    test('"send_text - Send text message"', async () => {
      using client = new ChatClient(server.url)
      await client.hear('connected')
      client.socket.emit('send_text', { text: 'a text', sender: 'Bea' })
      const heard = await client.hear('message', ({ content }) => content === 'a text')
      assert.deepEqual([heard['type'], Object(heard['sender']).name], ['text', 'Bea'])
    })

    test('"ping - Keep-alive ping", "pong - Ping response"', async () => {
      using client = new ChatClient(server.url)
      await client.hear('connected')
      client.socket.emit('ping')
      assert.ok('timestamp' in (await client.hear('pong')))
    })

    test('"notification - System notification"', async () => {
      using client = new ChatClient(server.url)
      await client.hear('connected')
      // Who may send one the document does not say: the administrator, whom the server's log invites.
      const line = await server.log.until(({ setup_url }) => setup_url !== undefined, 'the invitation')
      const choices = { server_name: 'Chat', registration: 'open', guests: true, lobby: true }
      const account = { email: 'ops@example.org', username: 'ops', password: 'a long walk in the rain' }
      const token = String(line['setup_url']).split('#token=')[1] ?? ''
      const { access_token } = (await post('/api/setup', { ...account, ...choices, token })).body
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${String(access_token)}` }
      const body = JSON.stringify({ title: 'Maintenance', body: 'At noon' })
      const sent = await fetch(`${server.url}/api/admin/notifications`, { method: 'POST', headers, body })
      assert.deepEqual([sent.status, await sent.json()], [201, await client.hear('notification')])
    })

    test('"error - Error message"', async () => {
      using client = new ChatClient(server.url)
      await client.hear('connected')
      client.socket.emit('send_text', { text: '', sender: 'Bea' })
      const { code, event, error } = await client.hear('error')
      assert.deepEqual([code, event, typeof error], ['validation_error', 'send_text', 'string'])
    })
  })
}

/** An image or recording in each format that the document names. */
async function everyFormat(): Promise<[type: 'image' | 'audio', format: string, bytes: Buffer][]> {
  return [
    ['image', 'png', await smallImage('png')],
    ['image', 'jpg', await smallImage('jpeg')],
    ['audio', 'wav', tone(1)],
    ['audio', 'mp3', mp3()],
    ['audio', 'ogg', await ogg()],
  ]
}

/** What a request answers, up to a text that it must contain. */
async function firstBytes(url: string, headers: Record<string, string>, until: RegExp): Promise<string> {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: AbortSignal.any([abort.signal, AbortSignal.timeout(20_000)]) })
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (until.test(text)) break
  }
  abort.abort()
  return text
}
