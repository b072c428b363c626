import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ok } from '../../harness/rest.ts'
import type { JsonObject } from '../../harness/wire.ts'
import { ChatClient, type ChatStand, connected, everyFormat } from './clients.ts'

/** "WebSocket Events": by a stock Socket.IO client. */
export function socketEvents(stand: () => ChatStand): void {
  const url = () => stand().server.url

  test('"connect - Client connection", "Connect to WebSocket at the root URL", "connected - Connection confirmation"', async () => {
    for (const transports of [['polling', 'websocket'], ['websocket'], ['polling']]) {
      using client = new ChatClient(url(), transports)
      const { sid } = await client.hear('connected')
      assert.equal(sid, client.socket.id)
    }
  })

  test('"message - Send a message", "message_received - Message delivery confirmation"', async () => {
    using sender = await connected(url())
    using other = await connected(url())
    sender.socket.emit('message', { type: 'text', content: 'by socket', sender: 'Ann' })
    const heard = await other.hear('message', ({ content }) => content === 'by socket')
    assert.deepEqual([heard['type'], Object(heard['sender']).name], ['text', 'Ann'])
    assert.deepEqual(await sender.hear('message', ({ id }) => id === heard['id']), heard)
    const { id } = await sender.hear('message_received')
    assert.equal(id, heard['id'])
    // It is for the sender.
    assert.equal(
      other.heard.items.some(({ event }) => event === 'message_received'),
      false,
    )
  })

  test('"send_text - Send text message"', async () => {
    using client = await connected(url())
    client.socket.emit('send_text', { text: 'a text', sender: 'Bea' })
    const heard = await client.hear('message', ({ content }) => content === 'a text')
    assert.deepEqual([heard['type'], Object(heard['sender']).name], ['text', 'Bea'])
    await client.hear('message_received', ({ id }) => id === heard['id'])
  })

  test('"send_image - Send image message (base64)", "send_audio - Send audio message (base64)", "message - Send a message"', async () => {
    using sender = await connected(url())
    using other = await connected(url())
    for (const { type, bytes, usual, said } of await everyFormat()) {
      for (const format of said) {
        const content = bytes.toString('base64')
        const more = { sender: 'Bea', ...(format ? { format } : {}) }
        const isTheirs = ({ event }: { event: string }) => event === 'message'
        const from = other.heard.items.length
        sender.socket.emit(`send_${type}`, { [type]: content, ...more })
        sender.socket.emit('message', { type, content, ...more })
        const heard = () => other.heard.items.slice(from).filter(isTheirs)
        await other.heard.until(() => heard().length === 2, 'two messages')
        for (const { data } of heard()) {
          assert.deepEqual([data['type'], data['format'], Object(data['sender']).name], [type, format ?? usual, 'Bea'])
          assert.ok(Buffer.from(String(data['content']), 'base64').length > 0)
          await sender.hear('message_received', ({ id }) => id === data['id'])
        }
      }
    }
  })

  test('"ping - Keep-alive ping", "pong - Ping response"', async () => {
    using client = await connected(url())
    client.socket.emit('ping')
    assert.ok('timestamp' in (await client.hear('pong')))
  })

  test('"notification - System notification"', async () => {
    using client = await connected(url())
    // Who may send one the document does not say: the administrator.
    const said = { token: stand().admin, body: { title: 'Maintenance', body: 'At noon' } }
    const sent = await ok<JsonObject>(url(), 'POST', '/api/admin/notifications', said)
    assert.deepEqual(sent, await client.hear('notification'))
  })

  test('"error - Error message"', async () => {
    using client = await connected(url())
    const wrong = [
      ['send_text', { text: '', sender: 'Bea' }, 'validation_error'],
      ['send_image', { image: 'no base64!', sender: 'Bea' }, 'validation_error'],
      ['message', { type: 'text', sender: 'Bea' }, 'missing_fields'],
      ['send_dance', {}, 'unknown_event'],
    ] as const
    for (const [event, data, code] of wrong) {
      client.socket.emit(event, data)
      const { error } = await client.hear('error', (said) => said['event'] === event && said['code'] === code)
      assert.equal(typeof error, 'string')
    }
    // The connection stays.
    client.socket.emit('ping')
    await client.hear('pong')
  })
}
