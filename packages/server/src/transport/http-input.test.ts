import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, json, post, raw, serve } from './http-fixture.ts'

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

const badBodies: readonly [string, string, Record<string, string>, number, string][] = [
  ['broken JSON', '{"a":', json, 400, 'malformed'],
  ['a list', '[1]', json, 400, 'malformed'],
  ['null', 'null', json, 400, 'malformed'],
  ['a text', '"{}"', json, 400, 'malformed'],
  ['deep nesting', '['.repeat(30_000), json, 400, 'malformed'],
  ['another type', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_type'],
  ['a type that is none', '{}', { 'content-type': 'json' }, 415, 'unsupported_type'],
  ['a type that only begins so', '{}', { 'content-type': 'application/jsonx' }, 415, 'unsupported_type'],
  ['over the limit', `{"a":"${'x'.repeat(64 * 1024)}"}`, json, 413, 'too_large'],
]
for (const [name, body, headers, status, code] of badBodies) {
  test(`[H12] bad body: ${name}`, async (t) => {
    const { base } = await serve(t)
    const reply = await fetch(`${base}/api/echo/a`, { method: 'POST', headers, body })
    assert.deepEqual([reply.status, (await bodyOf(reply))['code']], [status, code])
  })
}

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
