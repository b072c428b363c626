import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import type { BytesName } from '../../../core/rate.ts'
import { type Bytes, defineRoutes, implementRoutes } from '../../../core/route.ts'
import { freeLimiter } from '../../../core/testing/read-permit.ts'
import { linkQuery } from '../../../core/link.ts'
import { asAnn, bodyOf, json, raw, serve, sign } from '../../testing/http.ts'

const mib = 1024 * 1024
const whole = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 251))
const etag = '"v1"'
const modified = Date.UTC(2026, 0, 2, 3, 4, 5)

const contracts = defineRoutes({
  'trial.file': {
    summary: 'A file',
    method: 'GET',
    path: '/api/trial/file/:name',
    input: z.object({ name: z.string() }),
    takes: { as: 'nothing' },
    answers: { status: 200, types: ['*'], ranges: true },
    caller: 'anyone',
    scope: 'files:read',
    limit: 'read',
    errors: ['not_found'],
  },
  'trial.shared': {
    summary: 'A file that its room sees',
    method: 'GET',
    path: '/api/trial/shared/:name',
    input: z.object({ name: z.string() }),
    takes: { as: 'nothing' },
    answers: { status: 200, json: z.object({ by: z.string() }) },
    caller: 'user',
    scope: 'files:read',
    link: { to: 'file', id: 'name' },
    limit: 'read',
    errors: ['not_found'],
  },
  'trial.hook': {
    summary: 'Raw bytes, whole',
    method: 'POST',
    path: '/api/trial/hook',
    input: z.object({ times: z.coerce.number().int().max(3).optional() }),
    takes: { as: 'bytes', types: ['application/json', 'text/plain'], most: 100 },
    answers: { status: 201, json: z.object({ text: z.string() }) },
    caller: 'anyone',
    scope: 'files:read',
    limit: 'write',
    errors: [],
  },
  'trial.upload': {
    summary: 'A stream',
    method: 'POST',
    path: '/api/trial/upload/:to',
    input: z.object({ to: z.string() }),
    takes: { as: 'stream', types: ['*'], most: 8 * mib },
    answers: { status: 200, json: z.object({ bytes: z.number(), hash: z.string() }) },
    caller: 'user',
    scope: 'files:read',
    limit: 'write',
    errors: ['forbidden'],
  },
  'trial.live': {
    summary: 'Bytes that never end',
    method: 'GET',
    path: '/api/trial/live',
    input: z.object({}),
    takes: { as: 'nothing' },
    answers: { status: 200, types: ['application/octet-stream'] },
    caller: 'anyone',
    scope: 'files:read',
    limit: 'write',
    errors: [],
  },
  'trial.form': {
    summary: 'A form',
    method: 'POST',
    path: '/api/trial/form',
    input: z.object({}),
    takes: { as: 'form', file: 'file', fields: z.object({ times: z.coerce.number().int().max(3) }), most: mib },
    answers: { status: 201, json: z.object({}) },
    caller: 'user',
    scope: 'files:write',
    limit: 'write',
    errors: [],
    headers: { 'x-trial': '1' },
  },
  'trial.options': {
    summary: 'What it can',
    method: 'OPTIONS',
    path: '/api/trial/form',
    input: z.object({}),
    takes: { as: 'nothing' },
    answers: { status: 204 },
    caller: 'anyone',
    scope: 'files:write',
    limit: 'write',
    errors: [],
    headers: { 'x-trial': '1' },
  },
  'trial.none': {
    summary: 'Nothing',
    method: 'DELETE',
    path: '/api/trial/file/:name',
    input: z.object({ name: z.string() }),
    takes: { as: 'nothing' },
    answers: { status: 204 },
    caller: 'user',
    scope: 'files:read',
    limit: 'write',
    errors: [],
  },
})

type Options = Parameters<typeof serve>[1]

