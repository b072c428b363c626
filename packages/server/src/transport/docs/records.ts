import { type RecordType, recordMark } from '../../core/contract.ts'
import { wireOf } from '../../room/encode/records.ts'
import { fieldsOf, isObject, type JsonObject, type Schemas } from './schema.ts'

/** An event about a record: its name and payload. */
export type RecordMessage = { event: string; type: RecordType; summary: string; payload: JsonObject }

const text = { type: 'string' }
const integer = { type: 'integer' }
const removed = { const: true }

/** The schema of a record's value on the wire. */
const shown = ({ value, shows }: RecordType, schemas: Schemas): JsonObject => schemas.of(shows?.schema ?? value)

/** A live change: the properties set and unset, or the whole value for types whose changes contain it. */
export function changeMessage(type: RecordType, schemas: Schemas): RecordMessage {
  if (type.wire !== undefined || type.shows !== undefined) return wholeMessage(type, schemas)
  const { fields } = fieldsOf(shown(type, schemas))
  const set = { type: 'object', properties: fields }
  const unset = { type: 'array', items: text }
  return message(type, { set, unset })
}

/** The change that a resuming stream receives (rule E6). */
export function wholeMessage(type: RecordType, schemas: Schemas): RecordMessage {
  const value = shown(type, schemas)
  if (type.wire === undefined) return message(type, { set: value, unset: { const: [] }, whole: { const: true } })
  const { fields, required } = fieldsOf(value)
  return message(type, fields, required)
}

function message(type: RecordType, fields: JsonObject, required: readonly string[] = Object.keys(fields)) {
  const name = type.wire === undefined ? { type: { const: type.name } } : {}
  const head = { room_id: text, ...name, key: text, seq: integer }
  const heads = Object.keys(head)
  const payload = {
    type: 'object',
    oneOf: [
      { properties: { ...head, ...fields }, required: [...heads, ...required] },
      { properties: { ...head, deleted: removed }, required: [...heads, 'deleted'] },
    ],
  }
  return { event: wireOf(type), type, summary: type.summary, payload }
}

/** The document with the record types in place of their marks. */
export function withRecords(document: JsonObject, records: readonly RecordType[], schemas: Schemas): JsonObject {
  const items = records.flatMap((type) => {
    const head = { type: { const: type.name }, key: text, seq: integer }
    return [
      {
        type: 'object',
        properties: { ...head, value: shown(type, schemas) },
        required: ['type', 'key', 'seq', 'value'],
      },
      { type: 'object', properties: { ...head, deleted: removed }, required: ['type', 'key', 'seq', 'deleted'] },
    ]
  })
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(filled)
    if (!isObject(value)) return value
    if (value[recordMark] === true) {
      const { title, description } = value
      return { title, description, oneOf: items }
    }
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]))
  }
  const made = filled(document)
  return isObject(made) ? made : document
}
