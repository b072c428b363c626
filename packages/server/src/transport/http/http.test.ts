import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callersOfAddress } from '../../config/limits.ts'
import type { Clock } from '../../core/clock.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createLimiter } from '../../platform/limiter/limiter.ts'
import { createLocalBuckets } from '../../platform/limiter/local.ts'
import { asAnn, bodyOf, json, post, raw, serve } from '../testing/http.ts'

/** One write a second and caller. */
const oneWrite = (clock: Clock) =>
  createLimiter({
    scaled: (rate) => (rate.name === 'write' ? { burst: 1, perSecond: 1, by: 'caller' } : rate),
    buckets: createLocalBuckets({ clock }),
    callersOfAddress,
    clock,
  })

test('[H1] success is the resource itself, with the status of its door', async (t) => {
  const { base } = await serve(t)
  const created = await fetch(`${base}/api/notes/a`, post('{"text":"hi"}', asAnn))
  assert.equal(created.status, 201)
  assert.equal(created.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.deepEqual(await created.json(), { id: 'a', text: 'hi', by: 'ann' })
  const put = await fetch(`${base}/api/notes/a`, { ...post('{"text":"hi"}', asAnn), method: 'PUT' })
  assert.equal(put.status, 200)
  assert.equal(await (await fetch(`${base}/api/notes/text`)).text(), '{"id":"text","lines":null}')
})

test('[H2] an error has a sentence, a code, `retry` and the request id', async (t) => {
  const { base } = await serve(t)
  const reply = await fetch(`${base}/api/notes/none`)
  assert.equal(reply.status, 404)
  assert.deepEqual(await reply.json(), {
    error: 'Resource not found',
    code: 'not_found',
    retry: 'never',
    request_id: reply.headers.get('x-request-id'),
  })
  const missing = await fetch(`${base}/api/notes/a`, post('', asAnn))
  assert.equal(missing.status, 400)
  const { request_id: _id, ...body } = await bodyOf(missing)
  assert.deepEqual(body, {
    error: 'Missing required fields',
    code: 'missing_fields',
    retry: 'never',
    required: ['id', 'text'],
  })
  const bad = await fetch(`${base}/api/notes/a`, post('{"text":7}', asAnn))
  const { errors, code } = await bodyOf(bad)
  assert.deepEqual([bad.status, code, Object.keys(Object(errors))], [400, 'validation_error', ['text']])
})

test('[H2] an internal error reveals nothing, and the log has its cause', async (t) => {
  const { base, told } = await serve(t)
  const reply = await fetch(`${base}/api/fail`)
  const text = await reply.text()
  assert.equal(reply.status, 500)
  assert.match(text, /"error":"Internal server error","code":"internal","retry":"resend"/)
  assert.doesNotMatch(text, /secret|Error:|\.ts/)
  const line = told.lines.find(({ msg }) => msg === 'request failed')
  assert.match(JSON.stringify(line), /secret-database\.internal/)
  assert.equal(line?.['request_id'], reply.headers.get('x-request-id'))
})

test('[H3] answers come in order: 413 and 415, 401, 429, 400, 403 and 404', async (t) => {
  const { clock, advance } = manualTime()
  const { base } = await serve(t, { limiter: oneWrite(clock) })
  const send = async (path: string, body: string, headers: Record<string, string>) => {
    const reply = await fetch(`${base}${path}`, { method: 'POST', headers, body })
    return [reply.status, (await bodyOf(reply))['code']]
  }
  const text = { 'content-type': 'text/plain' }
  const bad = { ...json, authorization: 'Bearer bad' }
  const huge = `"${'x'.repeat(70_000)}"`
  assert.deepEqual(await send('/api/notes/theirs', huge, bad), [413, 'too_large'])
  assert.deepEqual(await send('/api/notes/theirs', '{', { ...bad, ...text }), [415, 'unsupported_type'])
  assert.deepEqual(await send('/api/notes/theirs', '{', bad), [401, 'token_invalid'])
  assert.deepEqual(await send('/api/notes/theirs', '{', json), [401, 'not_authenticated'])
  const ann = { ...json, ...asAnn }
  assert.deepEqual(await send('/api/notes/theirs', '{', ann), [400, 'malformed'])
  assert.deepEqual(await send('/api/notes/theirs', '{', ann), [429, 'rate_limited'])
  advance(1000)
  assert.deepEqual(await send('/api/notes/theirs', '{"text":1}', ann), [400, 'validation_error'])
  advance(1000)
  assert.deepEqual(await send('/api/notes/theirs', '{"text":"1"}', ann), [403, 'forbidden'])
})

test('[H3] a bad or expired token is refused, not treated as anonymous', async (t) => {
  const { base } = await serve(t)
  for (const [token, code] of [
    ['old', 'token_expired'],
    ['bad', 'token_invalid'],
    ['', 'token_invalid'],
  ]) {
    const reply = await fetch(`${base}/api/notes/a`, { headers: { authorization: `Bearer ${token}` } })
    assert.deepEqual([reply.status, (await bodyOf(reply))['code']], [401, code])
    assert.equal(reply.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
  }
  const basic = await fetch(`${base}/api/notes/a`, { headers: { authorization: 'Basic YTpi' } })
  assert.equal(basic.status, 200)
})

test('[H4] a rate-limited call carries Retry-After', async (t) => {
  const { clock, advance } = manualTime()
  const { base } = await serve(t, { limiter: oneWrite(clock) })
  const write = () => fetch(`${base}/api/notes/a`, post('{"text":"hi"}', asAnn))
  assert.equal((await write()).status, 201)
  const refused = await write()
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('retry-after'), '1')
  assert.equal((await bodyOf(refused))['retry_after'], 1)
  advance(1000)
  assert.equal((await write()).status, 201)
})

test('[H5] the path wins over the query, the query over the body; unknown fields are ignored', async (t) => {
  const { base } = await serve(t)
  const reply = await fetch(
    `${base}/api/echo/path?id=query&a=query&many=1&many=2`,
    post('{"id":"body","a":"body","b":"body"}'),
  )
  assert.deepEqual(await reply.json(), { id: 'path', a: 'query', b: 'body', many: ['1', '2'] })
  const deleted = await fetch(`${base}/api/echo/path`, { ...post('{"b":1}'), method: 'DELETE' })
  assert.deepEqual(await deleted.json(), { id: 'path', b: 1 })
  const got = await fetch(`${base}/api/notes/a?lines=3&unknown=1`)
  assert.deepEqual(await got.json(), { id: 'a', lines: 3 })
})

test('[H5] an empty body is {}, whatever its type', async (t) => {
  const { base } = await serve(t)
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain', undefined]) {
    const headers: Record<string, string> = type ? { 'content-type': type } : {}
    const reply = await fetch(`${base}/api/echo/a`, { method: 'POST', headers })
    assert.deepEqual([reply.status, await reply.json()], [200, { id: 'a' }], type)
  }
})

