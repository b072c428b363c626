import { z } from 'zod'
import { defineActions, type EphemeralType } from '../../core/contract.ts'
import { roomErrors } from '../../room/errors.ts'
import { roomId, roomPermissions } from '../rooms/contract.ts'
import { readRates } from './limits.ts'

const { banned, not_a_member, sent_out } = roomErrors
const seq = z.int().min(0)

/** What `GET /api/rooms/my` says of the reader, besides the room's id. */
export const readFields = {
  read_seq: z.int().describe('Everything up to this seq is read.'),
  unread_from: z.int().nullable().describe('From where on the reader marked the room as unread.'),
  unread: z.int().describe('How many messages of others are unread, at most 1,000.'),
}

const state = z
  .object({ room_id: z.string(), ...readFields })
  .meta({ title: 'ReadState', description: 'How far one has read a room.' })

const ofMember = {
  caller: 'user',
  errors: ['not_found', not_a_member, banned, sent_out],
  permissions: [roomPermissions.read_public, roomPermissions.read_private],
} as const

export const readActions = defineActions({
  'read-state.get': {
    ...ofMember,
    summary: 'How far the caller has read the room.',
    input: z.object({ room_id: roomId }),
    output: state,
    http: [{ method: 'GET', path: '/api/rooms/:room_id/read' }],
    scope: 'messages:read',
    limit: 'read',
  },
  'read-state.read': {
    ...ofMember,
    summary: 'Everything up to this seq is read. Moves forward only.',
    input: z.object({
      room_id: roomId,
      read_seq: seq,
      clear_unread: z.boolean().nullish().describe('Also removes the mark that `mark_unread` set.'),
    }),
    output: state,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/read' }],
    socket: [{ event: 'mark_read' }],
    scope: 'messages:write',
    limit: readRates.mark,
  },
  'read-state.unread': {
    ...ofMember,
    summary: 'Marks the room as unread from this seq on, for the caller alone.',
    input: z.object({ room_id: roomId, from_seq: seq }),
    output: state,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/unread' }],
    socket: [{ event: 'mark_unread' }],
    scope: 'messages:write',
    limit: readRates.mark,
  },
  'read-state.readAll': {
    summary: 'Everything in all rooms of the caller is read.',
    input: z.object({}),
    output: z.object({ items: z.array(state).describe('The rooms in which something was unread.') }),
    http: [{ method: 'POST', path: '/api/rooms/my/read' }],
    caller: 'user',
    scope: 'messages:write',
    limit: readRates.mark_all,
    errors: [],
  },
})

export const readChanged: EphemeralType = {
  name: 'read_changed',
  to: 'user',
  summary: 'The user has read a room further, or marked it as unread, on one of their devices.',
  payload: state,
}
