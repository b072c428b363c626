import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { z } from 'zod'
import specs from '@asyncapi/specs'
import { asyncApiDocument } from './asyncapi.ts'
import type { EntryNamedType, RecordType } from '../../core/contract.ts'
import { contracts, info, outline } from '../testing/contracts.ts'
import { eventNamesOf } from './event-names.ts'
import { eventsPage } from './events.ts'
import { isObject } from './schema.ts'

const document = asyncApiDocument(info, contracts)

function validator() {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addMetaSchema(createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json'))
  return ajv.compile(structuredClone(specs.schemasWithoutId['3.0.0']))
}

function at(...path: string[]): unknown {
  let value: unknown = document
  for (const name of path) value = isObject(value) ? value[name] : undefined
  return value
}

test('the document is valid AsyncAPI 3.0, and the validator would say so if not', () => {
  const isValid = validator()
  assert.ok(isValid(document), JSON.stringify(isValid.errors?.slice(0, 3)))
  const broken = structuredClone(document)
  broken['operations'] = { x: { action: 'shout', channel: { $ref: '#/channels/socket' } } }
  assert.ok(!isValid(broken))
})

test('every reference resolves', () => {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)
  const missing = [...references].map(([, path = '']) => path).filter((path) => at(...path.split('/')) === undefined)
  assert.deepEqual(missing, [])
})

test('every event has a message, in both directions', () => {
  assert.deepEqual(Object.keys(Object(at('components', 'messages'))), [
    ...['in.send_message', 'ack.send_message', 'in.message', 'ack.message', 'in.leave_room', 'ack.leave_room'],
    ...[
      'out.message.messages.sent',
      'out.new_message.messages.sent',
      'out.record_changed.outline',
      'out.typing',
      'out.audio_frame',
      'out.answered',
      'out.error',
    ],
    ...['stream.record_changed.outline', 'ready', 'reset', 'stream.error'],
  ])
  assert.equal(at('operations', 'receive.send_message', 'action'), 'receive')
  assert.match(JSON.stringify(at('components', 'messages', 'in.send_message')), /`not_a_member`/)
  assert.equal(at('components', 'messages', 'out.message.messages.sent', 'name'), 'message')
})

test('[EN1] describes records under the names and in the forms that sockets and streams send', () => {
  const shows: RecordType['shows'] = { schema: z.object({ age_ms: z.int(), by: z.string() }), encode: () => '{}' }
  const plain: RecordType = { ...outline, name: 'plain', value: z.object({ x: z.number() }) }
  const records = [plain, { ...plain, name: 'aged', shows }, { ...plain, name: 'named', wire: 'named_updated', shows }]
  const made = asyncApiDocument(info, { ...contracts, records })
  const messages = isObject(made['components']) ? Object(made['components']['messages']) : {}
  const forms = (key: string) =>
    messages[key].payload.oneOf.map((form: { properties: object }) => Object.keys(form.properties).join())
  const head = 'room_id,type,key,seq'
  assert.deepEqual(forms('out.record_changed.plain'), [`${head},set,unset`, `${head},deleted`])
  assert.deepEqual(forms('stream.record_changed.plain'), [`${head},set,unset,whole`, `${head},deleted`])
  assert.deepEqual(forms('out.record_changed.aged'), [`${head},set,unset,whole`, `${head},deleted`])
  assert.deepEqual(forms('out.named_updated.named'), ['room_id,key,seq,age_ms,by', 'room_id,key,seq,deleted'])
  const channels = Object(made['channels'])
  assert.ok(
    'out.named_updated.named' in channels.stream.messages &&
      !('stream.record_changed.plain' in channels.socket.messages),
  )
})

test('[DC3] [DC5] an event that its entry names is documented for streams alone, and the names of all others are listed', () => {
  const named: EntryNamedType = {
    ...{ name: 'test.named', v: 1, summary: 'Named.', body: z.object({}), payload: z.unknown(), audience: 'streams' },
    ...{ retention_ms: null, history: false, nameIn: () => 'x', encode: () => 'null' },
  }
  const given = { ...contracts, events: [...contracts.events, named] }
  const made = asyncApiDocument(info, given)
  assert.ok(validator()(made))
  const channels = Object(made['channels'])
  assert.ok('stream.test.named' in channels.stream.messages && !('stream.test.named' in channels.socket.messages))
  const messages = Object.entries<{ name: string }>(Object(made['components'])['messages'])
  const names = messages.filter(([key]) => !key.startsWith('ack.')).map(([, { name }]) => name)
  const others = names.filter((name) => name !== 'test.named')
  assert.deepEqual(new Set([...others, 'open']), new Set(eventNamesOf(given)))
})

test('a recursive schema stands once, and the others refer to it', () => {
  const shared = Object.keys(Object(at('components', 'schemas')))
  assert.ok(
    shared.some((name) => name.startsWith('Recursive')),
    shared.join(),
  )
})

test('the page shows every event, and no text of a contract is markup', () => {
  const [send] = contracts.actions
  assert.ok(send)
  const contract = { ...send.contract, summary: 'Say <script>alert("&")</script>' }
  const page = eventsPage(asyncApiDocument(info, { ...contracts, actions: [{ name: send.name, contract }] }), '')
  for (const name of ['send_message', 'message', 'new_message', 'record_changed', 'typing', 'ready', 'reset'])
    assert.ok(page.includes(`<code>${name}</code>`), name)
  assert.ok(page.includes('Say &lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;'))
  assert.ok(!page.includes('<script'))
})
