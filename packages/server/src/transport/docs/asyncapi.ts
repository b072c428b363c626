import type { AnyEventType, EphemeralType, RecordType, SocketEvent } from '../../core/contract.ts'
import { type DefinedError, definedError } from '../../core/error.ts'
import { changeMessage, wholeMessage, withRecords } from './records.ts'
import type { z } from 'zod'
import { type Converted, createSchemas, type JsonObject, type Schemas } from './schema.ts'
import type { ActionContractOf, DocumentInfo, RouteContractOf } from './openapi.ts'

/** Everything that a client may send or receive. */
export type WireContracts = {
  actions: readonly ActionContractOf[]
  routes: readonly RouteContractOf[]
  events: readonly AnyEventType[]
  records: readonly RecordType[]
  ephemerals: readonly EphemeralType[]
  errors: readonly DefinedError[]
}

/** The schemas that both documents are mostly made of. */
export const schemasOf = ({ actions, events, ephemerals, records }: WireContracts): z.ZodType[] => [
  ...actions.flatMap(({ contract }) => [
    ...[...(contract.http ?? []), ...(contract.socket ?? [])].map(({ accepts }) => accepts ?? contract.input),
    contract.output,
  ]),
  ...[...events, ...ephemerals].map(({ payload }) => payload),
  ...records.map(({ value, shows }) => shows?.schema ?? value),
]

/**
 * Describes the Socket.IO events, in both directions, and the event stream as AsyncAPI 3.0. Pure, like `openapi.ts`.
 */
export function asyncApiDocument(info: DocumentInfo, contracts: WireContracts, converted?: Converted): JsonObject {
  const schemas = createSchemas('draft-7', '#/components/schemas/', converted)
  const incoming = contracts.actions.flatMap((action) =>
    (action.contract.socket ?? []).map((door) => incomingOf(action, door, schemas)),
  )
  const outgoing = outgoingOf(contracts, schemas)
  const messages = {
    ...Object.fromEntries(
      incoming.flatMap(({ key, message, ack }) => [
        [`in.${key}`, message],
        [`ack.${key}`, ack],
      ]),
    ),
    ...Object.fromEntries(outgoing.map(({ key, message }) => [key, message])),
    'out.error': failed,
  }
  const onStreams = outgoing.filter(({ to, isBinary }) => to !== 'connection' && !isBinary)
  const streamed = {
    ...Object.fromEntries(onStreams.map(({ key, message }) => [key, message])),
    ...entryNamedOf(contracts, schemas),
    ...resumedOf(contracts, schemas),
    ready,
    reset,
    'stream.error': ended,
  }
  const { host, protocol, pathname } = new URL(info.server ?? 'http://localhost:3001')
  const basePath = pathname.replace(/\/$/, '')
  const isSecure = protocol === 'https:'
  const document = {
    asyncapi: '3.0.0',
    info: { title: info.title, version: info.version, description: description(basePath) },
    defaultContentType: 'application/json',
    servers: {
      socket: { host, pathname: `${basePath}/socket.io/`, protocol: isSecure ? 'wss' : 'ws', description: 'Socket.IO' },
      stream: {
        host,
        ...(basePath ? { pathname: basePath } : {}),
        protocol: isSecure ? 'https' : 'http',
        description: 'Server-Sent Events',
      },
    },
    channels: {
      socket: channel('/', 'The namespace / of Socket.IO', 'socket', Object.keys(messages)),
      stream: channel('/api/events', 'Server-Sent Events', 'stream', Object.keys(streamed)),
    },
    operations: {
      ...Object.fromEntries(incoming.map(({ key, summary }) => [`receive.${key}`, receive(key, summary)])),
      ...Object.fromEntries(
        outgoing.map(({ key, message }) => [`send.${key}`, send('socket', key, message['summary'])]),
      ),
      'send.out.error': send('socket', 'out.error', failed['summary']),
      ...Object.fromEntries(
        Object.entries(streamed).map(([key, message]) => [
          key.startsWith('stream.') ? key : `stream.${key}`,
          send('stream', key, message['summary']),
        ]),
      ),
    },
    components: {
      messages: { ...messages, ...streamed },
      schemas: { ErrorCode: codesOf(contracts), Failure: failure, ...schemas.shared },
    },
  }
  return withRecords(document, contracts.records, schemas)
}

const description = (
  basePath: string,
) => `Every client event takes an acknowledgement: \`{ok: true, data}\` or \`{ok: false, error, code, retry}\`.
Without one a failure arrives as \`error\`. The REST paths are described in [the other document](${basePath}/docs).`

