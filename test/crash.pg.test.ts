import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { onPostgres } from './harness/databases.ts'
import { postgresMissing, startPostgres } from './harness/postgres.ts'
import { startProxy } from './harness/proxy.ts'
import { within } from './harness/recorder.ts'
import { rest, signInGuest } from './harness/rest.ts'
import { startServer } from './harness/server.ts'
import type { Failure } from './harness/wire.ts'
import { announced, gather, serverCrash } from './scenarios/crash.ts'

serverCrash(onPostgres)

test('kill -9 of the database under a living server: 503 while it is away, nothing acknowledged is lost', {
  skip: postgresMissing,
  timeout: 120_000,
}, async (t) => {
  const random = announced(t)
  const postgres = await startPostgres({ durable: true })
  t.after(() => postgres.stop())
  const direct = new URL(await postgres.createDatabase('crash'))
  // The server reaches the database through a door of ours, so that we say when it may come back.
  await using door = await startProxy(Number(direct.port))
  const through = Object.assign(new URL(direct), { port: String(door.port) }).href
  await using server = await startServer({ env: { DATABASE_URL: through } })
  const { url, pid } = server
  const witness = await signInGuest(url, 'Witness')
  await using crowd = await gather(url, 5)

  const sending = crowd.send()
  for (let round = 0; round < 2; round++) {
    await crowd.acknowledgedMore(random.between(50, 200))
    door.refuse(true)
    await killBackends(postgres.url)
    door.cut()

    const sent = { body: { type: 'text', content: 'Is anyone there?' }, token: witness.token }
    const refused = await rest<Failure>(url, 'POST', '/api/message', sent)
    assert.deepEqual([refused.status, refused.body.code, refused.body.retry], [503, 'storage_unavailable', 'resend'])
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
  // An answer of the checks stands for a second.
  let health = await rest(url, 'GET', '/api/health')
  for (let tries = 0; health.status !== 200 && tries < 30; tries++) {
    await wait(100)
    health = await rest(url, 'GET', '/api/health')
  }
  assert.deepEqual([health.status, health.body['status']], [200, 'healthy'])
  assert.equal(server.isRunning() && server.pid, pid, 'the server was not restarted')
})

/** As a crash of the machine would: every process of the database but the one that brings them back, without a word. */
async function killBackends(url: string) {
  const client = new Client(url)
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where pid <> pg_backend_pid()')
  for (const { pid } of rows) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself in between, or with those before it.
    }
  }
  await client.end().catch(() => {})
}
