import { z } from 'zod'
import { defineActions, plainText, tooLarge } from '../../core/contract.ts'
import { roomBounds } from './bounds.ts'
import { managementActions } from './contract/people.ts'
import type { AddedToRooms } from '../feature.ts'
import { describedUpdate, roomEphemerals, roomRecords } from './contract/events.ts'
import { type RoomShapes, roomShapes } from './contract/room-shapes.ts'
import { boundedJson, closedRoom, page, record, roomId, searched, waitingAnswer } from './contract/shapes.ts'
import { entryErrors } from './errors.ts'
import { roomPermissions } from './permissions/room-permissions.ts'
import { identityErrors } from '../identity/contract.ts'
import { roomErrors } from '../../room/errors.ts'
import { roomRates } from './limits.ts'

export { roomRates } from './limits.ts'

export { entryErrors } from './errors.ts'
export { definePermissions, members } from './permissions/permissions.ts'
export { roomPermissions } from './permissions/room-permissions.ts'
export { page as pageFields, roomId, seqCursor, wholeNumber } from './contract/shapes.ts'
export { roomShapes } from './contract/room-shapes.ts'
export { roomUpdated } from './contract/events.ts'

const { banned, not_a_member, room_closed, room_full, sent_out, too_many_rooms, unreachable } = roomErrors

/** Characters of JSON in a signal to everyone: a copy is queued for each receiver (rule J8). */
const signalToAll = 8 * 1024

const byId = z.object({ room_id: roomId })
const left = z.object({ room_id: z.string() })
/** As `statePage` makes them. */
const stateCursor = z
  .string()
  .max(4096)
  .regex(/^[A-Za-z0-9_-]*$/, 'This cursor does not belong to this list')
/** A password or an invitation, to join. */
const asked = { password: z.string().max(1024).nullish(), invite: z.string().max(1024).nullish() }
const me = z.object({ role: z.string(), user_id: z.string() })

/** Error codes of a refused join (rules A1 to A6). */
const refusals = [
  'not_found',
  room_closed,
  banned,
  sent_out,
  entryErrors.room_locked,
  room_full,
  entryErrors.password_required,
  identityErrors.invalid_password,
  entryErrors.account_or_invite_required,
  entryErrors.invite_required,
  entryErrors.invite_invalid,
  'conflict',
  too_many_rooms,
] as const

/** Making, finding and reading rooms. */
export const directoryActions = ({ newRoom, room, ownRoom, roomList }: RoomShapes) => {
  const ownRooms = z.object({ items: z.array(ownRoom), next_cursor: z.string().nullable() })
  return defineActions({
    'rooms.create': {
      summary: 'Makes a room; its creator is host and member.',
      input: newRoom,
      output: room,
      http: [
        { method: 'POST', path: '/api/rooms', status: 201 },
        { method: 'POST', path: '/api/create-chatroom', status: 201 },
        { method: 'POST', path: '/api/chatroom/create-chatroom', status: 201 },
      ],
      caller: 'user',
      scope: 'rooms:write',
      limit: 'write',
      creates: 'resource',
      errors: [not_a_member, banned, sent_out, too_many_rooms],
    },
    'rooms.list': {
      summary:
        'Public rooms, the most active first: by users present, last activity and age. With `q` those whose names hold it; then a page may have fewer items than asked for, or none, although more follow.',
      input: z.object({ ...page, q: searched.describe('Compared without case and accents.') }),
      output: roomList,
      http: [{ method: 'GET', path: '/api/rooms' }],
      caller: 'anyone',
      scope: 'rooms:read',
      limit: 'read',
      errors: [],
    },
    'rooms.ofUser': {
      summary: 'Rooms of which the caller is a member, newest first; the id of the caller stands in the path.',
      input: z.object({ ...page, user_id: plainText(128) }),
      output: ownRooms,
      http: [
        { method: 'GET', path: '/api/user-chatrooms/:user_id' },
        { method: 'GET', path: '/api/user/user-chatrooms/:user_id' },
      ],
      caller: 'user',
      scope: 'rooms:read',
      limit: 'read',
      errors: ['forbidden'],
    },
    'rooms.get': {
      summary:
        'One room. Callers who are not members see only a short form of a private room, or of one with a waiting room.',
      input: byId,
      output: z.union([room, closedRoom]),
      http: [{ method: 'GET', path: '/api/rooms/:room_id' }],
      caller: 'anyone',
      scope: 'rooms:read',
      limit: 'read',
      errors: ['not_found'],
      permissions: [roomPermissions.read_public, roomPermissions.read_private],
    },
    'rooms.state': {
      summary: 'Records of a room that did not fit into its snapshot. Of two versions of a record the higher seq wins.',
      input: byId.extend({ cursor: stateCursor }),
      output: z.object({ epoch: z.string(), seq: z.int(), items: z.array(record), next_cursor: z.string().nullable() }),
      http: [{ method: 'GET', path: '/api/rooms/:room_id/state' }],
      caller: 'user',
      scope: 'messages:read',
      limit: 'read',
      errors: ['not_found', not_a_member, banned, sent_out],
      permissions: [roomPermissions.read_private],
    },
  })
}

