import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { type Postgres, postgresMissing, sharedPostgres, startPostgres } from './postgres.ts'

async function answer(url: string, sql: string): Promise<unknown> {
  const client = new Client(url)
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

suite('the PostgreSQL of the tests', { skip: postgresMissing }, () => {
  let postgres: Postgres
  before(async () => {
    postgres = await sharedPostgres()
  })
  after(() => postgres.stop())

  test('two databases of the same name are separate', async () => {
    const [one, other] = [await postgres.createDatabase('x'), await postgres.createDatabase('x')]
    await answer(one, 'create table only_here (id int)')
    assert.equal(await answer(one, `select to_regclass('only_here')::text`), 'only_here')
    assert.equal(await answer(other, `select to_regclass('only_here')::text`), null)
  })

  test('only a durable server syncs, and stopping a server ends its process', async () => {
    assert.equal(await answer(postgres.url, 'show fsync'), 'off')
    const durable = await startPostgres({ durable: true })
    assert.equal(await answer(durable.url, 'show fsync'), 'on')
    const folder = String(await answer(durable.url, 'show data_directory'))
    await durable.stop()
    await assert.rejects(answer(durable.url, 'select 1'))
    await assert.rejects(import('node:fs/promises').then((fs) => fs.stat(folder)))
  })

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    test(`it ends when the program that started it ends by ${signal}`, async () => {
      const module = JSON.stringify(new URL('postgres.ts', import.meta.url).href)
      const program = `import { startPostgres } from ${module}; console.log((await startPostgres({ durable: false })).url)`
      const starter = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [url] = await once(createInterface(starter.stdout), 'line')
      assert.equal(await answer(String(url), 'select 1'), 1)
      starter.kill(signal)
      await once(starter, 'exit')
      const isUp = () =>
        answer(String(url), 'select 1').then(
          () => true,
          () => false,
        )
      for (let tries = 0; (await isUp()) && tries < 100; tries++) await wait(50)
      assert.equal(await isUp(), false)
    })
  }
})
