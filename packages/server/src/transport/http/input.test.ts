import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { bodyOf, json, post, raw, serve } from '../testing/http.ts'
import { createInFlightBytes } from './in-flight-bytes.ts'

const badRequests: readonly [string, string, RegExp][] = [
  ['what is not HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 .*"code":"malformed"/s],
  [
    'two lengths',
    'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    /^HTTP\/1\.1 400 /,
  ],
  [
    'a length beside chunks',
    'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1\.1 400 /,
  ],
  [
    'a length that is no number',
    'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    /^HTTP\/1\.1 400 /,
  ],
  [
    'a forged enormous length',
    'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{}',
    /^HTTP\/1\.1 413 .*"code":"too_large"/s,
  ],
  [
    'a flood of headers',
    `GET / HTTP/1.1\r\nHost: x\r\n${'X-A: 12345678\r\n'.repeat(2000)}\r\n`,
    /^HTTP\/1\.1 431 .*"code":"too_large"/s,
  ],
  [
    'two hosts',
    'GET /api/notes/a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n',
    /^HTTP\/1\.1 400 .*connection: close.*"code":"malformed"/is,
  ],
  ['two hosts, one in capitals', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: host\r\nHOST: y\r\n\r\n', /^HTTP\/1\.1 400 /],
  [
    '[H18] no host',
    'GET /api/notes/a HTTP/1.1\r\n\r\n',
    /^HTTP\/1\.1 400 .*connection: close.*x-content-type-options.*"code":"malformed".*"request_id"/is,
  ],
  ['an endless address', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, /^HTTP\/1\.1 431 /],
  [
    'a bad chunk',
    'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    /^HTTP\/1\.1 400 /,
  ],
]
for (const [name, bytes, expected] of badRequests) {
  test(`[H12] bad input: ${name}`, async (t) => {
    const { base, port } = await serve(t)
    assert.match(await raw(port, bytes), expected)
    assert.equal((await fetch(`${base}/api/notes/a`)).status, 200)
  })
}

/** Sends one part after the other on a connection, each when the answer to the one before was heard, and answers with the last answer, or what was heard of it when the connection closed. */
async function converse(port: number, parts: readonly (readonly [string, RegExp])[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const closed = once(socket, 'close')
  let text = ''
  socket.on('data', (bytes) => (text += String(bytes)))
  for (const [part, answer] of parts) {
    text = ''
    socket.write(part)
    while (!answer.test(text) && !socket.destroyed) await Promise.race([once(socket, 'data'), closed])
  }
  socket.destroy()
  return text
}

for (const [name, bytes, expected] of badRequests) {
  test(`[H12] bad input on a connection that was answered before: ${name}`, async (t) => {
    const { port } = await serve(t)
    const good = 'GET /api/notes/a HTTP/1.1\r\nHost: x\r\n\r\n'
    assert.match(
      await converse(port, [
        [good, /\}$/],
        [bytes, expected],
      ]),
      expected,
    )
  })
}

test('[H12] what is broken in the midst of an answer, or after the answer to its own request, ends the connection alone', async (t) => {
  const { port } = await serve(t, {
    mount: (app) =>
      app.get('/endless', (_request, reply) => {
        reply.hijack()
        reply.raw.writeHead(200).write('begun')
      }),
  })
  const endless = 'GET /endless HTTP/1.1\r\nHost: x\r\n\r\n'
  assert.equal(
    await converse(port, [
      [endless, /begun/],
      ['hello\r\n\r\n', /HTTP/],
    ]),
    '',
  )
  const nowhere = 'POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  assert.equal(
    await converse(port, [
      [nowhere, /404 .*\}$/s],
      ['zz\r\n', /HTTP/],
    ]),
    '',
  )
})

