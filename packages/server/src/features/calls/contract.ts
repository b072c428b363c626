import { z } from 'zod'
import { defineActions, withPlainCharacters } from '../../core/contract.ts'
import type { RoomOption } from '../../core/room-option.ts'
import { callErrors } from './errors.ts'
import { entryErrors, roomPermissions, roomRates } from '../rooms/contract.ts'
import { identityErrors } from '../identity/contract.ts'
import { roomErrors } from '../../room/errors.ts'

const { banned, not_a_member, room_closed, room_full, sent_out } = roomErrors
const { guests_not_allowed, sender_taken } = identityErrors

export const providers = ['parlor', 'twilio', 'livekit'] as const

/** Rule C1: the handler, not the schema, reports absent fields, one at a time. */
const asked = withPlainCharacters(z.string().trim().max(128, 'This must not be longer than 128 characters')).nullish()

export const callActions = defineActions({
  'calls.token': {
    summary: 'Makes a token for a call, in a room or under any name.',
    input: z
      .object({
        identity: asked.describe("Required. Ignored for a signed-in caller: then it is the caller's id."),
        room: asked.describe("Required. A room's id, or any name for a call without a room."),
        provider: z.enum(providers).nullish(),
      })
      .meta({ required: ['identity', 'room'] }),
    output: z.object({
      token: z.string(),
      identity: z.string(),
      room: z.string(),
      provider: z.enum(providers),
      expires_at: z.iso.datetime(),
    }),
    http: [{ method: 'POST', path: '/api/token' }],
    caller: 'anyone',
    scope: 'rooms:write',
    limit: roomRates.join,
    errors: [
      guests_not_allowed,
      sender_taken,
      'forbidden',
      'not_authenticated',
      not_a_member,
      room_closed,
      banned,
      sent_out,
      entryErrors.room_locked,
      room_full,
      callErrors.call_disabled,
      callErrors.not_configured,
    ],
    permissions: [roomPermissions.controls],
  },
})

export const callOption: RoomOption = {
  name: 'call',
  onIn: ['chat', 'meeting', 'watch', 'call', 'game'],
  forWhom: 'everyone',
  hosts: 'controls',
}
