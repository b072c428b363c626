import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { cannotFreeze, freeze } from '../harness/faults/freeze.ts'
import { postgresMissing, startPostgres } from '../harness/postgres.ts'
import { within } from '../harness/recorder.ts'
import { createRoom, rest, signInGuest } from '../harness/rest.ts'
import { startServer } from '../harness/server.ts'
import { connect, SocketClient } from '../harness/socket-client.ts'
import type { Failure } from '../harness/wire.ts'
import { bare, gather } from '../scenarios/crash.ts'

test('[DB8] with PostgreSQL frozen under load, every door refuses within 5 s, later at once, and recovers without loss', {
  skip: postgresMissing || cannotFreeze,
  timeout: 120_000,
}, async () => {
  const postgres = await startPostgres({ durable: true })
  await using _stopped = { [Symbol.asyncDispose]: () => postgres.stop() }
  const database = await postgres.createDatabase('frozen')
  await using server = await startServer({ env: { DATABASE_URL: database } })
  const { url } = server
  const ann = await signInGuest(url, 'Ann')
  const unseen = await signInGuest(url, 'Una')
  const { id: room_id } = await createRoom(url, ann)
  using socket = await connect(url, { token: ann.token })
  await socket.request('join_room', { room_id })
  await using crowd = await gather(url, 20, bare)
  const sending = crowd.send()
  // If a check fails first, the test must report that failure, not this promise as unhandled.
  sending.catch(() => {})
  await crowd.acknowledgedMore(200)

  const message = { room_id, type: 'text', content: 'Is anyone there?' }
  const post = () => rest<Failure>(url, 'POST', '/api/message', { token: ann.token, body: message })
  const doors = {
    post: async () => {
      const { status, body, headers } = await post()
      assert.ok(Number(headers.get('retry-after')) > 0)
      return [status, body.code, body.retry]
    },
    socket: async () => {
      const reply = await socket.request('send_message', message)
      return reply.ok ? ['ok'] : [503, reply.code, reply.retry]
    },
    join: async () => {
      const reply = await socket.request('join_room', { room_id: crowd.room_id })
      return reply.ok ? ['ok'] : [503, reply.code, reply.retry]
    },
    handshake: async () => {
      using client = new SocketClient(url, { token: unseen.token })
      const { error } = await client.life.until(() => true, 'the refusal')
      const said: unknown = error && 'data' in error ? error.data : null
      const { code, retry }: Partial<Failure> = JSON.parse(JSON.stringify(said)) ?? {}
      return [503, code, retry]
    },
    stream: async () => {
      const { status, body, headers } = await rest<Failure>(url, 'GET', '/api/events', { token: ann.token })
      assert.ok(Number(headers.get('retry-after')) > 0)
      return [status, body.code, body.retry]
    },
    signIn: async () => {
      const { status, body } = await rest<Failure>(url, 'POST', '/api/auth/guest', { body: { name: 'Late' } })
      return [status, body.code, body.retry]
    },
    history: async () => {
      const { status, body } = await rest<Failure>(url, 'GET', `/api/rooms/${room_id}/messages`, { token: ann.token })
      return [status, body.code, body.retry]
    },
  }
  const askAll = (ms: number, codes = ['storage_unavailable']) =>
    Promise.all(
      Object.entries(doors).map(async ([name, ask]) => {
        const began = performance.now()
        const answer = await ask()
        const took = performance.now() - began
        const [status, code, retry] = answer
        assert.deepEqual([status, retry], [503, 'later'], name)
        assert.ok(codes.includes(String(code)), `${name}: ${code}`)
        assert.ok(took < ms, `${name}: ${took} ms`)
      }),
    )
  const health = async () => {
    const began = performance.now()
    const { status } = await rest(url, 'GET', '/api/health')
    assert.ok(performance.now() - began < 2500)
    return status
  }

  const thaw = await freeze(postgres.url)
  try {
    // Until the failure is noticed, calls that wait for a connection may be refused as `room_busy`.
    await Promise.all([askAll(5000, ['storage_unavailable', 'room_busy']), health()])
    await askAll(1000)
    assert.equal(await health(), 503)
    assert.equal((await rest(url, 'GET', '/api/live')).status, 200)
    assert.equal((await rest(url, 'GET', '/api/ready')).status, 503)
    assert.equal((await rest(url, 'GET', '/metrics')).text.includes('parlor_database_away 1'), true)
  } finally {
    thaw()
  }
  const thawedAt = performance.now()
  let sent = await post()
  while (sent.status !== 201 && performance.now() - thawedAt < 10_000) {
    await pause(100)
    sent = await post()
  }
  assert.equal(sent.status, 201)
  assert.ok(performance.now() - thawedAt < 5000, `${performance.now() - thawedAt} ms until a message was stored`)
  await crowd.acknowledgedMore(200)
  crowd.enough()
  await within(sending, 'the rest of the messages', 30_000)
  await crowd.check()
  // A health answer is kept for up to a second.
  await pause(1000)
  assert.equal(await health(), 200)

  const client = new Client(database)
  await client.connect()
  const { rows } = await client.query(
    `select state, query from pg_stat_activity where application_name = 'parlor' and state like 'idle in transaction%'`,
  )
  await client.end()
  assert.deepEqual(rows, [])
})
