import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkQuery } from '../../../core/link.ts'
import { asAnn, bodyOf, json, sign } from '../../testing/http.ts'
import { codeOf, etag, mib, open } from './testing/door.ts'

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
