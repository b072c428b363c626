import type { Door } from '../../harness/trials/actions.ts'
import { floodFields, floodTable } from '../../harness/trials/all-trials.ts'
import { places } from '../../harness/trials.ts'
import type { JsonObject } from '../../harness/wire.ts'

/**
 * Largest values by field name, for fields of several features whose schema does not give one; each feature adds its own.
 * Undefined leaves the field out: an invented value would be refused early, and an attacker wants to cause work.
 */
const known: JsonObject = {
  room_id: places.room,
  user_id: places.user,
  client_id: places.unique,
  sender: 'Flood',
  cursor: undefined,
  before: undefined,
  after: undefined,
  limit: 200,
  ...floodFields,
}

type JsonSchema = {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  maxLength?: number
  maxItems?: number
  maximum?: number
  minimum?: number
}

/** The largest input that a door of an action accepts, made from its schema. */
export function largestInput(action: string, { schema }: Door): JsonObject {
  const { properties = {} } = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' })
  const given = { ...known, ...floodTable[action]?.fields }
  const input: JsonObject = {}
  for (const [name, property] of Object.entries(properties)) {
    const value = Object.hasOwn(given, name) ? given[name] : largest(property as JsonSchema)
    if (value !== undefined) input[name] = value
  }
  return input
}

function largest(schema: JsonSchema): unknown {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return largestOf(choices.map(largest))
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return largestOf(schema.enum)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  switch (type ?? 'any') {
    case 'string':
      return 'x'.repeat(schema.maxLength ?? 100)
    case 'integer':
    case 'number':
      return Math.min(schema.maximum ?? 1, 1_000_000)
    case 'boolean':
      return true
    case 'array':
      return Array.from({ length: schema.maxItems ?? 1 }, () => largest(schema.items ?? {}))
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, largest(one)]))
    default:
      return null
  }
}

const largestOf = (values: readonly unknown[]): unknown =>
  values.toSorted((a, b) => (JSON.stringify(b)?.length ?? 0) - (JSON.stringify(a)?.length ?? 0))[0]
