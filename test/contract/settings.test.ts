import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { rest, signInGuest } from '../harness/rest.ts'
import { refusedStart, startServer, temporaryFolder } from '../harness/server.ts'
import { SocketClient } from '../harness/socket-client.ts'
import type { Failure } from '../harness/wire.ts'

suite('the server does not start, and says why', { timeout: 60_000, concurrency: 2 }, () => {
  // One case for each reason; config.test.ts tests all refused values and their sentences.
  const cases: [string, Record<string, string>, RegExp][] = [
    ['production without a secret', { PARLOR_ENV: 'production' }, /SECRET_KEY is not set/],
    ['MySQL', { DATABASE_URL: 'mysql://u:hunter2@h/d' }, /MySQL/],
    ['a CONFIG_FILE that cannot be read', { CONFIG_FILE: '/nowhere/parlor.json' }, /CONFIG_FILE/],
    [
      'a database that does not answer',
      { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/d' },
      /database|DATABASE_URL|PostgreSQL/i,
    ],
  ]
  for (const [what, env, words] of cases) {
    test(`for ${what}`, async () => {
      await using folder = await temporaryFolder()
      const { status, said } = await refusedStart({ dataDir: folder.path, env })
      assert.ok(status !== null && status !== 0, `status ${status}`)
      assert.match(said, words)
      assert.doesNotMatch(said, /hunter2|\n\s+at /, 'no password and no stack')
    })
  }

  test('for a data folder that cannot be written', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'file')
    await writeFile(file, '')
    const { status, said } = await refusedStart({ dataDir: folder.path, env: { DATA_DIR: join(file, 'data') } })
    assert.ok(status)
    assert.match(said, /DATA_DIR/)
  })

  test('for a data folder that another process uses, which is not disturbed', async () => {
    await using server = await startServer()
    const { status, said } = await refusedStart({ dataDir: server.dataDir })
    assert.ok(status)
    assert.match(said, /data folder|DATA_DIR/i)
    assert.ok(said.includes(server.dataDir))
    assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200)
    await server.kill()
    await server.start()
    assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200, 'a lock does not outlive its process')
  })

  test('for a port in use, with its number', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await using folder = await temporaryFolder()
    try {
      const { status, said } = await refusedStart({ dataDir: folder.path, env: { PORT: String(port) } })
      assert.ok(status)
      assert.ok(said.includes(String(port)), said)
      assert.doesNotMatch(said, /\n\s+at /)
    } finally {
      other.close()
    }
  })
})

suite('settings', { timeout: 60_000, concurrency: 2 }, () => {
  test('come from .env < environment < CONFIG_FILE', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'parlor.json')
    await writeFile(join(folder.path, '.env'), 'SERVICE_NAME=from-dotenv\nALLOW_GUESTS=false\nPORT=1\n')
    await writeFile(file, '{"SERVICE_NAME": "from-file", "UNKNOWN_THING": {"x": 1}}')
    const env = { SERVICE_NAME: 'from-environment', CONFIG_FILE: file, SOME_UNKNOWN: 'x' }
    await using server = await startServer({ dataDir: folder.path, env })
    assert.equal((await rest(server.url, 'GET', '/api/health')).body['service'], 'from-file')
    assert.notEqual(server.port, 1, 'PORT of the environment')
    const asGuest = await rest<Failure>(server.url, 'POST', '/api/auth/guest', { body: { name: 'Ann' } })
    assert.equal(asGuest.body.code, 'guests_not_allowed', 'of .env, which nothing replaces')
  })

  test('ALLOW_GUESTS=false refuses every sign-in without an account', async () => {
    await using server = await startServer({ env: { ALLOW_GUESTS: 'false' } })
    const asked: [string, object][] = [
      ['/api/auth/guest', { name: 'Ann' }],
      ['/api/message', { content: 'x', sender: 'Ann' }],
    ]
    for (const [path, body] of asked) {
      const answer = await rest<Failure>(server.url, 'POST', path, { body })
      assert.deepEqual([answer.status, answer.body.code], [403, 'guests_not_allowed'], path)
    }
    using client = new SocketClient(server.url)
    const { what, error } = await client.life.until(() => true, 'an answer')
    assert.equal(what, 'connect_error')
    assert.match(JSON.stringify(error && 'data' in error ? error.data : null), /guests_not_allowed|not_authenticated/)
    assert.equal((await rest(server.url, 'GET', '/api/rooms/lobby')).status, 200)
  })

  test('FORCE_HTTPS refuses unencrypted requests, except probes and those through the proxy', async () => {
    await using server = await startServer({ env: { FORCE_HTTPS: 'true' } })
    const open = await rest<Failure>(server.url, 'GET', '/api/rooms')
    assert.ok(open.status >= 300 && open.status < 500, String(open.status))
    const secure = { 'x-forwarded-proto': 'https' }
    const proxied = await rest(server.url, 'GET', '/api/rooms', { headers: secure })
    assert.equal(proxied.status, 200)
    assert.ok(proxied.headers.get('strict-transport-security'))
    assert.equal((await rest(server.url, 'GET', '/api/health')).status, 200)
    const polling = '/socket.io/?EIO=4&transport=polling'
    const handshake = await rest(server.url, 'GET', polling)
    assert.ok(handshake.status >= 300 && handshake.status < 500, `a plain handshake was answered ${handshake.status}`)
    assert.equal((await rest(server.url, 'GET', polling, { headers: secure })).status, 200)
  })

  test('SIGTERM stops the server with status 0 after requests in flight are answered, and the log is JSON lines', async () => {
    await using server = await startServer()
    const { token } = await signInGuest(server.url, 'Ann')
    const requests = Array.from({ length: 50 }, () =>
      rest<Failure>(server.url, 'POST', '/api/message', { token, body: { content: 'x' } }).catch(() => null),
    )
    await Promise.race(requests)
    const began = performance.now()
    assert.equal(await server.stop(), 0)
    const answers = await Promise.all(requests)
    const stored = answers.filter((answer) => answer?.status === 201).length
    for (const answer of answers) assert.ok(!answer || [201, 503].includes(answer.status), String(answer?.status))
    assert.ok(performance.now() - began < 3000, 'nobody is waited for who has nothing under way')
    await server.start()
    const page = await rest<{ messages: object[] }>(server.url, 'GET', '/api/rooms/lobby/messages?limit=200')
    assert.ok(page.body.messages.length >= stored)
    for (const line of server.log.items) {
      assert.equal('text' in line, false, JSON.stringify(line))
      assert.equal(typeof line.level, 'string')
      assert.equal(typeof line.msg, 'string')
    }
  })
})
