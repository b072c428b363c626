import { z } from 'zod'
import { defineActions, type EphemeralType } from '../../core/contract.ts'
import { nameText } from '../../core/text/name.ts'
import { timeText } from '../../core/text/time.ts'
import { roomErrors } from '../../room/errors.ts'
import { roomId } from '../rooms/contract.ts'
import type { OwnFields } from '../feature.ts'
import { preferenceBounds } from './bounds.ts'
import { preferenceErrors } from './errors.ts'

const { not_a_member, room_closed, sent_out } = roomErrors
const { too_many_groups, too_many_preferences } = preferenceErrors

const notify = z
  .enum(['all', 'none'])
  .meta({ title: 'RoomNotify', description: 'Of which messages of a room one wants to be notified.' })
const time = z.iso.datetime()
const group = nameText(preferenceBounds.room_group.value)

const preferences = z
  .object({
    room_id: z.string(),
    notify,
    until: time.nullable().describe('When `none` ends; null: never.'),
    favorite: z.boolean(),
    group: z.string().nullable().describe('The own group in which the room stands.'),
    changed_at: time.nullable().describe('A later change has a later time. Null: nothing was set.'),
  })
  .meta({ title: 'RoomPreferences', description: 'What a person has set for themselves in a room.' })

export type ShownPreferences = z.infer<typeof preferences>

/** What items of the list of one's rooms have of them (rule PF4). */
export const preferenceFields = {
  notify,
  notify_until: time.nullable().describe('When `none` ends; null: never.'),
  favorite: z.boolean(),
  group: z.string().nullable().describe('The own group in which the room stands.'),
  preferences_at: time.nullable().describe('`changed_at` of the preferences.'),
} satisfies OwnFields

const byId = z.object({ room_id: roomId })

export const preferenceActions = defineActions({
  'preferences.get': {
    summary: 'What the caller has set for themselves in a room.',
    input: byId,
    output: preferences,
    http: [{ method: 'GET', path: '/api/rooms/:room_id/preferences' }],
    caller: 'user',
    scope: 'messages:read',
    limit: 'read',
    errors: ['not_found', not_a_member, sent_out],
  },
  'preferences.update': {
    summary: 'Changes what the caller has set for themselves in a room; absent fields stay as they are.',
    input: byId
      .extend({
        notify: notify.nullish(),
        until: timeText.nullish().describe('With `none`: when it ends. Absent: never.'),
        favorite: z.boolean().nullish(),
        group: group.nullable().optional().describe('Null takes the room out of its group.'),
      })
      .refine(({ notify: given, until }) => until == null || given === 'none', {
        path: ['until'],
        message: 'A time goes with `none` only',
      }),
    output: preferences,
    http: [{ method: 'PATCH', path: '/api/rooms/:room_id/preferences' }],
    socket: [{ event: 'update_preferences' }],
    caller: 'user',
    scope: 'messages:write',
    limit: 'write',
    errors: ['not_found', not_a_member, sent_out, room_closed, too_many_groups, too_many_preferences],
  },
})

export const preferencesChanged: EphemeralType = {
  name: 'preferences_changed',
  to: 'user',
  summary: 'The user has changed what they set for themselves in a room, from any of their connections.',
  payload: preferences,
}
