import { z } from 'zod'
import type { ActionContract } from '../packages/server/src/core/contract.ts'
import type { wireContracts } from '../packages/server/src/server.ts'

type Wire = typeof wireContracts
type JsonSchema = z.core.JSONSchema.BaseSchema

/**
 * What the client must know of the contracts at run time, and the types of what it hears, as TypeScript: schemas stay
 * with the server, so that no browser loads them.
 */
export function clientWire({ actions, events, ephemerals }: Wire): string {
  const doors = actions.map(({ name, contract }) => `  '${name}': ${doorText(contract)},\n`)
  const messages = events.filter(({ history }) => history).flatMap(({ wires }) => wires)
  const logged = new Map(events.flatMap(({ wires, payload }) => wires.map((wire) => [wire, payload] as const)))
  const heard = new Map([...logged, ...ephemerals.map(({ name, payload }) => [name, payload] as const)])
  const payloads = [...heard]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, payload]) => {
      return `  ${name}: ${typeText(z.toJSONSchema(payload, { io: 'output', unrepresentable: 'any' }))}\n`
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

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  const branches = schema.anyOf ?? schema.oneOf
  if (branches) return branches.map((branch) => typeText(asSchema(branch))).join(' | ')
  const types: unknown = schema.type
  if (Array.isArray(types)) return types.map((type) => typeText({ ...schema, type })).join(' | ')
  if (types === 'object') return objectText(schema)
  if (types === 'array') return `readonly (${typeText(asSchema(schema.items))})[]`
  if (types === 'integer' || types === 'number') return 'number'
  return types === 'string' || types === 'boolean' || types === 'null' ? types : 'unknown'
}

function objectText({ properties = {}, required = [], additionalProperties }: JsonSchema): string {
  const fields = Object.entries(properties).map(([name, field]) => {
    return `${name}${required.includes(name) ? '' : '?'}: ${typeText(asSchema(field))}`
  })
  if (fields.length > 0) return `{ ${fields.join('; ')} }`
  return typeof additionalProperties === 'object' ? 'Readonly<Record<string, unknown>>' : 'object'
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))

/** Of `items` and the like, where `true` means anything. */
const asSchema = (value: unknown): JsonSchema => (typeof value === 'object' && value !== null ? { ...value } : {})
