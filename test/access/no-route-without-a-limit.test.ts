import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RawConnection, upgradeRequest } from '../harness/raw-socket.ts'
import { rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import type { Failure, JsonObject } from '../harness/wire.ts'

/** An address whose budget is spent; the test sends it as a trusted proxy. */
const spent = { 'x-forwarded-for': '198.51.100.7' }
const methods = ['get', 'post', 'put', 'patch', 'delete']
const dist = fileURLToPath(new URL('../../packages/web/dist/', import.meta.url))

suite('[G3] no route is without a limit', { timeout: 60_000 }, () => {
  let server: Server
  before(async () => {
    // So small that the first request uses up the budget, which does not refill during the test.
    server = await startServer({ env: { RATE_LIMIT_FACTOR: '0.000001' } })
    assert.equal((await rest(server.url, 'GET', '/', { headers: spent })).status, 200)
  })
  after(() => server[Symbol.asyncDispose]())

  async function assertRefused(method: string, path: string, headers: Record<string, string> = {}) {
    const {
      status,
      body,
      headers: said,
    } = await rest<Failure>(server.url, method, path, { headers: { ...spent, ...headers } })
    assert.equal(status, 429, `${method} ${path}`)
    assert.ok(said.get('retry-after'), `${method} ${path}`)
    if (method !== 'HEAD') assert.equal(body.code, 'rate_limited', `${method} ${path}`)
  }

  test('documented routes, with every method, HEAD and OPTIONS', async () => {
    const { body } = await rest<{ paths: Record<string, JsonObject> }>(server.url, 'GET', '/docs/openapi.json', {
      headers: { 'x-forwarded-for': '198.51.100.8' },
    })
    const paths = Object.entries(body.paths)
    assert.ok(paths.length > 30)
    for (const [path, item] of paths) {
      const target = path.replaceAll(/\{\w+\}/g, 'x')
      const named = methods.filter((method) => method in item).map((method) => method.toUpperCase())
      for (const method of [...named, 'HEAD', 'OPTIONS']) await assertRefused(method, target)
    }
  })

  test('the web app, its files, the reference and unknown paths', async () => {
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name))
    for (const file of files) await assertRefused('GET', `/${file}`)
    const pages = [
      '/',
      '/r/x',
      '/account',
      '/docs',
      '/docs/events',
      '/docs/openapi.json',
      '/docs/scalar.js',
      '/docs/start.js',
    ]
    for (const path of [...pages, '/nowhere', '/api/nowhere', '/api/live', '/api/ready', '/api/health', '/metrics'])
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
        await assertRefused(method, path, { accept: 'text/html' })
  })

  test('polling, its handshakes, and upgrades anywhere', async () => {
    for (const path of [
      '/socket.io/',
      '/socket.io/?EIO=4&transport=polling',
      '/socket.io/?EIO=4&transport=polling&sid=x',
    ])
      for (const method of ['GET', 'POST', 'OPTIONS']) await assertRefused(method, path)
    for (const path of ['/socket.io/?EIO=4&transport=websocket', '/socket.io/?EIO=4&transport=websocket&sid=x']) {
      using connection = new RawConnection(server.port)
      connection.write(upgradeRequest(path, { headers: { 'X-Forwarded-For': '198.51.100.7' } }))
      assert.equal(await connection.status(), 429, path)
    }
  })

  test('exempts a monitor on the same machine', async () => {
    for (let n = 0; n < 5; n += 1)
      for (const path of ['/api/health', '/api/live', '/api/ready', '/metrics'])
        assert.equal((await rest(server.url, 'GET', path)).status, 200, path)
  })
})