test('[H6] prototype keys are harmless, wherever they stand', async (t) => {
  const { base } = await serve(t)
  const bodies = [
    '{"__proto__":{"polluted":1},"deep":{"__proto__":{"polluted":1},"b":1}}',
    '{"\\u005f_proto__":{"polluted":1},"deep":{"b":1}}',
    '{"deep":{"b":1,"\\u005F\\u005Fproto\\u005F_":[]}}',
  ]
  for (const body of bodies) {
    const reply = await fetch(`${base}/api/echo/a?__proto__=x&__proto__=y`, post(body))
    assert.deepEqual([reply.status, await reply.text()], [200, '{"deep":{"b":1},"id":"a"}'])
  }
  const named = await fetch(`${base}/api/notes/__proto__?constructor=x&toString=y`)
  assert.deepEqual(await named.json(), { id: '__proto__', lines: null })
  assert.equal(Reflect.get({}, 'polluted'), undefined)
})

test('[H7] trailing slash, HEAD, 404 and 405', async (t) => {
  const { base } = await serve(t)
  assert.equal((await fetch(`${base}/api/notes/a/`)).status, 200)
  assert.equal((await fetch(`${base}/api/notes/a/?lines=1`)).status, 200)
  const got = await fetch(`${base}/api/notes/a`)
  const head = await fetch(`${base}/api/notes/a`, { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(head.headers.get('content-length'), String((await got.arrayBuffer()).byteLength))
  assert.equal(await head.text(), '')
  const lost = await fetch(`${base}/nowhere`, post('{}'))
  assert.deepEqual([lost.status, (await bodyOf(lost))['error']], [404, 'Resource not found'])
  for (const path of ['/api/notes/a', '/api/notes/a/']) {
    const patched = await fetch(`${base}${path}`, { method: 'PATCH' })
    assert.deepEqual([patched.status, (await bodyOf(patched))['code']], [405, 'method_not_allowed'])
    assert.equal(patched.headers.get('allow'), 'GET, HEAD, POST, PUT')
  }
  assert.equal((await fetch(`${base}/api/notes/%zz`)).status, 400)
  assert.equal((await fetch(`${base}/api/notes/${'x'.repeat(600)}`)).status, 404)
})

test('[H8] allowed origins get CORS headers, foreign ones an answer without', async (t) => {
  const { base } = await serve(t)
  for (const origin of ['http://localhost:5173', 'null', base]) {
    const reply = await fetch(`${base}/api/notes/none`, { headers: { origin } })
    assert.equal(reply.headers.get('access-control-allow-origin'), origin)
    assert.match(reply.headers.get('access-control-expose-headers') ?? '', /X-Request-Id/)
    const preflight = await fetch(`${base}/api/notes/a`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    })
    assert.equal(preflight.status, 204)
    assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PUT/)
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/)
  }
  const foreign = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' }
  for (const method of ['GET', 'OPTIONS']) {
    const reply = await fetch(`${base}/api/notes/a`, { method, headers: foreign })
    assert.equal(reply.status, method === 'GET' ? 200 : 204)
    assert.equal(reply.headers.get('access-control-allow-origin'), null)
    assert.equal(reply.headers.get('vary'), 'Origin')
  }
})

