import { z } from 'zod'
import type { EphemeralType, EventType, RecordType } from '../../core/contract.ts'
import type { RoomOption } from '../../core/room-option.ts'
import { readStored } from '../../core/stored.ts'
import { personIn, profileSchema } from '../identity/contract.ts'
import { roomBounds } from './bounds.ts'
import { createRoomOptions } from './options.ts'
import type { RoomShapes } from './room-shapes.ts'
import { hostRightsField, ownerId } from './shapes.ts'

/** As the log has it; `turned_private` stays on the server: only members read it from now on, and nodes end the streams of others by it. */
export const updatedBody = {
  v: 1,
  schema: z.looseObject({
    by: z.string().nullable(),
    room: z.looseObject({
      host_id: z.string().nullable(),
      capabilities: z.looseObject({}),
      settings: z.looseObject({}),
    }),
    turned_private: z.boolean(),
  }),
}

/** What a room is has changed. The actor is who hosts it from now on when that changed, else who changed it. */
export const roomUpdated: EventType = {
  name: 'rooms.updated',
  v: updatedBody.v,
  summary: 'The room was changed: what it is now. `host` stands there when another hosts it, or the host changed it.',
  body: updatedBody.schema,
  payload: z.looseObject({}),
  wire: () => 'room_updated',
  wires: ['room_updated'],
  audience: 'room',
  retention_ms: null,
  history: false,
  encode: () => {
    throw new Error('Only with what features add to rooms')
  },
}

/** The same with what features add to rooms: of a room of before, what it has of them by default. */
export function describedUpdate(options: readonly RoomOption[], { changing }: RoomShapes): EventType {
  /** Rooms that were changed before they told their owner, and what their host may, do without. */
  const described = changing.extend({ owner_id: ownerId.optional(), host_rights: hostRightsField.optional() })
  const updated = z.object({
    by: z.string().nullable().describe('The user who changed it; null: nobody did.'),
    room: described,
  })
  const { fill } = createRoomOptions(options)
  return {
    ...roomUpdated,
    body: updated.extend({ turned_private: z.boolean() }),
    payload: updated.extend({
      room_id: z.string(),
      seq: z.int(),
      room: described.extend({ host: profileSchema.optional() }),
    }),
    encode({ seq, v, body }, { room: { id: room_id, kind }, actor }) {
      const reading = readStored(updatedBody, v, body)
      if (!reading.ok) throw new Error(reading.why)
      const { by, room } = reading.value
      const now = described.parse({ ...room, ...fill(kind, room) })
      const who = personIn(actor)
      return JSON.stringify({ room_id, seq, by, room: who.id === now.host_id ? { ...now, host: who } : now })
    },
  }
}

/** Records of who and what only moderators see; the key of the last is the invitation's id, of the others the user's. */
export const waitingRecord = {
  name: 'waiting',
  v: 1,
  summary: 'Someone waits to be let in; the key is their id.',
  value: z.object({ user: profileSchema, since: z.iso.datetime() }).meta({ title: 'WaitingPerson' }),
  audience: 'moderators',
} as const satisfies RecordType

export const banRecord = {
  name: 'ban',
  v: 1,
  summary: 'Someone may not come back; the key is their id.',
  value: z.object({ user: profileSchema, by: z.string(), at: z.iso.datetime() }).meta({ title: 'Ban' }),
  audience: 'moderators',
} as const satisfies RecordType

export const sentOutRecord = {
  name: 'sent_out',
  v: 1,
  summary:
    'Who stands in for the owner sent someone out; the key is their id. It ends when an owner or co-host is back.',
  value: z.object({
    user: profileSchema,
    by: z.string(),
    at: z.iso.datetime(),
    until: z.iso.datetime(),
    role: z.string().describe('What they were, and are again.'),
  }),
  audience: 'moderators',
} as const satisfies RecordType

export const letInRecord = {
  name: 'let_in',
  v: 1,
  summary:
    'Who stands in for the owner let someone in; the key is their id. An owner or co-host who is back decides anew.',
  value: z.object({ user: profileSchema, by: z.string(), at: z.iso.datetime() }),
  audience: 'moderators',
} as const satisfies RecordType

