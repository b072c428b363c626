import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { suite, test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createLocalBuckets } from '../../platform/limiter/local.ts'
import { trustProxies } from './address.ts'
import { openRequestGuard } from '../testing/request-guard.ts'
import { asAnn, bodyOf, post, raw, serve } from '../testing/http.ts'

const nobody = trustProxies([])

/** A connection, and whether the server keeps it. */
async function open(port: number): Promise<{ socket: Socket; isKept: boolean }> {
  const socket = connect(port, '127.0.0.1')
  const said: string[] = []
  socket.on('error', () => {}).on('data', (text) => said.push(String(text)))
  await once(socket, 'connect')
  socket.write('GET /api/notes/a HTTP/1.1\r\nHost: x\r\n\r\n')
  await Promise.race([once(socket, 'data'), once(socket, 'close')])
  return { socket, isKept: said.length > 0 }
}

test('[G1] connections beyond the cap of an address are closed unread, and one that closes makes room', async (t) => {
  const { port, told } = await serve(t, { requestGuard: openRequestGuard({ limit: 3, trust: nobody }), trust: nobody })
  const some = []
  for (let n = 0; n < 5; n += 1) some.push(await open(port))
  assert.deepEqual(
    some.map(({ isKept }) => isKept),
    [true, true, true, false, false],
  )
  assert.equal(told.lines.filter(({ msg }) => msg === 'request').length, 3)
  some[0]?.socket.destroy()
  let last = await open(port)
  // The server sees the end a moment later than the test.
  while (!last.isKept) last = await open(port)
  for (const { socket } of [...some, last]) socket.destroy()
})

test('[G1] a trusted proxy has as many connections as it needs', async (t) => {
  const { port } = await serve(t, { requestGuard: openRequestGuard({ limit: 3 }) })
  const some = []
  for (let n = 0; n < 8; n += 1) some.push(await open(port))
  assert.ok(some.every(({ isKept }) => isKept))
  for (const { socket } of some) socket.destroy()
})

test('[G2] behind a proxy, requests in progress count for their client', async (t) => {
  const { base, held } = await serve(t, { requestGuard: openRequestGuard({ limit: 2 }) })
  const from = (address: string, path = '/api/notes/a') =>
    fetch(base + path, { headers: { 'x-forwarded-for': address } })
  const hold = () => fetch(`${base}/api/notes/held`, post('{"text":"x"}', { ...asAnn, 'x-forwarded-for': '192.0.2.1' }))
  const waiting = [hold(), hold()]
  await held.reached
  let third = await from('192.0.2.1')
  while (third.status === 200) third = await from('192.0.2.1')
  assert.deepEqual([third.status, (await bodyOf(third))['code']], [503, 'too_many_connections'])
  assert.equal((await from('192.0.2.2')).status, 200)
  held.release()
  for (const reply of await Promise.all(waiting)) assert.equal(reply.status, 201)
  assert.equal((await from('192.0.2.1')).status, 200)
})

test('[G2] each of several requests in one write counts', async (t) => {
  const { port } = await serve(t, { requestGuard: openRequestGuard({ limit: 2 }) })
  const one = `POST /api/notes/held HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"text":"x"}`
  const client = connect(port, '127.0.0.1', () => client.write(one.repeat(5)))
  client.on('error', () => {})
  const probe = () => fetch(`http://127.0.0.1:${port}/api/notes/a`)
  let reply = await probe()
  while (reply.status === 200) reply = await probe()
  assert.equal(reply.status, 503)
  client.destroy()
  while (reply.status !== 200) reply = await probe()
})

suite('[G3] no request is without a limit', () => {
  const buckets = () => createLocalBuckets({ clock: manualTime().clock })
  const spent = () =>
    openRequestGuard({
      buckets: buckets(),
      rates: { request: { burst: 1, perSecond: 1e-6 }, poll: { burst: 1, perSecond: 1 } },
    })

  test('[G3] every route, every method and unknown paths draw on the budget of the address', async (t) => {
    const routes: { method: string; url: string }[] = []
    const { base } = await serve(t, {
      requestGuard: spent(),
      mount(app) {
        app.addHook('onRoute', ({ method, url }) => {
          // What fetch can ask for.
          for (const one of [method].flat()) if (one !== 'TRACE') routes.push({ method: one, url })
        })
        app.get('/page', () => 'a page')
        app.all('/anything', () => 'anything')
      },
    })
    assert.equal((await fetch(`${base}/api/notes/a`)).status, 200)
    const unknown = ['GET', 'POST', 'OPTIONS', 'HEAD', 'DELETE'].flatMap((method) => [
      { method, url: '/nowhere' },
      { method, url: '/api/notes/:id' },
      { method, url: '/api/fail' },
    ])
    for (const { method, url } of [...routes, ...unknown]) {
      const reply = await fetch(base + url.replace(':id', 'a'), { method })
      assert.equal(reply.status, 429, `${method} ${url}`)
      assert.ok(reply.headers.get('retry-after'), `${method} ${url}`)
    }
    assert.ok(routes.length >= 4)
  })

  test('[G3] a preflight, a bad token and an unreadable body draw on it too; a page can read the refusal', async (t) => {
    const { base } = await serve(t, { requestGuard: spent() })
    await fetch(`${base}/api/notes/a`)
    const origin = 'http://localhost:5173'
    const asked = [
      fetch(`${base}/api/notes/a`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } }),
      fetch(`${base}/api/notes/a`, { headers: { origin, authorization: 'Bearer old' } }),
      fetch(`${base}/api/echo/a`, { method: 'POST', headers: { origin, 'content-type': 'text/plain' }, body: 'x' }),
    ]
    for (const reply of await Promise.all(asked)) {
      assert.equal(reply.status, 429)
      assert.equal(reply.headers.get('access-control-allow-origin'), origin)
    }
  })

  test('each address has a budget of its own', async (t) => {
    const { base } = await serve(t, { requestGuard: spent() })
    const from = async (address: string) =>
      (await fetch(`${base}/nowhere`, { headers: { 'x-forwarded-for': address } })).status
    assert.deepEqual([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')], [404, 429, 404])
    for (let net = 0; net < 15; net += 1) assert.equal(await from(`2001:db8::${net}:0:0:0:1`), 404)
    assert.equal(await from('2001:db8::fe:0:0:0:1'), 404)
    assert.equal(await from('2001:db8::ff:0:0:0:1'), 429, 'of a /48 network')
  })

  test('a monitor on this machine is always answered, a request through a proxy is not', async (t) => {
    const mount = (app: Awaited<ReturnType<typeof serve>>['door']['app']) =>
      void app.get('/api/health', () => 'healthy')
    const { base } = await serve(t, { requestGuard: spent(), mount })
    const ask = async (headers: Record<string, string> = {}) =>
      (await fetch(`${base}/api/health?x=1`, { headers })).status
    for (let n = 0; n < 5; n += 1) assert.equal(await ask(), 200)
    assert.equal(await ask({ 'x-forwarded-for': '192.0.2.1' }), 200)
    assert.equal(await ask({ 'x-forwarded-for': '192.0.2.1' }), 429)
    assert.equal(await ask({ 'x-forwarded-for': '127.0.0.1' }), 200)
    assert.equal(await ask({ 'x-forwarded-for': '127.0.0.1' }), 429)
  })
})

test('[H12] two Host headers cost nothing and are 400', async (t) => {
  const { port } = await serve(t)
  assert.match(await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /)
})
