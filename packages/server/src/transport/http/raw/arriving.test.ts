import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { BytesName } from '../../../core/rate.ts'
import { freeLimiter } from '../../../core/testing/read-permit.ts'
import { asAnn, bodyOf, raw } from '../../testing/http.ts'
import { codeOf, mib, open } from './testing/door.ts'

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

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