function incomingOf({ name, contract }: ActionContractOf, { event, accepts }: SocketEvent, schemas: Schemas) {
  const { summary, caller, errors: codes } = contract
  const who = caller === 'user' || caller === 'admin' ? 'Needs a user; a guest is one.' : 'Anyone may.'
  const told =
    codes.length > 0
      ? ` May be refused with ${codes.map((failure) => `\`${definedError(failure).code}\``).join(', ')}.`
      : ''
  const success = { type: 'object', required: ['ok', 'data'] }
  const data = schemas.of(contract.output)
  return {
    key: event,
    summary,
    message: {
      name: event,
      title: name,
      summary,
      description: who + told,
      payload: schemas.of(accepts ?? contract.input),
    } satisfies JsonObject,
    ack: {
      name: 'ack',
      title: `Acknowledgement of ${event}`,
      payload: {
        oneOf: [{ ...success, properties: { ok: { const: true }, data } }, { $ref: '#/components/schemas/Failure' }],
      },
    } satisfies JsonObject,
  }
}

function outgoingOf({ events, records, ephemerals }: WireContracts, schemas: Schemas) {
  const of = (name: string, title: string, summary: string, payload: JsonObject, to: EphemeralType['to'] = 'room') => ({
    to,
    isBinary: false,
    key: title === name ? `out.${name}` : `out.${name}.${title}`,
    message: { name, title, summary, payload } satisfies JsonObject as JsonObject,
  })
  return [
    ...events.flatMap(({ name, wires = [], summary, payload }) =>
      wires.map((wire) => of(wire, name, summary, schemas.of(payload))),
    ),
    ...records.map((type) => {
      const { event, summary, payload } = changeMessage(type, schemas)
      return of(event, type.name, summary, payload)
    }),
    ...ephemerals.map(({ name, summary, payload, to, binary }) => ({
      ...of(name, name, binary ? `${summary} ${attached(binary)}` : summary, schemas.of(payload), to),
      isBinary: binary !== undefined,
    })),
  ]
}

const attached = (field: string): string =>
  `A binary event: \`${field}\` is its attachment. It is not sent on event streams, and skipped for clients that do not keep up.`

/** Events that only streams receive, under a name that stands in the entry. */
function entryNamedOf({ events }: WireContracts, schemas: Schemas): Record<string, JsonObject> {
  const named = events.filter(({ nameIn }) => nameIn !== undefined)
  return Object.fromEntries(
    named.map(({ name, summary, payload }) => [
      `stream.${name}`,
      { name, title: name, summary, payload: schemas.of(payload) } satisfies JsonObject,
    ]),
  )
}

/** Record events that only streams receive: a record that changed while the client was away arrives whole (rule E6). */
function resumedOf({ records }: WireContracts, schemas: Schemas): Record<string, JsonObject> {
  const plain = records.filter(({ wire, shows }) => wire === undefined && shows === undefined)
  return Object.fromEntries(
    plain.map((type) => {
      const { event, summary, payload } = wholeMessage(type, schemas)
      const message = { name: event, title: type.name, summary: `${summary} Whole, on a stream that resumes.`, payload }
      return [`stream.${event}.${type.name}`, message]
    }),
  )
}

function channel(address: string, title: string, server: string, keys: readonly string[]): JsonObject {
  const messages = Object.fromEntries(keys.map((key) => [key, { $ref: `#/components/messages/${key}` }]))
  return { address, title, servers: [{ $ref: `#/servers/${server}` }], messages }
}

function receive(key: string, summary: string): JsonObject {
  const socket = { $ref: '#/channels/socket' }
  return {
    action: 'receive',
    channel: socket,
    summary,
    messages: [{ $ref: `#/channels/socket/messages/in.${key}` }],
    reply: { channel: socket, messages: [{ $ref: `#/channels/socket/messages/ack.${key}` }] },
  }
}

function send(through: 'socket' | 'stream', key: string, summary: unknown): JsonObject {
  const messages = [{ $ref: `#/channels/${through}/messages/${key}` }]
  return { action: 'send', channel: { $ref: `#/channels/${through}` }, summary, messages }
}

const codesOf = ({ errors }: WireContracts): JsonObject => ({ type: 'string', enum: errors.map(({ code }) => code) })

/** The payload of every failure (`errorBody`). */
const said = {
  error: { type: 'string', description: 'A sentence for a person.' },
  code: { $ref: '#/components/schemas/ErrorCode' },
  retry: { type: 'string', enum: ['never', 'later', 'resend'] },
  required: { type: 'array', items: { type: 'string' } },
  errors: { type: 'object', additionalProperties: { type: 'string' } },
  retry_after: { type: 'integer', description: 'Seconds until the same may pass.' },
  limit: { type: 'integer', description: 'The largest size allowed.' },
}
const saysAtLeast = ['error', 'code', 'retry']
const failure = { type: 'object', required: ['ok', ...saysAtLeast], properties: { ok: { const: false }, ...said } }

const failed: JsonObject = {
  name: 'error',
  title: 'error',
  summary: 'An event that asked for no acknowledgement failed; without `event` the session has ended.',
  payload: {
    type: 'object',
    required: saysAtLeast,
    properties: { ...said, event: { type: 'string', description: 'The event that failed.' } },
  },
}

const ended: JsonObject = {
  name: 'error',
  title: 'error',
  summary: 'The session has ended, and the stream with it: another token is needed.',
  payload: {
    type: 'object',
    required: saysAtLeast,
    properties: { ...said, code: { const: 'session_ended' }, retry: { const: 'never' } },
  },
}

const ready: JsonObject = {
  name: 'ready',
  title: 'ready',
  summary: 'The stream has begun: what happens from here on will be on it. Its id is where the stream stands.',
  payload: { type: 'object' },
}

const reset: JsonObject = {
  name: 'reset',
  title: 'reset',
  summary: 'What happened in the room up to last_seq is lost to this stream: read the room anew.',
  payload: {
    type: 'object',
    required: ['room_id', 'last_seq'],
    properties: { room_id: { type: 'string' }, last_seq: { type: 'integer' } },
  },
}
