import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { getHeapSpaceStatistics } from 'node:v8'
import { type Postgres, postgresMissing, sharedPostgres } from '../../../../../../test/harness/postgres.ts'
import { AppError } from '../../../core/error.ts'
import { databaseSuite } from '../testing/database.suite.ts'
import { migrate } from '../migrate.ts'
import { openDatabase } from '../open-database.ts'
import { openPostgres } from './postgres.ts'

const databases = new Map<string, string>()
let server: Postgres | null = null

async function urlOf(name: string): Promise<string> {
  server ??= await sharedPostgres()
  const url = databases.get(name) ?? (await server.createDatabase(name))
  databases.set(name, url)
  return url
}
const open = async (name: string) =>
  openDatabase({ target: { kind: 'postgres', url: await urlOf(name) }, migrations: [], onFailure: () => undefined })

if (!postgresMissing) {
  suite('PostgreSQL', () => {
    after(() => server?.stop())
    databaseSuite('PostgreSQL', open)

    test('migrates once when nodes start together', async () => {
      const steps = Array.from({ length: 5 }, (_, n) => {
        const sql = `CREATE TABLE together_${n} (id BIGINT PRIMARY KEY)`
        return { id: `000${n}`, sqlite: sql, postgres: sql }
      })
      const nodes = await Promise.all([open('together'), open('together'), open('together')])
      await Promise.all(nodes.map((node) => migrate(node, steps)))
      const ran = await nodes[0]?.all({ sql: 'SELECT id FROM migrations', parameters: [] })
      assert.equal(ran?.length, 5)
      await Promise.all(nodes.map((node) => node.close()))
    })

    test('[C1] syncs commits even if the server is configured not to', async () => {
      const url = await urlOf('synced')
      const db = openPostgres({ url })
      await db.write([
        { sql: `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`, parameters: [] },
      ])
      await db.close()
      const next = openPostgres({ url })
      const [row] = await next.all({ sql: 'SHOW synchronous_commit', parameters: [] })
      assert.equal(row?.['synchronous_commit'], 'on')
      await next.close()
    })

    test('a missing database stops the start with a sentence', async () => {
      const url = Object.assign(new URL(await urlOf('there')), { pathname: '/not_there' }).href
      const target = { kind: 'postgres', url } as const
      const opening = openDatabase({ target, migrations: [], onFailure: () => undefined })
      await assert.rejects(opening, { name: 'StartError', message: /DATABASE_URL .*not_there/ })
    })

    test('rejects a transaction whose connection is lost, and runs the next one', async () => {
      const db = openPostgres({ url: await urlOf('lost') })
      const lost = db.transaction('write', async (ask) => {
        const [row] = await ask({ sql: 'SELECT pg_backend_pid() AS pid', parameters: [] })
        await db.all({ sql: 'SELECT pg_terminate_backend($1, 5000)', parameters: [row?.['pid']] })
        // Wait until the client has noticed, so that it is not the next statement that finds out.
        await new Promise((resolve) => setTimeout(resolve, 50))
        return ask({ sql: 'SELECT 1', parameters: [] })
      })
      await assert.rejects(lost, { code: 'storage_unavailable' })
      assert.equal(await db.alive(), true)
      await db.close()
    })

    test('an unreachable server stops the start and fails the health check', async () => {
      const target = { kind: 'postgres', url: 'postgres://nobody@127.0.0.1:1/none' } as const
      const opening = openDatabase({ target, migrations: [], onFailure: () => undefined })
      await assert.rejects(opening, /does not answer/)
      const db = openPostgres({ url: target.url })
      assert.equal(await db.alive(), false)
      await db.close()
    })

    test('[DB7] a burst of long reads delays neither commits, short reads nor health checks, and is not reported as a storage failure', async () => {
      const db = openPostgres({ url: await urlOf('burst') })
      const within = { column: 'word', bytes: 1_000_000 }
      const long = { sql: `SELECT 'x' AS word FROM pg_sleep(0.1)`, parameters: [], within }
      const answers: Promise<string>[] = []
      for (let n = 0; n < 700; n++) answers.push(db.all(long).then(() => 'ok', codeOf))
      const others = [
        () => db.write([{ sql: 'SELECT 1', parameters: [] }]),
        () => db.all({ sql: 'SELECT 1', parameters: [] }),
        () => db.alive(),
      ]
      const took: number[] = []
      for (let n = 0; n < 15; n++) {
        const began = performance.now()
        for (const each of others) assert.notEqual(await each(), false)
        took.push(performance.now() - began)
      }
      // A commit is three round trips. Queued behind the reads they would take seconds.
      assert.ok((took.toSorted((a, b) => a - b)[7] ?? 0) < 250, `${took.map(Math.round).join(' ')} ms`)
      const codes = new Set(await Promise.all(answers))
      assert.deepEqual([...codes].toSorted(), ['ok', 'room_busy'])
      await db.close()
    })

    test('[DB9] a connection limit below DATABASE_CONNECTIONS, of the role or of the database, stops the start with a sentence', async () => {
      const url = await urlOf('few')
      const db = openPostgres({ url })
      const name = `few_${crypto.randomUUID().slice(0, 8)}`
      const run = (sql: string) => db.write([{ sql, parameters: [] }])
      await run(`CREATE ROLE ${name} LOGIN PASSWORD 'few' CONNECTION LIMIT 5`)
      await run(`GRANT ALL ON SCHEMA public TO ${name}`)
      const few = Object.assign(new URL(url), { username: name, password: 'few' }).href
      const start = (connections: number) =>
        openDatabase({
          target: { kind: 'postgres', url: few },
          migrations: [],
          onFailure: () => undefined,
          connections,
        })
      await assert.rejects(start(6), { name: 'StartError', message: /this role 5 connections.*DATABASE_CONNECTIONS/ })
      await (await start(5)).close()
      await db.close()
    })

    test('[DB4] health reports a read-only database, and recovers with it without a restart', async () => {
      const url = await urlOf('read_only')
      const admin = openPostgres({ url })
      const set = (to: string) =>
        admin.transaction('write', async (ask) => {
          const name = new URL(url).pathname.slice(1)
          await ask({ sql: 'SET LOCAL transaction_read_only = off', parameters: [] })
          await ask({ sql: `ALTER DATABASE ${name} SET default_transaction_read_only = ${to}`, parameters: [] })
        })
      await admin.all({ sql: 'CREATE TABLE written (id INT)', parameters: [] })
      await set('on')
      const db = openPostgres({ url })
      const write = () => db.write([{ sql: 'INSERT INTO written VALUES (1)', parameters: [] }])
      await assert.rejects(write(), { code: 'storage_unavailable' })
      assert.equal(await db.alive(), false)
      await set('off')
      await write()
      assert.equal(await db.alive(), true)
      await Promise.all([db.close(), admin.close()])
    })

    test('[DB8] drops a hanging connection before the request timeout, and serves other calls', async () => {
      const db = openPostgres({ url: await urlOf('hangs') })
      await db.all({ sql: 'CREATE TABLE held (id INT); ', parameters: [] })
      await db.write([{ sql: 'INSERT INTO held VALUES (1)', parameters: [] }])
      const began = performance.now()
      const hung = db.transaction('write', (ask) => ask({ sql: 'SELECT pg_sleep(20)', parameters: [] }), 1500)
      await assert.rejects(hung, { code: 'storage_unavailable' })
      assert.ok(performance.now() - began < 4000)
      assert.equal((await db.all({ sql: 'SELECT id FROM held', parameters: [] })).length, 1)
      assert.equal(await db.alive(), true)
      await db.close()
    })

    test('[DB11] rows that nobody uses any more do not reach the old generation', async () => {
      const db = openPostgres({ url: await urlOf('young') })
      const sql = `SELECT repeat(md5(n::text), 256) AS body FROM generate_series(1, 32) n`
      const readSome = () =>
        Promise.all(Array.from({ length: 4 }, () => db.ask({ name: 'young', sql, parameters: [] })))
      let grown = 0
      for (let n = 0; n < 120; n += 1) {
        const before = oldBytes()
        await readSome()
        // Prepared statements and compiled code are kept; full collections between readings do not count.
        if (n >= 20) grown += Math.max(0, oldBytes() - before)
      }
      // 100 MiB were read.
      assert.ok(grown < 15 * 1024 * 1024, `${grown}`)
      await db.close()
    })
  })
}

const oldBytes = (): number =>
  getHeapSpaceStatistics().reduce((sum, { space_name, space_used_size }) => {
    return sum + (space_name === 'old_space' ? space_used_size : 0)
  }, 0)

const codeOf = (thrown: unknown): string => (thrown instanceof AppError ? thrown.code : String(thrown))