/** A door with these routes; `seen` holds what their handlers noticed, and `file` what `trial.file` answers. */
async function open(t: TestContext, options: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'parlor-raw-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'file')
  await writeFile(path, whole)
  const [began, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const seen = { uploads: [] as string[], made: 0, began, ended }
  const empty: Bytes = { async *[Symbol.asyncIterator]() {} }
  const routes = implementRoutes(contracts, {
    'trial.file': {
      allow: (_caller, { name }) => (name === 'none' ? 'not_found' : true),
      run: ({ name }) => ({
        headers: { 'cache-control': 'private, max-age=60' },
        blob: {
          ...{ size: name === 'empty' ? 0 : whole.length, type: 'image/png', etag, modified },
          open: ({ first, last }) => (name === 'empty' ? empty : createReadStream(path, { start: first, end: last })),
        },
      }),
    },
    'trial.shared': {
      allow: (caller) => (caller.kind === 'link' && caller.room_id === 'closed' ? 'not_found' : true),
      run: (_input, caller) => ({ json: { by: caller.kind === 'link' ? caller.room_id : caller.kind } }),
    },
    'trial.hook': {
      allow: () => true,
      run: ({ times = 1 }, _caller, { body }) => ({ json: { text: Buffer.from(body).toString().repeat(times) } }),
    },
    'trial.upload': {
      allow: (_caller, { to }) => (to === 'theirs' ? 'forbidden' : true),
      async run({ to }, _caller, { body }) {
        seen.began.resolve()
        const hash = createHash('sha256')
        let bytes = 0
        try {
          for await (const chunk of body.bytes) {
            hash.update(chunk)
            bytes += chunk.length
            if (to === 'full') throw new Error('no space left')
          }
          seen.uploads.push('whole')
        } catch (error) {
          seen.uploads.push(error instanceof Error ? error.message : '')
          seen.ended.resolve()
          throw error
        }
        return { json: { bytes, hash: hash.digest('hex') } }
      },
    },
    'trial.live': {
      allow: () => true,
      run(_input, _caller, { signal }) {
        signal.addEventListener('abort', () => seen.ended.resolve())
        async function* endless(): Bytes {
          for (;;) {
            seen.made += 1
            yield Buffer.alloc(64 * 1024)
          }
        }
        return { bytes: endless(), type: 'application/octet-stream' }
      },
    },
    'trial.form': {
      allow: () => true,
      async run(_input, _caller, { body }) {
        let content = ''
        const { times } = await body.read(async ({ bytes }) => {
          for await (const chunk of bytes) content += Buffer.from(chunk).toString()
        })
        return { json: { content, times } }
      },
    },
    'trial.options': { allow: () => true, run: () => ({ none: true }) },
    'trial.none': { allow: () => true, run: () => ({ none: true }) },
  })
  return { ...(await serve(t, { ...options, routes })), seen }
}

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const codeOf = async (reply: Response) => [reply.status, (await bodyOf(reply))['code']]

test('[RR1] a raw route answers like an action: errors, ids, methods, HEAD', async (t) => {
  const { base, told } = await open(t)
  assert.deepEqual(await codeOf(await fetch(`${base}/api/trial/file/none`)), [404, 'not_found'])
  assert.deepEqual(await codeOf(await fetch(`${base}/api/trial/upload/a`, { method: 'POST', body: 'x' })), [
    401,
    'not_authenticated',
  ])
  assert.deepEqual(await codeOf(await fetch(`${base}/api/trial/hook?times=9`, { method: 'POST', body: 'x' })), [
    400,
    'validation_error',
  ])
  const put = await fetch(`${base}/api/trial/file/a`, { method: 'PUT' })
  assert.deepEqual([put.status, put.headers.get('allow')], [405, 'DELETE, GET, HEAD'])
  const none = await fetch(`${base}/api/trial/file/a`, { method: 'DELETE', headers: asAnn })
  assert.deepEqual([none.status, await none.text()], [204, ''])
  const head = await fetch(`${base}/api/trial/file/a`, { method: 'HEAD', headers: { range: 'bytes=0-1' } })
  assert.deepEqual([head.status, head.headers.get('content-length'), head.headers.get('etag')], [200, '1000', etag])
  assert.ok(head.headers.get('x-request-id'))
  assert.ok(told.lines.some(({ route, status }) => route === '/api/trial/file/:name' && status === 204))
})

test('[LK2] [LK3] a signed link opens the routes that take one, as its room', async (t) => {
  const { base } = await open(t)
  const until = Date.now() + 60_000
  const link = (id: string, more: { room_id?: string; until?: number } = {}) =>
    linkQuery({ to: 'file', id, room_id: 'r1', until, ...more }, sign)
  const at = async (path: string, headers = {}) => {
    const reply = await fetch(`${base}/api/trial/${path}`, { headers })
    const { by, code } = await bodyOf(reply)
    return `${reply.status} ${String(by ?? code)}`
  }
  assert.equal(await at('shared/a'), '401 not_authenticated')
  assert.equal(await at(`shared/a?${link('a')}`), '200 r1')
  assert.equal(await at(`shared/a?${link('a', { room_id: 'closed' })}`), '404 not_found')
  assert.equal(await at(`shared/b?${link('a')}`), '401 token_invalid')
  assert.equal(await at(`shared/a?${link('a')}&room=r2`), '401 token_invalid')
  const old = link('a', { until: Date.now() - 1000 })
  assert.equal(await at(`shared/a?${old}`), '401 token_expired')
  assert.equal(await at(`shared/a?${old}`, asAnn), '200 user')
  assert.equal(await at(`shared/a?${link('a')}`, { authorization: 'Bearer bad' }), '401 token_invalid')
  const head = await fetch(`${base}/api/trial/shared/a?${link('a')}`, { method: 'HEAD' })
  assert.equal(head.status, 200)
  const upload = await fetch(`${base}/api/trial/upload/a?${link('a')}`, { method: 'POST', body: 'x' })
  assert.deepEqual(await codeOf(upload), [401, 'not_authenticated'], 'a route that takes none')
})

test('[RR2] a body taken whole is bounded and of its types', async (t) => {
  const { base } = await open(t)
  const send = (body: string, type: string, more = {}) =>
    fetch(`${base}/api/trial/hook`, { method: 'POST', body, headers: { 'content-type': type, ...more } })
  const said = await send('{"a": 1}', 'application/json; charset=utf-8')
  assert.deepEqual([said.status, await bodyOf(said)], [201, { text: '{"a": 1}' }])
  assert.deepEqual(await codeOf(await send('x'.repeat(101), 'text/plain')), [413, 'too_large'])
  assert.deepEqual(await codeOf(await send('x', 'text/html')), [415, 'unsupported_type'])
  assert.deepEqual(await codeOf(await send('x', 'text/plain', { 'content-encoding': 'gzip' })), [
    415,
    'unsupported_type',
  ])
  const empty = await fetch(`${base}/api/trial/hook`, { method: 'POST' })
  assert.deepEqual(await bodyOf(empty), { text: '' })
})

test('[RR2] a stream arrives whole, declared or not', async (t) => {
  const { base, port } = await open(t)
  const bytes = Buffer.alloc(5 * mib, 'abc')
  const sent = await fetch(`${base}/api/trial/upload/a`, { method: 'POST', headers: asAnn, body: bytes })
  assert.deepEqual(await bodyOf(sent), { bytes: bytes.length, hash: sha(bytes) })
  const chunked = `POST /api/trial/upload/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
  assert.match(await raw(port, chunked, /"bytes":3/), /^HTTP\/1\.1 200 /)
  const none = await fetch(`${base}/api/trial/upload/a`, { method: 'POST', headers: asAnn })
  assert.deepEqual(await bodyOf(none), { bytes: 0, hash: sha(Buffer.alloc(0)) })
})

test('[RR2] a stream over its bound is refused when it says so, and when it goes on without', async (t) => {
  const { base, port, seen } = await open(t)
  const head = 'POST /api/trial/upload/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\n'
  assert.match(await raw(port, `${head}Content-Length: 4294967296\r\n\r\nabc`, /too_large/), /^HTTP\/1\.1 413 /)
  assert.deepEqual(seen.uploads, [])
  const body = new ReadableStream({
    start(controller) {
      for (let sent = 0; sent < 9; sent += 1) controller.enqueue(Buffer.alloc(mib))
      controller.close()
    },
  })
  const endless = { method: 'POST', headers: asAnn, body, duplex: 'half' } as RequestInit
  assert.deepEqual(await codeOf(await fetch(`${base}/api/trial/upload/a`, endless)), [413, 'too_large'])
})

test('[RR3] [RR7] a client that sends less than the pace is too slow, and one that the server keeps waiting is not', async (t) => {
  const pace = { bytes: 1_000, ms: 200 }
  const limiter = {
    ...freeLimiter,
    debt: 0,
    charge(name: BytesName) {
      if (name === 'uploaded_bytes') this.debt = 5
    },
    isInDebt(name: BytesName) {
      return name === 'uploaded_bytes' && this.debt-- > 0
    },
  }
  const { port, base, seen } = await open(t, { pace, timeouts: { request: 100, checkEvery: 20 }, limiter })
  const head =
    'POST /api/trial/upload/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nContent-Length: 2000\r\n\r\n'
  assert.match(await raw(port, `${head}abc`), /^HTTP\/1\.1 408 .*connection: close.*"code":"too_slow"/is)
  assert.deepEqual(seen.uploads, ['The upload is too slow'])
  // Held back for 0.5 s: longer than the pace looks at, and than other requests may take.
  const reply = await fetch(`${base}/api/trial/upload/a`, { method: 'POST', headers: asAnn, body: Buffer.alloc(2_000) })
  assert.equal((await bodyOf(reply))['bytes'], 2_000)
})

test('[RR3] a body that breaks off is told to the handler, which stores nothing', async (t) => {
  const { port, seen } = await open(t)
  const head =
    'POST /api/trial/upload/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nContent-Length: 2000\r\n\r\nabc'
  const socket = connect(port, '127.0.0.1', () => socket.write(head))
  await seen.began.promise
  socket.destroy()
  await seen.ended.promise
  assert.deepEqual(seen.uploads, ['The request could not be read'])
})

test('[RR4] ranges of a file', async (t) => {
  const { base } = await open(t)
  const get = (headers: Record<string, string>, name = 'a') => fetch(`${base}/api/trial/file/${name}`, { headers })
  const all = await get({})
  assert.deepEqual([all.status, Buffer.from(await all.arrayBuffer()).equals(whole)], [200, true])
  assert.equal(all.headers.get('accept-ranges'), 'bytes')
  assert.equal(all.headers.get('last-modified'), new Date(modified).toUTCString())
  assert.equal(all.headers.get('cache-control'), 'private, max-age=60')
  const part = await get({ range: 'bytes=10-19' })
  assert.deepEqual(
    [part.status, part.headers.get('content-range'), part.headers.get('content-length')],
    [206, 'bytes 10-19/1000', '10'],
  )
  assert.ok(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(10, 20)))
  const parts = await get({ range: 'bytes=0-1,998-' })
  const boundary = /boundary=(\w+)/.exec(parts.headers.get('content-type') ?? '')?.[1]
  const body = Buffer.from(await parts.arrayBuffer())
  assert.equal(parts.headers.get('content-length'), String(body.length))
  const head = (range: string) =>
    `\r\n--${boundary}\r\nContent-Type: image/png\r\nContent-Range: bytes ${range}/1000\r\n\r\n`
  const expected = [head('0-1'), whole.subarray(0, 2), head('998-999'), whole.subarray(998), `\r\n--${boundary}--\r\n`]
  assert.ok(body.equals(Buffer.concat(expected.map((piece) => Buffer.from(piece)))))
  const outside = await get({ range: 'bytes=1000-' })
  assert.equal(outside.headers.get('content-range'), 'bytes */1000')
  assert.deepEqual(await codeOf(outside), [416, 'range_not_satisfiable'])
  assert.equal((await get({ 'if-none-match': etag })).status, 304)
  assert.deepEqual(await codeOf(await get({ 'if-match': '"v0"' })), [412, 'precondition_failed'])
  const empty = await get({}, 'empty')
  assert.deepEqual([empty.status, empty.headers.get('content-length'), await empty.text()], [200, '0', ''])
})

test('[RR5] a client that reads nothing holds back what feeds it, and one that goes ends it', {
  timeout: 20_000,
}, async (t) => {
  const { port, seen } = await open(t, { timeouts: { idle: 100 } })
  const socket = connect(port, '127.0.0.1', () => socket.write('GET /api/trial/live HTTP/1.1\r\nHost: x\r\n\r\n'))
  socket.on('error', () => {}).pause()
  let made = -1
  while (made !== seen.made || made < 1) {
    made = seen.made
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  assert.ok(made * 64 * 1024 < 16 * mib, `${made} pieces were made for a client that reads nothing`)
  assert.ok(!socket.destroyed, 'a paused download outlives the time after which an idle connection is closed')
  socket.destroy()
  await seen.ended.promise
})

test('[RR6] a refused upload is told so before its body, and the answer is not lost behind one that goes on', async (t) => {
  const { port, base } = await open(t)
  const expecting = (to: string) =>
    `POST /api/trial/upload/${to} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n`
  const refused = await raw(port, expecting('theirs'))
  assert.match(refused, /^HTTP\/1\.1 403 .*connection: close/is)
  const allowed = connect(port, '127.0.0.1', () => allowed.write(expecting('a')))
  let text = ''
  for await (const chunk of allowed) {
    text += String(chunk)
    if (text === 'HTTP/1.1 100 Continue\r\n\r\n') allowed.write('abc')
    if (text.includes('"bytes":3')) break
  }
  assert.match(text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  const bytes = Buffer.alloc(8 * mib)
  for (let n = 0; n < 5; n += 1) {
    const reply = await fetch(`${base}/api/trial/upload/theirs`, { method: 'POST', headers: asAnn, body: bytes })
    assert.deepEqual(await codeOf(reply), [403, 'forbidden'])
    const full = await fetch(`${base}/api/trial/upload/full`, { method: 'POST', headers: asAnn, body: bytes })
    assert.deepEqual(await codeOf(full), [500, 'internal'])
  }
})

test('[RR7] the bytes of a download are charged, and a debt slows it down', async (t) => {
  const charged: [BytesName, number][] = []
  let debt = 3
  const limiter = {
    ...freeLimiter,
    charge: (name: BytesName, _caller: unknown, bytes: number) => void charged.push([name, bytes]),
    isInDebt: (name: BytesName) => name === 'downloaded_bytes' && debt-- > 0,
  }
  const { base } = await open(t, { limiter })
  const started = performance.now()
  const reply = await fetch(`${base}/api/trial/file/a`)
  assert.ok(Buffer.from(await reply.arrayBuffer()).equals(whole))
  assert.deepEqual(charged, [['downloaded_bytes', 1_000]])
  assert.ok(performance.now() - started > 150, 'it waited for its budget')
})

test('[RR8] a route takes a form, parses its fields, and says its own headers in each answer', async (t) => {
  const { base } = await open(t)
  const send = (fields: Record<string, string>, headers = asAnn) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.append(name, value)
    body.append('file', new Blob(['hello']), 'a.txt')
    return fetch(`${base}/api/trial/form`, { method: 'POST', body, headers })
  }
  const stored = await send({ times: '2' })
  assert.deepEqual([stored.status, await bodyOf(stored)], [201, { content: 'hello', times: 2 }])
  assert.deepEqual(await codeOf(await send({ times: '9' })), [400, 'validation_error'])
  assert.deepEqual(await codeOf(await send({})), [400, 'missing_fields'])
  const refused = await fetch(`${base}/api/trial/form`, { method: 'POST', body: '{}', headers: { ...asAnn, ...json } })
  assert.deepEqual([refused.headers.get('x-trial'), ...(await codeOf(refused))], ['1', 415, 'unsupported_type'])
  const options = await fetch(`${base}/api/trial/form`, { method: 'OPTIONS' })
  assert.deepEqual([options.status, options.headers.get('x-trial')], [204, '1'])
  const large = new FormData()
  large.append('file', new Blob([Buffer.alloc(2 * mib)]), 'a')
  assert.deepEqual(
    await codeOf(await fetch(`${base}/api/trial/form`, { method: 'POST', body: large, headers: asAnn })),
    [413, 'too_large'],
  )
})
