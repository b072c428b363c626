import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Member } from '../harness/members/member.ts'
import { startProxy } from '../harness/proxies/proxy.ts'
import { frame, openRawWebSocket } from '../harness/raw-socket.ts'
import { createRoom, readHistory, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Joined, Message } from '../harness/wire.ts'

const text = 'x'.repeat(19_000)

async function slowCuts({ url }: Server): Promise<number> {
  const metrics = await rest(url, 'GET', '/metrics')
  return Number(/^parlor_cut_total\{reason="slow"\} (\d+)/m.exec(metrics.text)?.[1] ?? 0)
}

test('a slow consumer is cut with 1013, delays no one, and recovers without loss or duplicates', {
  timeout: 60_000,
}, async () => {
  await using server = await startServer()
  const { url, port } = server
  const [ann, bob] = [await signInGuest(url, 'Ann'), await signInGuest(url, 'Bob')]
  const { id: room_id } = await createRoom(url, ann)
  using sender = await connect(url, { token: ann.token })
  await sender.ask<Joined>('join_room', { room_id })

  // A raw WebSocket, to see the close code, and a stock client on a stalling network, to see it reconnect.
  using raw = await openRawWebSocket(port, { auth: { token: bob.token } })
  raw.sendText(`421["join_room",{"room_id":"${room_id}"}]`)
  await raw.texts.until((said) => said.startsWith('431['), 'the join')
  await using proxy = await startProxy(port)
  using stalled = new Member(proxy.url, room_id, { token: bob.token })
  await stalled.here()
  raw.connection.socket.pause()
  proxy.stall()

  const sent: Message[] = []
  while ((await slowCuts(server)) < 2) {
    assert.ok(sent.length < 2000, 'nobody was cut')
    const acks = Array.from({ length: 20 }, () => sender.ask<Message>('send_message', { room_id, content: text }))
    sent.push(...(await Promise.all(acks)))
  }
  raw.connection.socket.resume()
  assert.equal(await raw.end(), 1013)
  proxy.resume()
  await stalled.client.life.until(({ what }) => what === 'disconnect', 'the cut')
  const { reason } = stalled.client.life.items.find(({ what }) => what === 'disconnect') ?? {}
  assert.notEqual(reason, 'io server disconnect')
  await stalled.joins.until(() => stalled.joins.items.length === 2, 'coming back')
  const last = await sender.ask<Message>('send_message', { room_id, content: 'the last' })
  await stalled.reaches(last.seq)
  assert.deepEqual(stalled.view.problems, [])
  const history = await readHistory<Message>(url, room_id)
  const seen = stalled.view.inOrder('new_message').map(({ data }) => data)
  assert.deepEqual(seen, history.slice(-seen.length))
})

test('a large frame cuts no one who reads', { timeout: 60_000 }, async () => {
  await using server = await startServer()
  const { url } = server
  const ann = await signInGuest(url, 'Ann')
  const { id: room_id } = await createRoom(url, ann)
  using sender = await connect(url, { token: ann.token })
  await sender.ask<Joined>('join_room', { room_id })
  const readers = await Promise.all(Array.from({ length: 10 }, () => connect(url)))
  for (const reader of readers) await reader.ask<Joined>('join_room', { room_id })
  let last = 0
  for (let n = 0; n < 60; n++) {
    const content = '€'.repeat(20_000)
    last = (await sender.ask<Message>('send_message', { room_id, content })).seq
  }
  for (const reader of readers) await reader.hear('new_message', ({ seq }) => seq === last)
  assert.equal(await slowCuts(server), 0)
  for (const reader of readers) reader[Symbol.dispose]()
})

test('a client that sends requests and never reads the answers is cut', { timeout: 60_000 }, async () => {
  await using server = await startServer()
  using raw = await openRawWebSocket(server.port)
  raw.connection.socket.pause()
  const question = frame({ payload: `421["no_such_event",${JSON.stringify('x'.repeat(100))}]` })
  const many = Buffer.concat(Array.from({ length: 10_000 }, () => question))
  for (let n = 0; n < 20; n++) raw.send(many)
  const openSockets = async () => {
    const { text } = await rest(server.url, 'GET', '/metrics')
    return Number(/^parlor_connections\{door="socket"\} (\d+)/m.exec(text)?.[1])
  }
  // Other clients are answered until the server cuts this one.
  while ((await openSockets()) > 0) await wait(200)
})
