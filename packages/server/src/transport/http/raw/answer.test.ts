import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { BytesName } from '../../../core/rate.ts'
import { freeLimiter } from '../../../core/testing/read-permit.ts'
import { codeOf, etag, mib, modified, open, whole } from './testing/door.ts'

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
