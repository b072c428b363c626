import { z } from 'zod'
import type { EphemeralType, EventType, RecordType } from '../../../core/contract.ts'
import { pictureAddress } from '../../../core/picture-url.ts'
import type { RoomOption } from '../../../core/room-option.ts'
import { readStored } from '../../../core/stored.ts'
import { personIn, personSchema } from '../../identity/contract.ts'
import { slotWindow } from '../../../room/live/presence/slots.ts'
import { roomBounds } from '../bounds.ts'
import { createRoomOptions } from '../options.ts'
import type { RoomShapes } from './room-shapes.ts'
import { hostRightsField, ownerId } from './shapes.ts'

/** The body in the log; `turned_private` stays on the server: only members may read the room from now on, so nodes end the streams of other readers. */
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

/** The room's profile changed. The actor is the new host if the host changed, else the user who changed it. */
export const roomUpdated: EventType = {
  name: 'rooms.updated',
  v: updatedBody.v,
  summary:
    'The room was changed; carries the room as it is now. `host` is present when the host changed, or made the change.',
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

/** The same with the capabilities and settings of features; an older event that lacks some shows their defaults. */
export function describedUpdate(options: readonly RoomOption[], { changing }: RoomShapes): EventType {
  /** Events of earlier releases lack the owner, the host's rights and the picture. */
  const described = changing.extend({
    owner_id: ownerId.optional(),
    host_rights: hostRightsField.optional(),
    picture_url: pictureAddress.optional(),
  })
  const updated = z.object({
    by: z.string().nullable().describe('The user who changed it; null: the server did.'),
    room: described,
  })
  const { fill } = createRoomOptions(options)
  return {
    ...roomUpdated,
    body: updated.extend({ turned_private: z.boolean() }),
    payload: updated.extend({
      room_id: z.string(),
      seq: z.int(),
      room: described.extend({ host: personSchema.optional() }),
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

/** Records that only moderators see. The key of an invitation is its id, that of a notice its kind, of the others the user's id. */
export const waitingRecord = {
  name: 'waiting',
  v: 1,
  summary: 'A user waits to be let in; the key is their id.',
  value: z.object({ user: personSchema, since: z.iso.datetime() }).meta({ title: 'WaitingPerson' }),
  mayFill: 'all',
  audience: 'moderators',
} as const satisfies RecordType

export const banRecord = {
  name: 'ban',
  v: 1,
  summary: 'A user is banned; the key is their id.',
  value: z.object({ user: personSchema, by: z.string(), at: z.iso.datetime() }).meta({ title: 'Ban' }),
  mayFill: 'all',
  audience: 'moderators',
} as const satisfies RecordType

export const sentOutRecord = {
  name: 'sent_out',
  v: 1,
  summary:
    'A stand-in for the owner sent a member out; the key is their id. It ends when the owner or a co-host is back.',
  value: z.object({
    user: personSchema,
    by: z.string(),
    at: z.iso.datetime(),
    until: z.iso.datetime(),
    role: z.string().describe('The role they had before, and get back.'),
  }),
  mayFill: 'all',
  audience: 'moderators',
} as const satisfies RecordType

export const letInRecord = {
  name: 'let_in',
  v: 1,
  summary:
    'A stand-in for the owner let a user in; the key is their id. The user waits again when the owner or a co-host is back.',
  value: z.object({ user: personSchema, by: z.string(), at: z.iso.datetime() }),
  mayFill: 'all',
  audience: 'moderators',
} as const satisfies RecordType

export const noticeRecord = {
  name: 'notice',
  v: 1,
  summary:
    'A warning to moderators, at most once an hour; the key is its kind. `passwords`: many wrong passwords were tried.',
  value: z.object({ kind: z.literal('passwords'), at: z.iso.datetime() }),
  mayFill: 'all',
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
  mayFill: 'all',
  audience: 'moderators',
} as const satisfies RecordType

/** Records about users who need not be members. They hold names, so they are deleted with the account (rule P7). */
export const userRecordTypes: readonly RecordType[] = [waitingRecord, banRecord, sentOutRecord, letInRecord]

export const roomRecords: readonly RecordType[] = [...userRecordTypes, inviteRecord, noticeRecord]

const inRoom = z.object({ room_id: z.string() })

export const roomEphemerals = ({ joined, presenceChanged }: RoomShapes): readonly EphemeralType[] => [
  {
    name: 'room_joined',
    to: 'connection',
    summary: 'The same as the answer to join_room; everything newer follows.',
    payload: joined,
  },
  {
    name: 'user_joined',
    to: 'room',
    summary: 'A user became present: their first connection joined the room.',
    payload: inRoom.extend({ user: personSchema, member_count: z.int() }),
  },
  {
    name: 'user_left',
    to: 'room',
    summary: 'A user is not present any more: their last connection left, or disconnected and none came back for 10 s.',
    payload: inRoom.extend({
      user: personSchema,
      member_count: z.int(),
      reason: z.enum(['left', 'disconnected', 'removed']),
    }),
  },
  {
    name: 'presence_count',
    to: 'room',
    summary: `How many users are present, and how many members the room has. Sent at most once a second, above ${roomBounds.named_presence.value} present users, in place of user_joined, user_left and the events of members.`,
    payload: inRoom.extend({ count: z.int(), member_count: z.int() }),
  },
  {
    name: 'presence_changed',
    to: 'room',
    summary: `Presence values of one connection changed. The latest ones of a room are sent at most once in ${slotWindow} ms.`,
    payload: presenceChanged,
  },
  {
    name: 'typing',
    to: 'room',
    summary: 'A user began or stopped typing.',
    payload: inRoom.extend({ user: personSchema, typing: z.boolean() }),
  },
  {
    name: 'signal',
    to: 'connection',
    summary: 'A signal from another connection in the room.',
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
      "A record of the room's shared state changed or was deleted. `whole`: `set` is the complete value, and fields it lacks are unset.",
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
    summary: 'The waiting user was not let in: a moderator refused, or the room is gone.',
    payload: inRoom.extend({ error: z.string(), code: z.string() }),
  },
  {
    name: 'user_updated',
    to: 'room',
    summary: 'The name or the picture of a present user changed.',
    payload: inRoom.extend({ user: personSchema }),
  },
  {
    name: 'room_position',
    to: 'room',
    summary: 'The current seq of the room, sent to a connection that received nothing from it for a while.',
    payload: inRoom.extend({ seq: z.int() }),
  },
]