export const noticeRecord = {
  name: 'notice',
  v: 1,
  summary:
    'Something about the room that its moderators are to know, at most once an hour; the key is its kind. `passwords`: very many wrong passwords were tried.',
  value: z.object({ kind: z.literal('passwords'), at: z.iso.datetime() }),
  audience: 'moderators',
} as const satisfies RecordType

export const inviteRecord = {
  name: 'invite',
  v: 1,
  summary: 'An invitation, without its code; the key is its id.',
  value: z.object({
    role: z.enum(['member', 'cohost']),
    expires_at: z.iso.datetime().nullable(),
    max_uses: z.int().nullable(),
    uses: z.int(),
    created_at: z.iso.datetime(),
    created_by: z.string(),
  }),
  audience: 'moderators',
} as const satisfies RecordType

/** What rooms keep of people who need not be in them, with their names: it goes with their accounts (rule P7). */
export const outsiderRecords: readonly RecordType[] = [waitingRecord, banRecord, sentOutRecord, letInRecord]

export const roomRecords: readonly RecordType[] = [...outsiderRecords, inviteRecord, noticeRecord]

const inRoom = z.object({ room_id: z.string() })

export const roomEphemerals = ({ joined }: RoomShapes): readonly EphemeralType[] => [
  {
    name: 'room_joined',
    to: 'connection',
    summary: 'What join_room was answered with; everything newer follows.',
    payload: joined,
  },
  {
    name: 'user_joined',
    to: 'room',
    summary: "A user's first connection in the room.",
    payload: inRoom.extend({ user: profileSchema, member_count: z.int() }),
  },
  {
    name: 'user_left',
    to: 'room',
    summary: "A user's last connection in the room is gone: disconnected only after 10 s in which none came back.",
    payload: inRoom.extend({
      user: profileSchema,
      member_count: z.int(),
      reason: z.enum(['left', 'disconnected', 'removed']),
    }),
  },
  {
    name: 'presence_count',
    to: 'room',
    summary: `How many are present, and how many members there are: above ${roomBounds.named_presence.value} instead of user_joined, user_left and the events of members; at most once a second.`,
    payload: inRoom.extend({ count: z.int(), member_count: z.int() }),
  },
  {
    name: 'presence_changed',
    to: 'room',
    summary: 'The latest state of one connection; null: none any more.',
    payload: inRoom.extend({ peer_id: z.string(), user_id: z.string(), state: z.looseObject({}).nullable() }),
  },
  {
    name: 'typing',
    to: 'room',
    summary: 'Someone began or stopped typing.',
    payload: inRoom.extend({ user: profileSchema, typing: z.boolean() }),
  },
  {
    name: 'signal',
    to: 'connection',
    summary: 'Something from another connection in the room.',
    payload: inRoom.extend({
      to: z.string().optional(),
      name: z.string(),
      data: z.unknown(),
      from: z.object({ peer_id: z.string(), user_id: z.string().nullable() }),
    }),
  },
  {
    name: 'record_changed',
    to: 'room',
    summary:
      "A record of the room's shared state changed or was deleted. `whole`: `set` is all there is, and what it does not name is unset.",
    payload: inRoom.extend({
      seq: z.int(),
      type: z.string(),
      key: z.string(),
      set: z.looseObject({}).optional(),
      unset: z.array(z.string()).optional(),
      whole: z.literal(true).optional(),
      deleted: z.literal(true).optional(),
    }),
  },
  {
    name: 'join_denied',
    to: 'connection',
    summary: 'Who waited was not let in: turned away, or there is no room to come into any more.',
    payload: inRoom.extend({ error: z.string(), code: z.string() }),
  },
  {
    name: 'user_updated',
    to: 'room',
    summary: 'Someone who is present goes by another name, or shows another picture.',
    payload: inRoom.extend({ user: profileSchema }),
  },
  {
    name: 'room_position',
    to: 'room',
    summary: 'Where the room stands, for who saw nothing of it for a while.',
    payload: inRoom.extend({ seq: z.int() }),
  },
]
