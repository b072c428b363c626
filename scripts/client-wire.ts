import type { ActionContract } from '../packages/server/src/core/contract.ts'
import type { WireContracts } from '../packages/server/src/transport/docs/asyncapi.ts'
import { createSchemas, isObject, type JsonObject } from '../packages/server/src/transport/docs/schema.ts'

/**
 * What the client must know of the contracts at run time, and the types of what it hears, as TypeScript: schemas stay
 * with the server, so that no browser loads them.
 */
export function clientWire({ actions, events, ephemerals }: WireContracts): string {
  const schemas = createSchemas('draft-2020-12', '')
  const doors = actions.map(({ name, contract }) => `  '${name}': ${doorText(contract)},\n`)
  const messages = events.filter(({ history }) => history).flatMap(({ wires }) => wires)
  const logged = new Map(events.flatMap(({ wires, payload }) => wires.map((wire) => [wire, payload] as const)))
  const heard = new Map([...logged, ...ephemerals.map(({ name, payload }) => [name, payload] as const)])
  const payloads = [...heard]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, payload]) => {
      return `  ${name}: ${typeText(schemas.of(payload))}\n`
    })
  return [
    '// Made by scripts/docs.ts from the contracts of the server. To change it, change those.\n\n',
    '/** Each action: method and path of its REST door, and its event on sockets; empty where it has none. */\n',
    `export const doors = {\n${doors.join('')}} as const satisfies Readonly<Record<string, readonly [string, string, string]>>\n\n`,
    '/** Events that carry a message. */\n',
    `export const messageEvents = [${messages.map((name) => `'${name}'`).join(', ')}] as const\n\n`,
    '/** What is heard under each name. */\n',
    `export type EventPayloads = {\n${payloads.join('')}}\n`,
  ].join('')
}

/** Of several ways in the first that takes the input as it is. */
function doorText({ http = [], socket = [] }: ActionContract): string {
  const rest = http.find(({ accepts }) => !accepts)
  const event = socket.find(({ accepts }) => !accepts)?.event
  return `['${rest?.method ?? ''}', '${rest?.path ?? ''}', '${event ?? ''}']`
}

function typeText(schema: JsonObject): string {
  const { type, enum: values, anyOf: branches, items } = schema
  if ('const' in schema) return literal(schema['const'])
  if (Array.isArray(values)) return values.map(literal).join(' | ')
  if (Array.isArray(branches)) return branches.map((branch) => typeText(asSchema(branch))).join(' | ')
  if (Array.isArray(type)) return type.map((one) => typeText({ ...schema, type: one })).join(' | ')
  if (type === 'object') return objectText(schema)
  if (type === 'array') return `readonly (${typeText(asSchema(items))})[]`
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'string' || type === 'boolean' || type === 'null' ? type : 'unknown'
}

function objectText({ properties, required, additionalProperties }: JsonObject): string {
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name)
  const fields = Object.entries(asSchema(properties)).map(([name, field]) => {
    return `${name}${isRequired(name) ? '' : '?'}: ${typeText(asSchema(field))}`
  })
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  return isObject(additionalProperties) ? 'Readonly<Record<string, unknown>>' : 'object'
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))

/** Of `items` and the like, where `true` means anything. */
const asSchema = (value: unknown): JsonObject => (isObject(value) ? value : {})
