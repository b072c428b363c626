import type {
  ActionContract,
  Bounds,
  EphemeralType,
  AnyEventType,
  NamedPermission,
  RecordType,
} from '../packages/server/src/core/contract.ts'
import type { DefinedError } from '../packages/server/src/core/error.ts'
import { changeMessage } from '../packages/server/src/transport/docs/records.ts'
import { errorSchema } from '../packages/server/src/transport/docs/openapi-errors.ts'
import {
  createTypeWriter,
  docText,
  indent,
  literal,
  type TypeWriter,
} from '../packages/server/src/transport/docs/type-writer.ts'

/** What the SDK is made of: the contracts, and tables as data. */
export type SdkSource = {
  actions: readonly { name: string; contract: ActionContract }[]
  events: readonly AnyEventType[]
  records: readonly RecordType[]
  ephemerals: readonly EphemeralType[]
  errors: readonly DefinedError[]
  bounds: Bounds
  permissions: {
    roles: readonly string[]
    all: readonly NamedPermission[]
    /** What somebody who stands in for the owner is, by what the room says of the rights of its host. */
    standIns: Readonly<Record<string, string>>
    moderatorRoles: readonly string[]
    /** What someone can be to another member who acts on them. */
    targets: readonly string[]
    /** By role, the targets that it may remove or send out, and those whose role it may change. */
    removable: Readonly<Record<string, readonly string[]>>
    changeable: Readonly<Record<string, readonly string[]>>
  }
}

const head = '// Generated from the contracts of the server by `npm run docs`: change those.\n\n'

/**
 * The generated files of the SDK by their names: all that it knows of the server. The schemas themselves stay there, so that no
 * browser loads them.
 */
export function sdkFiles(source: SdkSource): Record<string, string> {
  const types = createTypeWriter()
  const bodies = {
    'actions.generated.ts': actionsText(source, types),
    'events.generated.ts': eventsText(source, types),
    'records.generated.ts': recordsText(source, types),
    'errors.generated.ts': errorsText(source, types),
    'limits.generated.ts': limitsText(source),
    'permissions.generated.ts': permissionsText(source),
  }
  const names = types.names()
  const files = Object.entries(bodies).map(([file, body]) => [file, `${head}${importText(names, body)}${body}`])
  return { 'shapes.generated.ts': `${head}${types.declarations()}`, ...Object.fromEntries(files) }
}

/** The named types that stand in a text. */
function importText(names: readonly string[], body: string): string {
  // Neither in comments nor in the text of a literal.
  const code = body.replaceAll(/\/\*\*.*?\*\/|'[^'\n]*'/gs, '')
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(code))
  return used.length === 0 ? '' : `import type { ${used.join(', ')} } from './shapes.generated.ts'\n\n`
}

function actionsText({ actions }: SdkSource, types: TypeWriter): string {
  const doors = actions.map(({ name, contract }) => `  ${literal(name)}: ${doorText(contract)},\n`)
  const rows = actions.map(({ name, contract: { summary, input, output } }) => {
    const fields = [`input: ${types.typeOf(input, 'input', 2)}`, `output: ${types.typeOf(output, 'output', 2)}`]
    const lines = fields.map((field) => `${indent(2)}${field}\n`).join('')
    return `${docText(summary, 1)}  ${literal(name)}: {\n${lines}  }\n`
  })
  return [
    '/** Method and path of an action over REST, and its event on sockets; empty, or left out, where it has none. */\n',
    'export type Door = readonly [method: string, path: string, event?: string]\n\n',
    `export const doors = {\n${doors.join('')}} as const satisfies Readonly<Record<string, Door>>\n\n`,
    '/** What each action takes and answers. */\n',
    `export type Actions = {\n${rows.join('')}}\n`,
  ].join('')
}

/** Of several ways in the first that takes the input as it is. */
function doorText({ http = [], socket = [] }: ActionContract): string {
  const rest = http.find(({ accepts }) => !accepts)
  const event = socket.find(({ accepts }) => !accepts)?.event
  const parts = [rest?.method ?? '', rest?.path ?? '', ...(event === undefined ? [] : [event])]
  return `[${parts.map(literal).join(', ')}]`
}

function eventsText({ events, records, ephemerals }: SdkSource, types: TypeWriter): string {
  const messages = events.filter(({ history }) => history).flatMap(({ wires = [] }) => wires)
  const forUser = ephemerals.filter(({ to }) => to === 'user').map(({ name }) => name)
  const logged = events.flatMap(({ wires = [], summary, payload }) => wires.map((name) => ({ name, summary, payload })))
  const payloads = [...logged, ...ephemerals].map(({ payload, ...event }) => {
    return { ...event, text: types.typeOf(payload, 'event', 1) }
  })
  const rows = [...payloads, ...records.flatMap((record) => recordEvent(record, types))]
    .toSorted(byName)
    .map(({ name, summary, text }) => `${docText(summary, 1)}  ${name}: ${text}\n`)
  return [
    '/** Events that carry a message. */\n',
    `export const messageEvents = [${messages.map(literal).join(', ')}] as const\n\n`,
    '/** Events for the user alone, on each of their connections, in a room or not. */\n',
    `export const userEvents = [${forUser.map(literal).join(', ')}] as const\n\n`,
    '/** What is heard under each name. */\n',
    `export type EventPayloads = {\n${rows.join('')}}\n`,
  ].join('')
}

