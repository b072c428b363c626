import assert from 'node:assert/strict'
import { after, afterEach, before } from 'node:test'
import { createRoom, rest, signInGuest } from '../rest.ts'
import { type Server, startServer } from '../server.ts'
import { connect } from '../socket-client.ts'
import type { Joined, Message } from '../wire.ts'

/** Two people who talk in a room while others send bad input: they show whether the server still works. */
export async function goodCompany(server: Server) {
  const { url, pid } = server
  const ann = await signInGuest(url, 'Ann')
  const bob = await signInGuest(url, 'Bob')
  const { id: room_id } = await createRoom(url, ann)
  const speaker = await connect(url, { token: ann.token })
  const listener = await connect(url, { token: bob.token, transports: ['polling'] })
  for (const client of [speaker, listener]) await client.ask<Joined>('join_room', { room_id })

  return {
    room_id,
    ann,
    bob,
    speaker,
    /** Asserts that the server is healthy and the same process, and that a message still arrives. */
    async goOn() {
      const health = await rest(url, 'GET', '/api/health')
      assert.deepEqual([health.status, health.body['status']], [200, 'healthy'])
      assert.ok(server.isRunning(), 'the server runs')
      assert.equal(server.pid, pid)
      const sent = await speaker.ask<Message>('send_message', { room_id, content: 'Still here?' })
      assert.deepEqual(await listener.hear('new_message', ({ seq }) => seq === sent.seq), sent)
    },
    [Symbol.dispose]() {
      speaker[Symbol.dispose]()
      listener[Symbol.dispose]()
    },
  }
}

/**
 * One server with such company for all tests of a suite: called inside it. After each of them the server must still serve,
 * and be the same process.
 */
export function inGoodCompany() {
  let server: Server
  let company: Awaited<ReturnType<typeof goodCompany>>
  before(async () => {
    server = await startServer()
    company = await goodCompany(server)
  })
  afterEach(() => company.goOn())
  after(async () => {
    company?.[Symbol.dispose]()
    await server?.[Symbol.asyncDispose]()
  })
  return {
    get server() {
      return server
    },
    get company() {
      return company
    },
  }
}
