import { z } from 'zod'
import { defineRoutes } from '../../core/route.ts'
import {
  attachedBytes,
  defineActions,
  type EphemeralType,
  type EventType,
  type RecordType,
} from '../../core/contract.ts'
import { defineErrors } from '../../core/error.ts'
import { errorCatalogue } from '../../core/catalogues/errors.ts'
import type { WireContracts } from '../docs/asyncapi.ts'

// Contracts with one of everything that the documents must say.

const message = z.object({ id: z.string(), room_id: z.string(), seq: z.int(), content: z.string().nullable() })

export const ownErrors = defineErrors({
  not_a_member: { status: 403, text: 'Not in this room', retry: 'never' },
  chat_disabled: { status: 403, text: 'Not now', retry: 'later' },
})

export const actions = defineActions({
  'messages.send': {
    summary: 'Send a message',
    input: z.object({
      room_id: z.string(),
      content: z.string().describe('What is said.'),
      client_id: z.string().optional(),
      data: z.json().optional(),
    }),
    output: message,
    http: [
      { method: 'POST', path: '/api/rooms/:room_id/messages', status: 201 },
      {
        method: 'POST',
        path: '/api/message',
        status: 201,
        accepts: z
          .object({ room_id: z.string().default('lobby'), text: z.string() })
          .transform(({ text, ...rest }) => ({ ...rest, content: text })),
      },
    ],
    socket: [{ event: 'send_message' }, { event: 'message' }],
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    appends: true,
    errors: [ownErrors.not_a_member, ownErrors.chat_disabled, 'not_found'],
  },
  'messages.list': {
    summary: 'History',
    input: z.object({
      room_id: z.string(),
      before: z.coerce.number().int().optional(),
      description: z.string().optional(),
    }),
    output: z.object({ messages: z.array(message), next_cursor: z.int().nullable() }),
    http: [
      { method: 'GET', path: '/api/rooms/:room_id/messages' },
      { method: 'POST', path: '/api/get-chatroom-messages' },
    ],
    caller: 'anyone',
    scope: 'messages:write',
    limit: 'read',
    errors: ['not_found', 'forbidden'],
  },
  'rooms.leave': {
    summary: 'Leave a room',
    input: z.object({ room_id: z.string() }),
    output: z.object({}),
    http: [{ method: 'POST', path: '/api/rooms/:room_id/leave' }],
    socket: [{ event: 'leave_room' }],
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    errors: ['not_found'],
  },
  'board.draw': {
    summary: 'Draw one of several shapes',
    input: z.union([
      z.object({ room_id: z.string(), circle: z.number() }),
      z.object({ room_id: z.string(), line: z.number() }),
    ]),
    output: z.object({}),
    http: [{ method: 'PUT', path: '/api/rooms/:room_id/shapes' }],
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    errors: [],
  },
})

type Tree = { name: string; children: Tree[] }
const tree: z.ZodType<Tree> = z.object({ name: z.string(), children: z.array(z.lazy(() => tree)) })

export const sent: EventType = {
  name: 'messages.sent',
  v: 1,
  summary: 'A message.',
  body: z.object({ content: z.string() }),
  payload: message,
  wire: (kind) => (kind === 'lobby' ? 'message' : 'new_message'),
  wires: ['message', 'new_message'],
  audience: 'room',
  retention_ms: null,
  history: true,
  encode: () => '{}',
}
export const outline: RecordType = {
  name: 'outline',
  v: 1,
  summary: 'A tree.',
  value: tree,
  mayFill: 'all',
  audience: 'room',
}
export const typing: EphemeralType = {
  name: 'typing',
  to: 'room',
  summary: 'Someone types.',
  payload: z.object({ room_id: z.string(), typing: z.boolean() }),
}

const frame: EphemeralType = {
  name: 'audio_frame',
  to: 'room',
  summary: 'A frame of audio.',
  payload: z.object({ room_id: z.string(), audio: attachedBytes(1000) }),
  binary: 'audio',
}

const answered: EphemeralType = {
  name: 'answered',
  to: 'connection',
  summary: 'An answer.',
  payload: z.object({}),
}

const routes = defineRoutes({
  'files.put': {
    summary: 'Stores a file',
    method: 'PUT',
    path: '/api/files/:id',
    input: z.object({ id: z.string(), name: z.string().optional() }),
    takes: { as: 'stream', types: ['image/png', 'image/webp'], most: 1_000 },
    answers: { status: 201, json: z.object({ size: z.number() }) },
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    errors: ['forbidden'],
  },
  'files.get': {
    summary: 'The file',
    method: 'GET',
    path: '/api/files/:id',
    input: z.object({ id: z.string() }),
    takes: { as: 'nothing' },
    answers: { status: 200, types: ['*'], ranges: true },
    caller: 'user',
    scope: 'messages:write',
    link: { to: 'file', id: 'id' },
    limit: 'read',
    errors: ['not_found'],
  },
})

export const contracts: WireContracts = {
  actions: Object.entries(actions).map(([name, contract]) => ({ name, contract })),
  routes: Object.entries(routes).map(([name, contract]) => ({ name, contract })),
  events: [sent],
  records: [outline],
  ephemerals: [typing, frame, answered],
  errors: errorCatalogue({ own: ownErrors }),
}
export const info = { title: 'Parlor', version: '1.2.3', server: 'http://localhost:3001' }
