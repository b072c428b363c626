import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { EventStream } from '../harness/event-stream.ts'
import { RawConnection, upgradeRequest } from '../harness/raw-socket.ts'
import { rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { SocketClient } from '../harness/socket-client.ts'
import type { Failure } from '../harness/wire.ts'

suite('origins', { timeout: 60_000 }, () => {
  let server: Server
  before(async () => {
    const env = { PUBLIC_URL: 'https://parlor.example.org/here', FRONTEND_URL: 'https://app.example.org' }
    server = await startServer({ env })
  })
  after(() => server[Symbol.asyncDispose]())

  const allowed = [
    'http://localhost:5173',
    'http://localhost',
    'http://127.0.0.1:8080',
    'null',
    'file://',
    'https://parlor.example.org',
    'https://app.example.org',
  ]
  const foreign = [
    'https://evil.example',
    'http://localhost.evil.example',
    'http://localhost:5173.evil.example',
    'https://localhost:5173',
    'http://127.0.0.1.evil.example:80',
    'https://parlor.example.org.evil.example',
    'https://xparlor.example.org',
    'http://parlor.example.org',
    'https://app.example.org:8443',
    'http://[::1',
    'nonsense',
  ]
  const polling = '/socket.io/?EIO=4&transport=polling'
  const websocket = '/socket.io/?EIO=4&transport=websocket'
  const headerOf = (headers: Headers) => headers.get('access-control-allow-origin')
  async function upgradeFrom(origin: string, target = server, host = `127.0.0.1:${target.port}`): Promise<string> {
    using connection = new RawConnection(target.port)
    connection.write(upgradeRequest(websocket, { host, headers: { Origin: origin } }))
    await connection.status()
    if (!connection.received.includes('101 ')) await connection.closed
    return connection.received.toString()
  }

  for (const origin of allowed) {
    test(`${origin} may use everything`, async () => {
      const health = await rest(server.url, 'GET', '/api/health', { headers: { origin } })
      assert.deepEqual([health.status, headerOf(health.headers)], [200, origin])
      const exposed = health.headers.get('access-control-expose-headers')?.toLowerCase() ?? ''
      for (const name of ['content-range', 'x-request-id']) assert.ok(exposed.includes(name), exposed)
      const handshake = await rest(server.url, 'GET', polling, { headers: { origin } })
      assert.deepEqual([handshake.status, headerOf(handshake.headers)], [200, origin])
      assert.match(await upgradeFrom(origin), /^HTTP\/1\.1 101 /)
    })
  }

  for (const origin of foreign) {
    test(`${origin} is answered by REST and SSE without CORS headers, and refused on sockets`, async () => {
      const health = await rest(server.url, 'GET', '/api/health', { headers: { origin } })
      assert.deepEqual([health.status, headerOf(health.headers)], [200, null])
      const handshake = await rest<Failure>(server.url, 'GET', polling, { headers: { origin } })
      assert.equal(handshake.status, 403)
      assert.equal(handshake.body.code, 'origin_not_allowed')
      assert.equal(headerOf(handshake.headers), null)
      const upgrade = await upgradeFrom(origin)
      assert.match(upgrade, /^HTTP\/1\.1 403 /)
      assert.match(upgrade, /"code":"origin_not_allowed"/)
    })
  }

  test('a stream asked for from a foreign origin has no CORS headers', async () => {
    const response = await fetch(`${server.url}/api/events`, { headers: { origin: 'https://evil.example' } })
    assert.deepEqual([response.status, headerOf(response.headers)], [200, null])
    await response.body?.cancel()
    const near = await fetch(`${server.url}/api/events`, { headers: { origin: 'http://localhost:1' } })
    assert.deepEqual([near.status, headerOf(near.headers)], [200, 'http://localhost:1'])
    await near.body?.cancel()
  })

  test('answers preflights of allowed origins, and allows nothing to others', async () => {
    const ask = (origin: string) =>
      rest(server.url, 'OPTIONS', '/api/rooms', {
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,idempotency-key',
        },
      })
    const near = await ask('http://localhost:5173')
    assert.ok(near.status === 204 || near.status === 200)
    assert.equal(headerOf(near.headers), 'http://localhost:5173')
    assert.match(near.headers.get('access-control-allow-headers') ?? '', /idempotency-key/i)
    assert.match(near.headers.get('access-control-allow-methods') ?? '', /POST/)
    assert.equal(near.headers.get('access-control-allow-credentials'), null)
    assert.equal(headerOf((await ask('https://evil.example')).headers), null)
  })

  test('an origin equal to the host of the request is always allowed', async () => {
    await using strict = await startServer({ env: { CORS_ORIGINS: 'https://only.example.org' } })
    assert.match(await upgradeFrom(`http://127.0.0.1:${strict.port}`, strict), /^HTTP\/1\.1 101 /)
    assert.match(await upgradeFrom('https://only.example.org', strict), /^HTTP\/1\.1 101 /)
    assert.match(await upgradeFrom('http://localhost:5173', strict), /^HTTP\/1\.1 403 /)
    assert.match(await upgradeFrom('null', strict), /^HTTP\/1\.1 403 /)
  })

  test('[C2] with PUBLIC_URL, a foreign Host header allows no origin, and the request is answered', async () => {
    assert.match(await upgradeFrom('http://evil.example', server, 'evil.example'), /^HTTP\/1\.1 403 /)
    assert.match(await upgradeFrom('https://parlor.example.org', server, 'evil.example'), /^HTTP\/1\.1 101 /)
    using connection = new RawConnection(server.port)
    connection.write('GET /api/health HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n')
    const said = await connection.says('"healthy"')
    assert.match(said, /^HTTP\/1\.1 200 /)
    assert.doesNotMatch(said, /access-control-allow-origin/i)
  })

  test('[C1] ignores a default port that a proxy adds to the host', async () => {
    await using strict = await startServer({ env: { CORS_ORIGINS: 'https://only.example.org:443' } })
    for (const [origin, host] of [
      ['https://chat.lan', 'chat.lan:443'],
      ['https://chat.lan', 'chat.lan:80'],
      ['http://chat.lan', 'chat.lan:80'],
      ['https://only.example.org', 'chat.lan'],
    ] as const)
      assert.match(await upgradeFrom(origin, strict, host), /^HTTP\/1\.1 101 /, `${origin} at ${host}`)
  })

  test('a stock client from a foreign page gets `connect_error`', async () => {
    const extraHeaders = { origin: 'https://evil.example' }
    for (const transports of [['websocket'], ['polling']]) {
      using client = new SocketClient(server.url, { transports, extraHeaders })
      const { what } = await client.life.until(() => true, 'an answer')
      assert.equal(what, 'connect_error')
    }
  })

  test('no Origin header (curl, native clients) is allowed', async () => {
    using stream = new EventStream(server.url, '/api/events')
    assert.equal((await stream.response).statusCode, 200)
    assert.equal((await rest(server.url, 'GET', polling)).status, 200)
  })
})