test('[H9] ids: a plain request id is kept, another replaced; a trace goes on', async (t) => {
  const { base, told } = await serve(t)
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  const headers = { 'x-request-id': 'mine-1.2:3', traceparent: `00-${trace}-00f067aa0ba902b7-01` }
  const kept = await fetch(`${base}/api/echo/a?access_token=hidden`, post('{}', headers))
  assert.equal(kept.headers.get('x-request-id'), 'mine-1.2:3')
  assert.equal(told.contexts[0]?.trace_id, trace)
  for (const id of ['a b', 'x'.repeat(200), '<script>']) {
    const reply = await fetch(
      `${base}/api/echo/a`,
      post('{}', { 'x-request-id': id, traceparent: `00-${'0'.repeat(32)}-1-1` }),
    )
    assert.match(reply.headers.get('x-request-id') ?? '', /^[\da-f]{32}$/)
  }
  for (const { trace_id } of told.contexts) assert.match(trace_id, /^[\da-f]{32}$/)
  const line = told.lines.find(({ request_id }) => request_id === 'mine-1.2:3')
  assert.equal(line?.['route'], '/api/echo/:id')
  assert.equal(line?.['trace_id'], trace)
  await fetch(`${base}/nowhere/at-all?access_token=hidden`)
  assert.ok(told.lines.some(({ path }) => path === '/nowhere/at-all'))
  assert.doesNotMatch(JSON.stringify(told.lines), /hidden|access_token/)
})

