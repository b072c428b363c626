import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { startBehindProxy } from '../harness/proxies/behind-proxy.ts'
import { onPostgres } from '../harness/databases.ts'
import { Member } from '../harness/members/member.ts'
import { postgresMissing, startPostgres } from '../harness/postgres.ts'
import { within } from '../harness/recorder.ts'
import { createRoom, readHistory, rest, signInGuest } from '../harness/rest.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, Message } from '../harness/wire.ts'
import { announced, bare, gather, serverCrash } from '../scenarios/crash.ts'

serverCrash(onPostgres)

test('after kill -9 of the database, answers 503 while it is away and loses nothing acknowledged', {
  skip: postgresMissing,
  timeout: 120_000,
}, async (t) => {
  const random = announced(t)
  const postgres = await startPostgres({ durable: true })
  t.after(() => postgres.stop())
  await using both = await startBehindProxy(await postgres.createDatabase('crash'))
  const { server, door } = both
  const { url, pid } = server
  const witness = await signInGuest(url, 'Witness')
  await using crowd = await gather(url, 5, bare)

  const sending = crowd.send()
  for (let round = 0; round < 2; round++) {
    await crowd.acknowledgedMore(random.between(50, 200))
    door.refuse(true)
    await killBackends(postgres.url)
    door.cut()

    const sent = { body: { type: 'text', content: 'Is anyone there?' }, token: witness.token }
    const refused = await rest<Failure>(url, 'POST', '/api/message', sent)
    assert.deepEqual([refused.status, refused.body.code, refused.body.retry], [503, 'storage_unavailable', 'later'])
    assert.equal(refused.headers.get('retry-after'), '2')
    const [member] = crowd.members
    assert.ok(member)
    await member.refusals.until((reply) => !reply.ok && reply.code === 'storage_unavailable', 'a refused message')
    for (const [path, status] of [
      ['/api/live', 200],
      ['/api/ready', 503],
      ['/api/health', 503],
    ] satisfies [string, number][]) {
      assert.equal((await rest(url, 'GET', path)).status, status, path)
    }
    door.refuse(false)
    await crowd.acknowledgedMore(50)
  }
  crowd.enough()
  await within(sending, 'the rest of the messages', 60_000)
  await crowd.check()
  // A health answer is kept for up to a second.
  let health = await rest(url, 'GET', '/api/health')
  for (let tries = 0; health.status !== 200 && tries < 30; tries++) {
    await wait(100)
    health = await rest(url, 'GET', '/api/health')
  }
  assert.deepEqual([health.status, health.body['status']], [200, 'healthy'])
  assert.equal(server.isRunning() && server.pid, pid, 'the server was not restarted')
})

test('with a hanging database, answers a join within 5 s and neither loses nor duplicates a message', {
  skip: postgresMissing,
  timeout: 60_000,
}, async () => {
  await using database = await onPostgres.open()
  await using both = await startBehindProxy(String(database.env['DATABASE_URL']))
  const { server, door } = both
  const { url } = server
  const ann = await signInGuest(url, 'Ann')
  const { id: room_id } = await createRoom(url, ann)
  using member = new Member(url, room_id, { token: ann.token })
  await member.here()
  using late = await connect(url, { token: (await signInGuest(url, 'Bob')).token })

  door.stall()
  const sending = Array.from({ length: 20 }, (_, n) => member.send(`stalled-${n}`, `message ${n}`))
  const began = performance.now()
  const reply = await late.request('join_room', { room_id }, 8000)
  assert.ok(performance.now() - began < 5000)
  assert.deepEqual(!reply.ok && [reply.code, reply.retry], ['storage_unavailable', 'later'])
  assert.equal((await rest(url, 'GET', '/api/live')).status, 200)
  door.resume()
  await within(Promise.all(sending), 'the messages', 20_000)
  const history = await readHistory<Message>(url, room_id)
  assert.equal(history.length, 20)
  assert.equal(new Set(history.map(({ client_id }) => client_id)).size, 20)
  await member.reaches(Math.max(...history.map(({ seq }) => seq)))
  assert.deepEqual(member.view.problems, [])
  assert.deepEqual(
    member.view.inOrder('new_message').map(({ data }) => data),
    history,
  )
})

/** Kills every process of the database, as a crash would, except the parent that restarts them. */
async function killBackends(url: string) {
  const client = new Client(url)
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where pid <> pg_backend_pid()')
  for (const { pid } of rows) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has already ended, by itself or because another one was killed.
    }
  }
  await client.end().catch(() => {})
}
