import type { Door } from '../harness/actions.ts'
import type { JsonObject } from '../harness/wire.ts'

/** What stands for something that only the moment of sending knows. */
export const places = { room: '{room}', user: '{user}', unique: '{unique}' } as const

/** A control character takes six bytes as JSON, more than any other; one at least must be seen. */
const longText = `m${'\u0001'.repeat(19_999)}`

/**
 * Fields whose largest value no schema tells, by their name. Undefined leaves a field out: a value made up for it would
 * be refused before anything is done, and an attacker wants work to be done.
 */
const known: JsonObject = {
  room_id: places.room,
  user_id: places.user,
  client_id: places.unique,
  content: longText,
  message: longText,
  text: longText,
  type: 'text',
  sender: 'Flood',
  format: undefined,
  reply_to: undefined,
  data: 'x'.repeat(65_000),
  state: { x: 'x'.repeat(4000) },
  email: `${places.unique}@example.org`,
  username: `n ${places.unique}`,
  old_password: 'p'.repeat(1000),
  new_password: 'a long walk in the sun',
  avatar_url: undefined,
  invite: undefined,
  cursor: undefined,
  before: undefined,
  after: undefined,
  online: undefined,
  epoch: undefined,
  after_seq: 0,
  limit: 200,
  movie_source: { type: 'directLink', url: `https://example.org/${'v'.repeat(2000)}` },
  settings: { capacity: 1_000_000, locked: false, waiting: false, chat: 'everyone' },
  is_private: false,
  expires_in: 3600,
  max_uses: 1000,
}

/** The same for one action alone. */
const knownTo: { readonly [action: string]: JsonObject } = {
  'identity.register': { password: 'a long walk in the rain' },
  'rooms.create': { password: null, kind: undefined },
  'rooms.update': { password: null },
  'rooms.join': { password: undefined },
  'rooms.attach': { password: undefined },
  'rooms.state': { cursor: Buffer.from('["",""]').toString('base64url') },
  'rooms.setRole': { role: 'member' },
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

/** The largest input that one door of an action takes, made from its schema. */
export function largestInput(action: string, { schema }: Door): JsonObject {
  const { properties = {} } = schema.toJSONSchema({ io: 'input', unrepresentable: 'any' })
  const given = { ...known, ...knownTo[action] }
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
