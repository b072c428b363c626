import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import specs from '@asyncapi/specs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'

// The documents as the server sends them; `npm run check` compares them with the code, .ci/run runs a second validator.

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const openApi = JSON.parse(read('openapi.json'))
const asyncApi = JSON.parse(read('asyncapi.json'))

test('[DC1] the REST document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(openApi))
  assert.ok(valid, JSON.stringify(errors))
})

test('[DC1] the document of events is valid AsyncAPI 3.0', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addMetaSchema(createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json'))
  const isValid = ajv.compile(structuredClone(specs.schemasWithoutId['3.0.0']))
  assert.ok(isValid(asyncApi), JSON.stringify(isValid.errors?.slice(0, 3)))
})

const patterns = [...new Set([...valuesOf(openApi, 'pattern'), ...valuesOf(asyncApi, 'pattern')])]

test('[DC2] patterns work in the regular expressions of other languages, with and without Unicode', () => {
  assert.ok(patterns.length > 2)
  for (const pattern of patterns) {
    for (const flags of ['', 'u']) assert.doesNotThrow(() => new RegExp(pattern, flags), pattern)
    // Unicode classes, named groups and lookbehind do not exist in every engine, or have another syntax.
    assert.doesNotMatch(pattern, /\\[pPkcGh]|\(\?</, pattern)
  }
})

const python = spawnSync('python3', ['--version'])
test('[DC2] patterns work in Python', { skip: python.status === 0 ? false : 'python3 is not installed' }, () => {
  const program = 'import json, re, sys\nfor pattern in json.load(sys.stdin): re.compile(pattern)'
  const { status, stderr } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(patterns),
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
})

test('[DC2] a name may contain any printable text, and no control character', () => {
  const { pattern } = openApi.paths['/api/rooms'].post.requestBody.content['application/json'].schema.properties.name
  for (const flags of ['', 'u']) {
    for (const name of ['Ann', '你好', '😀 👨‍👩‍👧‍👦', 'مرحبا']) assert.match(name, new RegExp(pattern, flags))
    for (const name of ['a\0', 'a\nb', 'a\u009f', 'a\ufffd']) assert.doesNotMatch(name, new RegExp(pattern, flags))
  }
})

test('[DC3] documents the events of sockets and streams, and those that only streams send', () => {
  const namesOn = (channel: string): Set<string> =>
    new Set(
      Object.values<{ $ref: string }>(asyncApi.channels[channel].messages).map(
        ({ $ref }) => asyncApi.components.messages[$ref.replace('#/components/messages/', '')].name,
      ),
    )
  const [socket, stream] = [namesOn('socket'), namesOn('stream')]
  for (const name of [
    'connected',
    'room_joined',
    'message_received',
    'pong',
    'signal',
    'join_denied',
    'send_message',
  ]) {
    assert.ok(socket.has(name) && !stream.has(name), name)
  }
  for (const name of ['message', 'new_message', 'user_joined', 'typing', 'record_changed', 'room_position', 'error'])
    assert.ok(socket.has(name) && stream.has(name), name)
  for (const name of ['ready', 'reset']) assert.ok(stream.has(name), name)
  const { payload } = asyncApi.components.messages['stream.error']
  assert.equal(payload.properties.code.const, 'session_ended')
})

test('[EN1] documents the value of each record type in lists, and its events that only streams send', () => {
  const { items } =
    openApi.paths['/api/rooms/{room_id}/state'].get.responses['200'].content['application/json'].schema.properties.items
  const { records } = asyncApi.components.messages['out.room_joined'].payload.properties
  const types = (of: { oneOf: { properties: { type: { const: string } } }[] }) =>
    new Set(of.oneOf.map(({ properties }) => properties.type.const))
  assert.ok(types(items).has('ban') && types(items).has('notice'))
  assert.deepEqual(types(records.items), types(items))
  for (const type of types(items)) {
    const message = asyncApi.components.messages[`stream.record_changed.${type}`]
    assert.equal(message.payload.oneOf[0].properties.whole.const, true, type)
  }
})

test('[DC4] documents the limits that the server enforces', () => {
  const fields = (path: string, method = 'post') =>
    openApi.paths[path][method].requestBody.content['application/json'].schema
  const { password, email } = fields('/api/auth/register').properties
  assert.deepEqual([password.minLength, password.maxLength, email.format], [8, 256, 'email'])
  assert.equal(fields('/api/change-password').properties.new_password.minLength, 8)
  for (const path of ['/api/message', '/api/rooms/{room_id}/messages']) {
    const { content } = fields(path).properties
    // How long it may be depends on the type of the message.
    assert.match(content.description, /text of at most 20000 UTF-16 units.*base64.*MAX_INLINE_BYTES/i, path)
  }
  assert.deepEqual(fields('/api/token').required, ['identity', 'room'])
  const { parameters } = openApi.paths['/api/rooms/{room_id}/messages'].get
  const limit = parameters.find(({ name }: { name: string }) => name === 'limit').schema
  assert.match(JSON.stringify(limit), /"integer".*"string","pattern":"\^\\\\d\{1,15\}\$"/)
})

/** All values under this name anywhere in a schema. */
function valuesOf(value: unknown, name: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(each, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && typeof inner === 'string' ? [inner] : valuesOf(inner, name),
  )
}