/** The event that a type of records speaks instead of `record_changed`. */
function recordEvent(record: RecordType, types: TypeWriter) {
  if (record.wire === undefined) return []
  const { event, summary, payload } = changeMessage(record, types.schemas)
  return [{ name: event, summary, text: types.typeOfJson(payload, 'event', 1) }]
}

function recordsText({ records }: SdkSource, types: TypeWriter): string {
  const named = records.flatMap(({ name, wire }) => (wire === undefined ? [] : `  ${wire}: ${literal(name)},\n`))
  const rows = records.toSorted(byName).map(({ name, summary, value, shows }) => {
    return `${docText(summary, 1)}  ${name}: ${types.typeOf(shows?.schema ?? value, 'event', 1)}\n`
  })
  return [
    '/** Events that carry a whole record, without the type of it; others come as `record_changed`. */\n',
    `export const recordEvents: Readonly<Record<string, string>> = {\n${named.join('')}}\n\n`,
    `/** The value of a record by the name of its type. */\nexport type RecordValues = {\n${rows.join('')}}\n`,
  ].join('')
}

function errorsText({ errors }: SdkSource, types: TypeWriter): string {
  const rows = errors.map(({ code, status, text, retry }) => {
    return `${docText(`${text} (${status})`, 1)}  ${code}: ${literal(retry)}\n`
  })
  const { required, properties } = errorSchema(errors)
  // What stands beside every error: its sentence and code, and the id of a request.
  const ofEveryError: readonly string[] = required
  const fields = Object.entries(properties).filter(([name]) => !ofEveryError.includes(name))
  const details = { type: 'object', required: [], properties: Object.fromEntries(fields) }
  return [
    '/** Whether the same request may pass later, by the code of its error. */\n',
    `export type ErrorRetries = {\n${rows.join('')}}\n\n`,
    'export type ErrorCode = keyof ErrorRetries\n\n',
    `/** ${properties.retry.description} */\n`,
    `export type Retry = ${types.typeOfJson(properties.retry, 'event', 0)}\n\n`,
    '/** What may stand beside the code of an error. */\n',
    `export type ErrorDetails = ${types.typeOfJson(details, 'event', 0)}\n`,
  ].join('')
}

/** One constant each, so that an application loads those that it uses. */
function limitsText({ bounds }: SdkSource): string {
  const rows = Object.entries(bounds).map(
    ([name, { value, text }]) => `${docText(text, 0)}export const ${name} = ${value}\n`,
  )
  return `// The most that the server takes or answers, unless a name says something else.\n\n${rows.join('\n')}`
}

function permissionsText({ permissions }: SdkSource): string {
  const { roles, all, standIns, moderatorRoles, targets, removable, changeable } = permissions
  const rows = all.map(({ name, text, who }) => `${docText(text, 1)}  ${name}: ${listText(who)},\n`)
  const byRole = (table: Readonly<Record<string, readonly string[]>>) =>
    `{\n${Object.entries(table)
      .map(([role, whom]) => `  ${role}: ${listText(whom)},\n`)
      .join('')}} as const satisfies Readonly<Record<RoomRole, readonly RoomTarget[]>>`
  const stand = Object.entries(standIns).map(([rights, role]) => `  ${rights}: ${literal(role)},\n`)
  return [
    '/** What someone can be in a room. */\n',
    `export const roomRoles = ${listText(roles)} as const\n`,
    'export type RoomRole = (typeof roomRoles)[number]\n\n',
    '/** What someone can be to another who acts on them: `hosting` is the host, owner or stand-in. */\n',
    `export const roomTargets = ${listText(targets)} as const\n`,
    'export type RoomTarget = (typeof roomTargets)[number]\n\n',
    '/** Which roles may do what. */\n',
    `export const permissions = {\n${rows.join('')}} as const satisfies Readonly<Record<string, readonly RoomRole[]>>\n\n`,
    '/** Whom each role may remove or send out. */\n',
    `export const removable = ${byRole(removable)}\n\n`,
    '/** Whom each role may make a co-host, or take that role back from. */\n',
    `export const changeable = ${byRole(changeable)}\n\n`,
    "/** What a host who stands in for the room's owner is, by the `host_rights` of the room. */\n",
    `export const standIns = {\n${stand.join('')}} as const satisfies Readonly<Record<string, RoomRole>>\n\n`,
    '/** Roles on the wire whose members see what only moderators see. */\n',
    `export const moderatorRoles = ${listText(moderatorRoles)} as const\n`,
  ].join('')
}

const listText = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`

const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1)