const badBodies: readonly [string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string][] = [
  ['broken JSON', '{"a":', json, 400, 'malformed'],
  ['a list', '[1]', json, 400, 'malformed'],
  ['null', 'null', json, 400, 'malformed'],
  ['a text', '"{}"', json, 400, 'malformed'],
  ['deep nesting', '['.repeat(30_000), json, 400, 'malformed'],
  ['another type', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_type'],
  ['a type that is none', '{}', { 'content-type': 'json' }, 415, 'unsupported_type'],
  ['a type that only begins so', '{}', { 'content-type': 'application/jsonx' }, 415, 'unsupported_type'],
  ['another charset', '{}', { 'content-type': 'application/json; charset=iso-8859-1' }, 415, 'unsupported_type'],
  ['UTF-16', '{}', { 'content-type': 'application/json;charset="utf-16"' }, 415, 'unsupported_type'],
  ['a packed body', '{}', { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported_type'],
  ['a body packed twice', '{}', { ...json, 'content-encoding': 'identity, br' }, 415, 'unsupported_type'],
  ['bytes that are no UTF-8', Buffer.from('{"a":"caf\xe9"}', 'latin1'), json, 400, 'malformed'],
  ['half a surrogate in bytes', Buffer.from('{"a":"\xed\xa0\xbd"}', 'latin1'), json, 400, 'malformed'],
  ['UTF-8 that is cut off', Buffer.from('{"a":1}\xe2\x82', 'latin1'), json, 400, 'malformed'],
  ['over the limit', `{"a":"${'x'.repeat(64 * 1024)}"}`, json, 413, 'too_large'],
]
for (const [name, body, headers, status, code] of badBodies) {
  test(`[H12] [H17] bad body: ${name}`, async (t) => {
    const { base } = await serve(t)
    const reply = await fetch(`${base}/api/echo/a`, { method: 'POST', headers, body })
    assert.deepEqual([reply.status, (await bodyOf(reply))['code']], [status, code])
  })
}

const goodTypes: Record<string, string>[] = [
  { 'content-type': 'application/json; charset=utf-8' },
  { 'content-type': 'Application/JSON;Charset="UTF-8"; x=1' },
  { 'content-type': 'application/json;charset=utf8', 'content-encoding': 'identity' },
]
for (const headers of goodTypes) {
  test(`[H17] a body as ${JSON.stringify(headers)} is read`, async (t) => {
    const { base } = await serve(t)
    const reply = await fetch(`${base}/api/echo/a`, { method: 'POST', headers, body: '{"a":"é"}' })
    assert.deepEqual([reply.status, (await bodyOf(reply))['a']], [200, 'é'])
  })
}

test('[H17] a body with another transfer coding than chunked is refused', async (t) => {
  const { port } = await serve(t)
  const head = 'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n'
  for (const [coding, status] of Object.entries({ 'gzip, chunked': 415, 'identity, chunked': 415, Chunked: 200 })) {
    const answer = await raw(port, `${head}Transfer-Encoding: ${coding}\r\n\r\n2\r\n{}\r\n0\r\n\r\n`)
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), coding)
  }
})

const ignoredOffers = ['Expect: x', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA']
for (const offer of ignoredOffers) {
  test(`[H18] a request is answered as if it did not say ${offer.replaceAll('\r\n', ', ')}`, async (t) => {
    const { port } = await serve(t)
    const head = 'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\n'
    const taken = /^HTTP\/1\.1 200 .*"n":1/s
    const asked: [string, RegExp] = [`${head}${offer}\r\n\r\n{"n":1}`, taken]
    assert.match(await converse(port, [asked, asked]), taken)
  })
}

test('[H17] what is not taken for its coding says which is', async (t) => {
  const { base } = await serve(t)
  const reply = await fetch(`${base}/api/echo/a`, post('{}', { 'content-encoding': 'gzip' }))
  assert.deepEqual([reply.status, reply.headers.get('accept-encoding')], [415, 'identity'])
})

test('[H12] a body over the limit without a declared length is answered too, and the connection lives on', async (t) => {
  const { port } = await serve(t)
  const chunk = `${(16 * 1024).toString(16)}\r\n${'x'.repeat(16 * 1024)}\r\n`
  const head =
    'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
  const next = 'GET /api/notes/next HTTP/1.1\r\nHost: x\r\n\r\n'
  const text = await raw(port, `${head}${chunk.repeat(20)}0\r\n\r\n${next}`, /"id":"next"/)
  assert.match(text, /^HTTP\/1\.1 413 .*"code":"too_large".*HTTP\/1\.1 200 .*"id":"next"/s)
})

test('[H12] a body of the largest size passes', async (t) => {
  const { base } = await serve(t)
  const body = `{"a":"${'x'.repeat(64 * 1024 - 8)}"}`
  assert.equal(Buffer.byteLength(body), 64 * 1024)
  assert.equal((await fetch(`${base}/api/echo/a`, post(body))).status, 200)
})

test('[H12] a request that comes too slowly ends with 408', async (t) => {
  const { port } = await serve(t, { timeouts: { request: 150, headers: 100, checkEvery: 25 } })
  const head = 'POST /api/echo/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{'
  assert.match(await raw(port, head), /^HTTP\/1\.1 408 .*"code":"timeout"/s)
  assert.match(await raw(port, 'GET /api/notes/a HTTP/1.1\r\nHo'), /^HTTP\/1\.1 408 /)
})

const mib = 1024 * 1024
const large = { requestBytes: 8 * mib, headerBytes: 8 * 1024, jsonValues: 20_000 }

/** `{"a":[{},{},…]}` with this in front, of the largest size. */
const manyValues = (first: string) => `{${first}"a":[${'{},'.repeat((8 * mib - 100) / 3)}{}]}`

for (const first of ['', '"__proto__":1,', '"\\u005f\\u005fproto__":1,']) {
  test(`[H14] the largest body of the smallest values${first && ` beside ${first}`} holds nobody up`, async (t) => {
    const { base } = await serve(t, { limits: large })
    const body = Buffer.from(manyValues(first))
    const before = process.threadCpuUsage()
    const reply = await fetch(`${base}/api/echo/a`, { method: 'POST', headers: json, body })
    const { user, system } = process.threadCpuUsage(before)
    const { code, limit } = await bodyOf(reply)
    assert.deepEqual([reply.status, code, limit], [413, 'too_large', 20_000])
    assert.ok((user + system) / 1000 < 500, `it took ${(user + system) / 1000} ms of the core`)
  })
}

test('[H6] [H14] prototype keys of a large body are left out at any depth', async (t) => {
  const { base } = await serve(t, { limits: large })
  const item = '{"__proto__":{"x":1},"b":[{"\\u005F_proto__":1,"c":1}]}'
  const body = `{"pad":"${'x'.repeat(100_000)}","a":[${Array.from({ length: 2500 }, () => item).join()}]}`
  const text = await (await fetch(`${base}/api/echo/a`, post(body))).text()
  assert.ok(!text.includes('__proto__'))
  assert.equal(text.match(/\{"b":\[\{"c":1\}\]\}/g)?.length, 2500)
  const deep = `{"a":${'{"__proto__":1,"b":'.repeat(500)}1${'}'.repeat(500)}}`
  assert.equal((await fetch(`${base}/api/echo/a`, post(deep))).status, 200)
})

for (const name of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__', '__proto_\\u005F']) {
  test(`[H6] the prototype's name is left out however it is written: ${name}`, async (t) => {
    const { base } = await serve(t)
    const text = await (await fetch(`${base}/api/echo/a`, post(`{"a":{"${name}":{"x":1},"b":2}}`))).text()
    assert.match(text, /"a":\{"b":2\}/)
  })
}

test('[TX1] bytes of a path or a query that are half of a surrogate pair are no text', async (t) => {
  const { base } = await serve(t)
  for (const half of ['%ED%A0%BD', '%ED%B8%80', '%ED%A0%BD%ED%B8%80', '%FF']) {
    for (const path of [`/api/echo/a?x=${half}`, `/api/echo/a?${half}=x`, `/api/echo/${half}`]) {
      const text = await (await fetch(base + path, { method: 'DELETE' })).text()
      assert.doesNotMatch(text, /\\u[dD][89a-fA-F]/, path)
    }
  }
})

/** A request for a body of so many bytes, with only the first of them. */
const begun = (path: string, bytes: number, length = 8 * mib) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${' '.repeat(bytes)}`

test('[H15] half-sent bodies beyond what an address may hold are refused, and those that break off are let go', {
  timeout: 20_000,
}, async (t) => {
  const { base, port } = await serve(t, { limits: large, inFlight: createInFlightBytes(200 * 1024) })
  const whole = post(`{"a":"${'x'.repeat(200 * 1024)}"}`)
  const isTaken = async () => (await fetch(`${base}/api/echo/a`, whole).catch(() => null))?.status === 200
  assert.ok(await isTaken())
  const held = connect(port, '127.0.0.1', () => held.write(begun('/api/echo/a', 200 * 1024)))
  // Whichever of the two comes second is refused.
  let answer = ''
  while (!answer.includes('429')) answer = await raw(port, begun('/api/echo/b', 200 * 1024), /\r\n\r\n.*\}$/s)
  assert.match(answer, /^HTTP\/1\.1 429 /)
  assert.match(answer, /^retry-after: 1\r$/im)
  assert.match(answer, /^connection: close\r$/im)
  assert.match(answer, /"code":"rate_limited"/)
  assert.equal((await fetch(`${base}/api/echo/a`, post('{}'))).status, 200, 'small ones pass')
  held.destroy()
  while (!(await isTaken())) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('[H7] the body of an unknown path is not waited for', { timeout: 20_000 }, async (t) => {
  const { port } = await serve(t, { limits: large })
  assert.match(await raw(port, begun('/api/nowhere', 1), /not_found/), /^HTTP\/1\.1 404 /)
  assert.match(await raw(port, begun('/api/fail', 1), /method_not_allowed/), /^HTTP\/1\.1 405 /)
})

test('[H16] a client that does not read its answer is cut', { timeout: 20_000 }, async (t) => {
  const { door, port } = await serve(t, {
    timeouts: { idle: 100 },
    mount: (app) => app.get('/large', () => Buffer.alloc(64 * mib)),
  })
  const accepted = once(door.server, 'connection')
  const client = connect(port, '127.0.0.1', () => client.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n'))
  client.on('error', () => {})
  client.pause()
  const [socket] = await accepted
  await once(socket, 'close')
  client.destroy()
})
