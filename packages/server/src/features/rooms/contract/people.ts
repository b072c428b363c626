import { z } from 'zod'
import { defineActions, plainText } from '../../../core/contract.ts'
import { personSchema } from '../../identity/contract.ts'
import { roomBounds } from '../bounds.ts'
import { languagesSchema } from '../../../room/languages.ts'
import { banRecord, inviteRecord, waitingRecord } from './events.ts'
import { roomRates } from '../limits.ts'
import { roomPermissions } from '../permissions/room-permissions.ts'
import { page, roomId, searched, wholeNumber } from './shapes.ts'
import { roomErrors } from '../../../room/errors.ts'

const { banned, not_a_member, record_limit, room_closed, room_full, sent_out } = roomErrors

const byId = z.object({ room_id: roomId })
const byUser = byId.extend({ user_id: plainText(128) })
const member = z.object({ user: personSchema, role: z.string(), joined_at: z.iso.datetime() }).meta({ title: 'Member' })
const done = z.object({ room_id: z.string(), user_id: z.string() })
const listed = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next_cursor: z.string().nullable() })

/** Error codes of actions that need a permission. */
const guarded = ['not_found', not_a_member, sent_out, 'forbidden'] as const
const changing = [...guarded, room_closed, 'conflict'] as const

/** Finding people (rules PS1 to PS3). */
export const searchActions = defineActions({
  'rooms.people': {
    summary:
      'People with whom the caller shares a room, those of the smallest rooms first; with `q` those whose names hold it, the best matches first.',
    input: z.object({
      q: searched.describe('Compared without case and accents.'),
      limit: wholeNumber(1, 'any').nullish().describe('20; at most 50.'),
    }),
    output: z.object({
      items: z.array(
        personSchema
          .extend({
            room_ids: z.array(z.string()).readonly().describe('Rooms that one shares with the person, at most 3.'),
          })
          .meta({ title: 'FoundPerson', description: 'A person with whom one shares a room.' }),
      ),
      next_cursor: z.null().describe('There are no further pages: a longer `q` finds fewer people.'),
    }),
    http: [{ method: 'GET', path: '/api/users' }],
    caller: 'user',
    scope: 'members:read',
    limit: roomRates.people_search,
    errors: [],
  },
})

export const memberActions = defineActions({
  'rooms.members': {
    summary: 'The members of a room, in the order in which they joined.',
    input: byId.extend({ ...page, online: z.string().nullish().describe('If given: only members who are present.') }),
    output: listed(member),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/members' }],
    caller: 'user',
    scope: 'members:read',
    limit: 'read',
    errors: ['not_found', not_a_member, banned, sent_out],
    permissions: [roomPermissions.read_private],
  },
  'rooms.member': {
    summary: 'One member of a room.',
    input: byUser,
    output: member,
    http: [{ method: 'GET', path: '/api/rooms/:room_id/members/:user_id' }],
    caller: 'user',
    scope: 'members:read',
    limit: 'read',
    errors: ['not_found', not_a_member, banned, sent_out],
    permissions: [roomPermissions.read_private],
  },
  'rooms.setRole': {
    summary: 'Makes a member a co-host, or a co-host a member again, or hands the room over (`host`).',
    input: byUser.extend({ role: z.enum(['host', 'cohost', 'member']) }),
    output: member,
    http: [{ method: 'PATCH', path: '/api/rooms/:room_id/members/:user_id' }],
    socket: [{ event: 'set_role' }],
    caller: 'user',
    scope: 'members:write',
    limit: 'write',
    errors: changing,
    permissions: [roomPermissions.roles],
  },
  'rooms.removeMember': {
    summary:
      'Removes a member; with `ban` they cannot come back, and a user who is not in the room can be banned too. A stand-in for the owner only sends the member out, until the owner or a co-host is back, at most 1 h.',
    input: byUser.extend({
      ban: z.union([z.boolean(), z.stringbool().meta({ enum: ['true', 'false', '1', '0'] })]).nullish(),
    }),
    output: done,
    http: [{ method: 'DELETE', path: '/api/rooms/:room_id/members/:user_id' }],
    socket: [{ event: 'remove_member' }],
    caller: 'user',
    scope: 'members:write',
    limit: 'write',
    errors: [...changing, record_limit],
    permissions: [roomPermissions.send_out, roomPermissions.remove],
  },
  'rooms.bans': {
    summary: 'The ban list of a room.',
    input: byId,
    output: listed(banRecord.value),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/bans' }],
    caller: 'user',
    scope: 'members:read',
    limit: 'read',
    errors: guarded,
    permissions: [roomPermissions.remove],
  },
  'rooms.unban': {
    summary: 'Lifts a ban.',
    input: byUser,
    output: done,
    http: [{ method: 'DELETE', path: '/api/rooms/:room_id/bans/:user_id' }],
    caller: 'user',
    scope: 'members:write',
    limit: 'write',
    errors: changing,
    permissions: [roomPermissions.remove],
  },
})

