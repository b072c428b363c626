import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { contracts, info } from '../testing/contracts.ts'
import { isObject, type JsonObject } from './schema.ts'
import { openApiDocument } from './openapi.ts'

const document = openApiDocument(info, contracts)

function at(...path: string[]): unknown {
  let value: unknown = document
  for (const name of path) value = isObject(value) ? value[name] : undefined
  return value
}
const operation = (path: string, method: string): JsonObject => {
  const found = at('paths', path, method)
  assert.ok(isObject(found), `${method} ${path}`)
  return found
}

test('the document is valid OpenAPI 3.1, and the validator would say so if not', async () => {
  const valid = await new Validator().validate(structuredClone(document))
  assert.deepEqual([valid.valid, valid.errors], [true, undefined])
  const broken = structuredClone(document)
  broken['paths'] = { 'no-slash': {} }
  assert.equal((await new Validator().validate(broken)).valid, false)
})

test('every reference resolves', () => {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)
  const missing = [...references].map(([, path = '']) => path).filter((path) => at(...path.split('/')) === undefined)
  assert.deepEqual(missing, [])
})

test('path, query and body each describe their part of the input', () => {
  const list = operation('/api/rooms/{room_id}/messages', 'get')
  assert.deepEqual(list['parameters'], [
    { name: 'room_id', in: 'path', required: true, schema: { type: 'string' } },
    {
      name: 'before',
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    },
    { name: 'description', in: 'query', required: false, schema: { type: 'string' } },
  ])
  assert.equal(list['requestBody'], undefined)
  const send = JSON.stringify(operation('/api/rooms/{room_id}/messages', 'post'))
  assert.match(send, /"requestBody":\{"required":true.*"required":\["content"\]/)
  assert.match(send, /"name":"Idempotency-Key"/)
  const byText = JSON.stringify(operation('/api/message', 'post')['requestBody'])
  assert.match(byText, /"text"/)
  assert.match(byText, /"default":"lobby"/)
  assert.equal(operation('/api/rooms/{room_id}/leave', 'post')['requestBody'], undefined)
  assert.match(JSON.stringify(operation('/api/rooms/{room_id}/shapes', 'put')['requestBody']), /"circle".*"line"/)
})

test('an operation lists the status of its route, the errors of its contract and those that are always possible', () => {
  const { responses, security } = operation('/api/rooms/{room_id}/messages', 'post')
  assert.deepEqual(Object.keys(Object(responses)), [
    ...['201', '400', '401', '403', '404', '409', '413', '415', '429', '431', '500', '503'],
  ])
  assert.match(
    JSON.stringify(Object(responses)['403']),
    /"enum":\["not_a_member","chat_disabled","forbidden","scope_missing"\]/,
  )
  assert.match(JSON.stringify(Object(responses)['429']), /"Retry-After"/)
  assert.deepEqual(security, [{ bearer: [] }])
  assert.equal(operation('/api/rooms/{room_id}/messages', 'post')['x-scope'], 'messages:write')
  assert.deepEqual(operation('/api/rooms/{room_id}/messages', 'get')['security'], [{}, { bearer: [] }])
})

test('describes routes that are no actions too', () => {
  for (const path of ['/api/events', '/api/health', '/api/live', '/api/ready', '/metrics']) operation(path, 'get')
  assert.match(
    JSON.stringify(operation('/api/events', 'get')['parameters']),
    /"access_token".*"room_id".*"Last-Event-ID"/,
  )
})

test('[RR1] a raw route lists its body, its bytes, its ranges and its errors', () => {
  const put = operation('/api/files/{id}', 'put')
  assert.deepEqual(Object.keys(Object(Object(put['requestBody']).content)), ['image/png', 'image/webp'])
  assert.deepEqual(
    Object(put['parameters']).map(({ name, in: where }: { name: string; in: string }) => `${where} ${name}`),
    ['path id', 'query name'],
  )
  assert.deepEqual(Object.keys(Object(put['responses'])), [
    ...['201', '400', '401', '403', '408', '413', '415', '429', '431', '500', '503'],
  ])
  const get = Object(operation('/api/files/{id}', 'get')['responses'])
  assert.deepEqual(Object.keys(get), [
    ...['200', '206', '304', '400', '401', '403', '404', '412', '416', '429', '431', '500', '503'],
  ])
  assert.deepEqual(Object.keys(get['206'].content), ['*/*', 'multipart/byteranges'])
  const { security, 'x-scope': scope } = operation('/api/files/{id}', 'get')
  assert.deepEqual([security, scope], [[{ bearer: [] }, { signed_link: [] }], 'messages:write'])
})

test('operation ids are unique', () => {
  const ids = [...JSON.stringify(document).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(ids.includes('messages.send') && ids.includes('messages.send.2'))
})
