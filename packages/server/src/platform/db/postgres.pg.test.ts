import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { type Postgres, postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { databaseContract } from './database-contract.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open-database.ts'
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
    databaseContract('PostgreSQL', open)

    test('nodes that start together migrate once', async () => {
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

    test('[C1] commits are synced even where the server is set not to', async () => {
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

    test('a database that is not there stops the start with a sentence', async () => {
      const url = Object.assign(new URL(await urlOf('there')), { pathname: '/not_there' }).href
      const target = { kind: 'postgres', url } as const
      const opening = openDatabase({ target, migrations: [], onFailure: () => undefined })
      await assert.rejects(opening, { name: 'StartError', message: /DATABASE_URL .*not_there/ })
    })

    test('a connection lost in the midst of a transaction rejects that, and the next one works', async () => {
      const db = openPostgres({ url: await urlOf('lost') })
      const lost = db.transaction('write', async (ask) => {
        const [row] = await ask({ sql: 'SELECT pg_backend_pid() AS pid', parameters: [] })
        await db.all({ sql: 'SELECT pg_terminate_backend($1, 5000)', parameters: [row?.['pid']] })
        // The word of it must have come, so that it is not the next statement that finds out.
        await new Promise((resolve) => setTimeout(resolve, 50))
        return ask({ sql: 'SELECT 1', parameters: [] })
      })
      await assert.rejects(lost, { code: 'storage_unavailable' })
      assert.equal(await db.alive(), true)
      await db.close()
    })

    test('a server that is not there is refused at the start, and says so to a health check', async () => {
      const target = { kind: 'postgres', url: 'postgres://nobody@127.0.0.1:1/none' } as const
      const opening = openDatabase({ target, migrations: [], onFailure: () => undefined })
      await assert.rejects(opening, /does not answer/)
      const db = openPostgres({ url: target.url })
      assert.equal(await db.alive(), false)
      await db.close()
    })
  })
}