export const meActions = defineActions({
  'rooms.updateMe': {
    summary:
      'Sets the languages that the caller speaks and reads in a room, which only they hear of. With other languages to read they get the room anew (`room_joined`) on each of their connections.',
    input: byId.extend({ languages: languagesSchema }),
    output: z.object({ room_id: z.string(), role: z.string(), languages: languagesSchema }),
    http: [{ method: 'PATCH', path: '/api/rooms/:room_id/me' }],
    socket: [{ event: 'update_me' }],
    caller: 'user',
    scope: 'members:write',
    limit: roomRates.languages,
    errors: ['not_found', not_a_member, sent_out, room_closed],
  },
})

export const waitingActions = defineActions({
  'rooms.waiting': {
    summary: 'The waiting list of a room, longest wait first.',
    input: byId,
    output: listed(waitingRecord.value),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/waiting' }],
    caller: 'user',
    scope: 'members:read',
    limit: 'read',
    errors: guarded,
    permissions: [roomPermissions.admit],
  },
  'rooms.admit': {
    summary: 'Lets a waiting user in.',
    input: byUser,
    output: done,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/waiting/:user_id/admit' }],
    socket: [{ event: 'admit' }],
    caller: 'user',
    scope: 'members:write',
    limit: 'write',
    errors: [...changing, room_full, record_limit],
    permissions: [roomPermissions.admit],
  },
  'rooms.deny': {
    summary: 'Refuses a waiting user.',
    input: byUser,
    output: done,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/waiting/:user_id/deny' }],
    socket: [{ event: 'deny' }],
    caller: 'user',
    scope: 'members:write',
    limit: 'write',
    errors: changing,
    permissions: [roomPermissions.admit],
  },
})

const invite = inviteRecord.value
  .extend({
    id: z.string(),
    code: z.string(),
    url: z.string().describe('The address to open in a browser; without PUBLIC_URL only its path.'),
  })
  .meta({ title: 'Invitation' })

export const inviteActions = defineActions({
  'rooms.invite': {
    summary: 'Makes an invitation; its code lets users join.',
    input: byId.extend({
      expires_in: wholeNumber(1, roomBounds.invite_seconds.value)
        .nullish()
        .describe('Seconds; 7 days by default, null for an invitation that does not expire.'),
      max_uses: wholeNumber(1, 'any').nullish(),
      role: z
        .enum(['member', 'cohost'])
        .nullish()
        .describe('The role of users who join by it; only the owner may set `cohost`.'),
    }),
    output: invite,
    http: [{ method: 'POST', path: '/api/rooms/:room_id/invites', status: 201 }],
    caller: 'user',
    scope: 'members:write',
    limit: 'write',
    creates: 'secret',
    errors: changing,
    permissions: [roomPermissions.invite, roomPermissions.roles],
  },
  'rooms.invites': {
    summary: 'The invitations of a room, valid or expired.',
    input: byId,
    output: listed(invite),
    http: [{ method: 'GET', path: '/api/rooms/:room_id/invites' }],
    caller: 'user',
    // The codes that it shows bring people in.
    scope: 'members:write',
    limit: 'read',
    errors: guarded,
    permissions: [roomPermissions.invite],
  },
  'rooms.revokeInvite': {
    summary: 'Revokes an invitation.',
    input: byId.extend({ invite_id: plainText(64) }),
    output: z.object({ room_id: z.string(), id: z.string() }),
    http: [{ method: 'DELETE', path: '/api/rooms/:room_id/invites/:invite_id' }],
    caller: 'user',
    scope: 'members:write',
    limit: 'write',
    errors: changing,
    permissions: [roomPermissions.invite],
  },
})

export const managementActions = {
  ...searchActions,
  ...memberActions,
  ...meActions,
  ...waitingActions,
  ...inviteActions,
}