test('[H9] an Idempotency-Key reaches the action, with or without quotes', async (t) => {
  const { base, told } = await serve(t)
  for (const key of ['abc-1', '"abc-1"']) await fetch(`${base}/api/echo/a`, post('{}', { 'idempotency-key': key }))
  await fetch(`${base}/api/echo/a`, post('{}'))
  assert.deepEqual(
    told.contexts.map(({ idempotency_key }) => idempotency_key),
    ['abc-1', 'abc-1', null],
  )
})

test('[H10] answers carry the security headers, errors too', async (t) => {
  const { base } = await serve(t)
  for (const path of ['/api/notes/a', '/nowhere']) {
    const { headers } = await fetch(`${base}${path}`)
    assert.match(headers.get('content-security-policy') ?? '', /(^|;)script-src 'self'(;|$)/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('strict-transport-security'), null)
    assert.equal(headers.get('x-powered-by'), null)
  }
})

test('[H11] with HTTPS forced, pages are sent on, calls refused, and a trusted proxy is believed', async (t) => {
  const { base } = await serve(t, { forceHttps: true })
  const page = await fetch(`${base}/docs?x=1`, { headers: { accept: 'text/html' }, redirect: 'manual' })
  assert.deepEqual([page.status, page.headers.get('location')], [308, `${base.replace('http', 'https')}/docs?x=1`])
  const called = await fetch(`${base}/api/notes/a`, { headers: asAnn })
  assert.deepEqual([called.status, (await bodyOf(called))['code']], [403, 'forbidden'])
  const proxied = await fetch(`${base}/api/notes/a`, { headers: { 'x-forwarded-proto': 'https' } })
  assert.equal(proxied.status, 200)
  assert.equal(proxied.headers.get('strict-transport-security'), 'max-age=31536000')
})

test('[H13] a stop answers the requests in flight, then closes their connections', async (t) => {
  const { base, door, held } = await serve(t)
  const reply = fetch(`${base}/api/notes/held`, post('{"text":"hi"}', asAnn))
  await held.reached
  const stopped = door.stop(5000)
  held.release()
  assert.equal((await reply).status, 201)
  await stopped
  await assert.rejects(fetch(`${base}/api/notes/a`))
})

test('[H13] a stop closes connections that do not end in time', async (t) => {
  const { base, door, held } = await serve(t)
  const reply = fetch(`${base}/api/notes/held`, post('{"text":"hi"}', asAnn)).catch(() => 'ended')
  await held.reached
  await door.stop(50)
  assert.equal(await reply, 'ended')
  held.release()
})

test('[H13] an idle connection does not delay the stop', async (t) => {
  const { port, door } = await serve(t)
  const waiting = raw(port, 'GET /api/notes/a HTTP/1.1\r\nHost: x\r\n\r\n')
  await fetch(`http://127.0.0.1:${port}/api/notes/a`)
  const began = performance.now()
  await door.stop(5000)
  await waiting
  assert.ok(performance.now() - began < 1000)
})

test('[H7] a literal path wins over a path with a parameter, for every method', async (t) => {
  const { base } = await serve(t, { mount: (app) => app.get('/api/notes/mine', () => 'mine') })
  const asked = await fetch(`${base}/api/notes/mine`, { method: 'OPTIONS' })
  assert.deepEqual([asked.status, asked.headers.get('allow')], [204, 'GET, HEAD'])
  for (const path of ['/api/notes/mine', '/api/notes/mine/', '/api/notes/mine?x=1']) {
    const put = await fetch(base + path, { method: 'PUT', headers: { ...asAnn, ...json }, body: '{"text":"x"}' })
    assert.deepEqual([put.status, put.headers.get('allow')], [405, 'GET, HEAD'], path)
  }
  const other = await fetch(`${base}/api/notes/other`, { method: 'OPTIONS' })
  assert.equal(other.headers.get('allow'), 'GET, HEAD, POST, PUT')
  assert.equal(await (await fetch(`${base}/api/notes/mine`)).text(), 'mine')
})
