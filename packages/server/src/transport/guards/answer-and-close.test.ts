import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { test } from 'node:test'
import { answerAndClose } from './answer-and-close.ts'

test('a refused peer that keeps its half of the connection open is closed after a while', {
  timeout: 5000,
}, async () => {
  await using server = createServer({ allowHalfOpen: true }, (socket) => answerAndClose(socket, 'no', 20)).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const client = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  client.on('error', () => {})
  const [socket] = await once(server, 'connection')
  const [heard] = await once(client, 'data')
  assert.equal(String(heard), 'no')
  assert.equal(client.writable, true)
  if (!socket.destroyed) await once(socket, 'close')
  client.destroy()
})
