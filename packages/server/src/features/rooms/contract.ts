import { z } from 'zod'
import { defineActions, type EphemeralType, plainText } from '../../core/contract.ts'
import { profileSchema } from '../identity/contract.ts'
import { boundedJson, joined, newRoom, page, record, room, roomId, roomList } from './shapes.ts'

export { roomId, wholeNumber } from './shapes.ts'

const byId = z.object({ room_id: roomId })
const left = z.object({ room_id: z.string() })
const asked = { password: z.string().max(1024).nullish(), invite: z.string().max(1024).nullish() }

/** Rooms as such: making, finding and reading them. */
export const directoryActions = defineActions({
  'rooms.create': {
    summary: 'Makes a room; its creator is host and member.',
    input: newRoom,
    output: room,
    http: [{ method: 'POST', path: '/api/rooms', status: 201 }],
    caller: 'user',
    limit: 'write',
    errors: ['not_available'],
  },
  'rooms.list': {
    summary: 'Public rooms, newest first.',
    input: z.object(page),
    output: roomList,
    http: [{ method: 'GET', path: '/api/rooms' }],
    caller: 'anyone',
    limit: 'read',
    errors: [],
  },
  'rooms.mine': {
    summary: 'Rooms of which the caller is a member, newest first.',
    input: z.object(page),
    output: roomList,
    http: [{ method: 'GET', path: '/api/rooms/my' }],
    caller: 'user',
    limit: 'read',
    errors: [],
  },
  'rooms.get': {
    summary: 'One room.',
    input: byId,
    output: room,
    http: [{ method: 'GET', path: '/api/rooms/:room_id' }],
    caller: 'anyone',
    limit: 'read',
    errors: ['not_found'],
  },
  'rooms.members': {
    summary: 'The members of a room, in the order in which they joined.',
    input: byId.extend(page),
    output: z.object({
      items: z.array(z.object({ user: profileSchema, role: z.string(), joined_at: z.iso.datetime() })),
      next_cursor: z.string().nullable(),
    }),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/members' }],
    caller: 'user',
    limit: 'read',
    errors: ['not_found'],
  },
  'rooms.state': {
    summary: 'Records of a room that did not fit into its snapshot. The higher seq wins.',
    input: byId.extend({ cursor: z.string().max(4096) }),
    output: z.object({ epoch: z.string(), seq: z.int(), items: z.array(record), next_cursor: z.string().nullable() }),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/state' }],
    caller: 'user',
    limit: 'read',
    errors: ['not_found'],
  },
})

/** Coming, going, and what only those can do who are there. */
export const attendanceActions = defineActions({
  'rooms.join': {
    summary: 'Makes the caller a member.',
    input: byId.extend(asked),
    output: room.extend({ me: z.object({ role: z.string(), user_id: z.string() }) }),
    http: [{ method: 'POST', path: '/api/rooms/:room_id/join' }],
    caller: 'user',
    limit: 'join',
    errors: ['not_found', 'room_full', 'room_closed'],
  },
  'rooms.leave': {
    summary: "Ends the caller's membership, and all of their connections in the room.",
    input: byId,
    output: left,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/leave' }],
    caller: 'user',
    limit: 'join',
    errors: ['not_found', 'room_closed'],
  },
  'rooms.attach': {
    summary: 'Makes the caller a member if needed, and delivers the room to this connection from now on.',
    input: byId.extend({
      ...asked,
      after_seq: z.int().min(0).nullish(),
      epoch: z.string().max(64).nullish(),
    }),
    output: joined,
    socket: [{ event: 'join_room' }],
    caller: 'user',
    limit: 'join',
    errors: ['not_found', 'room_full', 'room_closed', 'too_many_rooms', 'timeout'],
  },
  'rooms.detach': {
    summary: "Ends this connection's delivery and presence in the room, not the membership.",
    input: byId,
    output: left,
    socket: [{ event: 'leave_room' }],
    caller: 'user',
    limit: 'join',
    errors: ['not_found'],
  },
  'rooms.typing': {
    summary: 'Says that the caller is typing, for at most 6 s, or no longer.',
    input: byId.extend({ typing: z.boolean() }),
    output: left,
    socket: [{ event: 'typing' }],
    caller: 'user',
    limit: 'signal',
    errors: ['not_found', 'not_a_member'],
  },
  'rooms.presence': {
    summary: "Sets this connection's latest state in the room (a cursor, a status); null clears it.",
    input: byId.extend({ state: boundedJson(z.record(z.string(), z.unknown()), 4096).nullable() }),
    output: left,
    socket: [{ event: 'presence' }],
    caller: 'user',
    limit: 'signal',
    errors: ['not_found', 'not_a_member', 'too_large'],
  },
  'rooms.signal': {
    summary: 'Hands something to a peer, to all peers of a user, or to all others in the room. Never stored.',
    input: byId.extend({
      to: plainText(128).nullish(),
      name: plainText(64),
      data: boundedJson(z.unknown(), 65_536),
    }),
    output: z.object({ delivered: z.literal(true) }),
    socket: [{ event: 'signal' }],
    caller: 'user',
    limit: 'signal',
    errors: ['not_found', 'not_a_member', 'unreachable', 'too_large'],
  },
})

export const roomActions = { ...directoryActions, ...attendanceActions }

const inRoom = z.object({ room_id: z.string() })

export const roomEphemerals: readonly EphemeralType[] = [
  { name: 'room_joined', summary: 'What join_room was answered with; everything newer follows.', payload: joined },
  {
    name: 'user_joined',
    summary: "A user's first connection in the room.",
    payload: inRoom.extend({ user: profileSchema, member_count: z.int() }),
  },
  {
    name: 'user_left',
    summary: "A user's last connection in the room is gone: disconnected only after 10 s in which none came back.",
    payload: inRoom.extend({
      user: profileSchema,
      member_count: z.int(),
      reason: z.enum(['left', 'disconnected', 'removed']),
    }),
  },
  {
    name: 'presence_count',
    summary: 'How many are present, instead of user_joined and user_left above 100; at most once a second.',
    payload: inRoom.extend({ count: z.int() }),
  },
  {
    name: 'presence_changed',
    summary: 'The latest state of one connection; null: none any more.',
    payload: inRoom.extend({ peer_id: z.string(), user_id: z.string(), state: z.looseObject({}).nullable() }),
  },
  {
    name: 'typing',
    summary: 'Someone began or stopped typing.',
    payload: inRoom.extend({ user: profileSchema, typing: z.boolean() }),
  },
  {
    name: 'signal',
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
    summary: "A record of the room's shared state changed (set and unset) or was deleted.",
    payload: inRoom.extend({
      seq: z.int(),
      type: z.string(),
      key: z.string(),
      set: z.looseObject({}).optional(),
      unset: z.array(z.string()).optional(),
      deleted: z.literal(true).optional(),
    }),
  },
  {
    name: 'room_position',
    summary: 'Where the room stands, for who saw nothing of it for a while.',
    payload: inRoom.extend({ seq: z.int() }),
  },
]