/** Changing a room, and closing it. */
export const changeActions = ({ room, roomChanges }: RoomShapes) =>
  defineActions({
    'rooms.update': {
      summary: 'Changes a room; absent fields stay as they are.',
      input: roomChanges,
      output: room,
      http: [{ method: 'PATCH', path: '/api/rooms/:room_id' }],
      socket: [{ event: 'update_room' }],
      caller: 'user',
      scope: 'rooms:write',
      limit: 'write',
      errors: ['not_found', not_a_member, sent_out, 'forbidden', room_closed, 'conflict'],
      permissions: [roomPermissions.settings, roomPermissions.privacy],
    },
    'rooms.close': {
      summary: 'Closes a room for good and detaches everyone in it.',
      input: byId,
      output: left,
      http: [{ method: 'DELETE', path: '/api/rooms/:room_id' }],
      socket: [{ event: 'close_room' }],
      caller: 'user',
      scope: 'rooms:write',
      limit: 'write',
      errors: ['not_found', not_a_member, sent_out, 'forbidden', room_closed],
      permissions: [roomPermissions.close],
    },
  })

/** Joining and leaving, and actions that need an attached connection. */
export const attendanceActions = ({ room, joined, presence }: RoomShapes) =>
  defineActions({
    'rooms.join': {
      summary:
        'Makes the caller a member. A caller who must wait stays on the waiting list by calling again within 30 s.',
      input: byId.extend(asked),
      output: z.union([room.extend({ me }), waitingAnswer]),
      http: [
        { method: 'POST', path: '/api/rooms/:room_id/join' },
        { method: 'POST', path: '/api/join-chatroom' },
        { method: 'POST', path: '/api/chatroom/join-chatroom' },
      ],
      caller: 'user',
      scope: 'members:write',
      limit: roomRates.join,
      errors: refusals,
      permissions: [roomPermissions.join],
    },
    'rooms.leave': {
      summary: "Ends the caller's membership, and detaches all of their connections from the room.",
      input: byId,
      output: left,
      http: [
        { method: 'POST', path: '/api/rooms/:room_id/leave' },
        { method: 'POST', path: '/api/leave-chatroom' },
        { method: 'POST', path: '/api/chatroom/leave-chatroom' },
      ],
      caller: 'user',
      scope: 'members:write',
      limit: roomRates.join,
      errors: ['not_found', room_closed],
      permissions: [roomPermissions.leave],
    },
    'rooms.attach': {
      summary: 'Makes the caller a member if needed, and delivers the room to this connection from now on.',
      input: byId.extend({
        ...asked,
        after_seq: z.int().min(0).nullish(),
        epoch: z.string().max(64).nullish(),
      }),
      output: z.union([joined, waitingAnswer]),
      socket: [{ event: 'join_room' }],
      order: 'holds',
      caller: 'user',
      scope: 'messages:read',
      limit: roomRates.join,
      // Not a member: their membership, or their connection, ended while they were attached.
      errors: [...refusals, not_a_member, 'timeout'],
      permissions: [roomPermissions.join],
    },
    'rooms.detach': {
      summary: "Ends this connection's delivery and presence in the room, not the membership.",
      input: byId,
      output: left,
      socket: [{ event: 'leave_room' }],
      order: 'holds',
      caller: 'user',
      scope: 'messages:read',
      limit: roomRates.join,
      errors: ['not_found'],
    },
    'rooms.typing': {
      summary: `Says that the caller is typing (shown for at most ${roomBounds.typing_ms.value / 1000} s), or has stopped.`,
      input: byId.extend({ typing: z.boolean() }),
      output: left,
      socket: [{ event: 'typing' }],
      order: 'passes',
      caller: 'user',
      scope: 'messages:write',
      limit: roomRates.signal,
      errors: ['not_found', not_a_member],
    },
    'rooms.presence': {
      summary:
        "Sets the value of one of this connection's presence slots in the room (a status, a cursor); null clears it. Slots do not change each other.",
      input: presence,
      output: left,
      socket: [{ event: 'presence' }],
      order: 'passes',
      caller: 'user',
      scope: 'messages:write',
      limit: roomRates.signal,
      errors: ['not_found', not_a_member, 'too_large', 'room_busy'],
    },
    'rooms.signal': {
      summary: 'Sends a signal to a peer, to all peers of a user, or to all others in the room. Never stored.',
      input: byId
        .extend({ to: plainText(128).nullish(), name: plainText(64), data: boundedJson(z.unknown(), 65_536) })
        .superRefine(({ to, data }, check) => {
          if (to == null && (JSON.stringify(data) ?? '').length > signalToAll) {
            check.addIssue(tooLarge(signalToAll, 'characters of JSON to all others'))
          }
        }),
      output: z.object({ delivered: z.literal(true) }),
      socket: [{ event: 'signal' }],
      order: 'passes',
      caller: 'user',
      scope: 'messages:write',
      limit: roomRates.signal,
      errors: ['not_found', not_a_member, unreachable, 'too_large'],
    },
  })

export type RoomActions = ReturnType<typeof roomActions>

const roomActions = (shapes: RoomShapes) => ({
  ...directoryActions(shapes),
  ...changeActions(shapes),
  ...attendanceActions(shapes),
  ...managementActions,
})

/** The whole wire contract of rooms, with the capabilities and settings that features add. */
export function roomContract(added: AddedToRooms) {
  const shapes = roomShapes(added)
  return {
    actions: roomActions(shapes),
    events: [describedUpdate(added.options, shapes)],
    records: roomRecords,
    ephemerals: roomEphemerals(shapes),
  }
}
