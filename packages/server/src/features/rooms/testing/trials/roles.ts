import type { Part, Set } from '../../../../../../../test/harness/trials/cast.ts'
import type { RolesOf, Verdict } from '../../../../../../../test/harness/trials.ts'
import type { JsonObject } from '../../../../../../../test/harness/wire.ts'
import type { RoomActions } from '../../contract.ts'
import { by, inRoom, isMember, membersOnly, reading, signedIn } from './rights.ts'
import { roomPermissions } from '../../permissions/room-permissions.ts'

const joining = (part: Part, { isPrivate }: Set): Verdict => {
  if (part === 'anonymous') return 'not_authenticated'
  if (part === 'banned') return 'banned'
  if (isMember(part) || part === 'invited' || !isPrivate) return true
  return 'invite_required'
}
const asked = ({ room_id, invite }: Set, part: Part) => ({
  room_id,
  ...(part === 'invited' ? { invite: invite.code } : {}),
})

const about =
  (whom: Exclude<Part, 'anonymous'>, more: JsonObject = {}) =>
  ({ room_id, cast }: Set) => ({
    room_id,
    user_id: cast[whom].id,
    ...more,
  })

export const roles: RolesOf<RoomActions> = {
  'rooms.create': [{ input: () => ({ name: 'Another' }), verdict: signedIn, keeps: true }],
  'rooms.list': [{ input: () => ({}), verdict: () => true, keeps: true }],
  'rooms.people': [{ input: () => ({}), verdict: signedIn, keeps: true }],
  'rooms.ofUser': [
    {
      input: ({ cast }) => ({ user_id: cast.member.id }),
      verdict: (part) => (part === 'anonymous' ? 'not_authenticated' : part === 'member' ? true : 'forbidden'),
    },
  ],
  // Callers who are not members are shown the short form.
  'rooms.get': [{ input: inRoom, verdict: () => true }],
  'rooms.state': [{ input: ({ room_id }) => ({ room_id, cursor: 'WyIiLCIiXQ' }), verdict: reading }],
  'rooms.members': [{ input: inRoom, verdict: reading }],
  'rooms.member': [{ input: about('host'), verdict: reading }],
  'rooms.update': [
    {
      about: 'settings',
      input: ({ room_id }) => ({ room_id, name: 'Changed' }),
      verdict: by(roomPermissions.settings),
    },
    {
      about: 'lock',
      input: ({ room_id }) => ({ room_id, settings: { locked: true } }),
      verdict: by(roomPermissions.settings),
    },
    { about: 'password', input: ({ room_id }) => ({ room_id, password: null }), verdict: by(roomPermissions.privacy) },
    {
      about: 'privacy',
      input: ({ room_id }) => ({ room_id, is_private: false }),
      verdict: by(roomPermissions.privacy),
    },
  ],
  'rooms.close': [{ input: inRoom, verdict: by(roomPermissions.close) }],
  'rooms.join': [{ input: asked, verdict: joining }],
  'rooms.attach': [{ input: asked, verdict: joining }],
  // Leaving a room without being a member is no error, and changes nothing.
  'rooms.updateMe': [
    {
      input: ({ room_id }) => ({ room_id, languages: { speaks: ['es'], reads: ['es'] } }),
      verdict: membersOnly,
      keeps: true,
    },
  ],
  'rooms.leave': [{ input: inRoom, verdict: signedIn }],
  'rooms.detach': [{ input: inRoom, verdict: signedIn, keeps: true }],
  'rooms.typing': [
    { input: ({ room_id }) => ({ room_id, typing: true }), verdict: membersOnly, attached: true, keeps: true },
  ],
  'rooms.presence': [
    { input: ({ room_id }) => ({ room_id, state: { x: 1 } }), verdict: membersOnly, attached: true, keeps: true },
  ],
  'rooms.signal': [
    {
      input: ({ room_id, cast }) => ({ room_id, to: cast.target.id, name: 'wave', data: 1 }),
      verdict: membersOnly,
      attached: true,
      keeps: true,
    },
  ],
  'rooms.setRole': [
    { about: 'co-host', input: about('target', { role: 'cohost' }), verdict: by(roomPermissions.roles) },
    { about: 'member', input: about('cohost', { role: 'member' }), verdict: by(roomPermissions.roles) },
    { about: 'host', input: about('target', { role: 'host' }), verdict: by(roomPermissions.roles) },
  ],
  'rooms.removeMember': [
    { about: 'a member', input: about('target'), verdict: by(roomPermissions.remove) },
    { about: 'a guest, for good', input: about('guest', { ban: true }), verdict: by(roomPermissions.remove) },
    {
      about: 'a co-host',
      input: about('cohost'),
      verdict: (part) => (part === 'cohost' ? 'forbidden' : by(roomPermissions.remove)(part)),
    },
    {
      about: 'the host',
      input: about('host', { ban: true }),
      verdict: (part) => (by(roomPermissions.remove)(part) === true ? 'forbidden' : by(roomPermissions.remove)(part)),
    },
  ],
  'rooms.bans': [{ input: inRoom, verdict: by(roomPermissions.remove) }],
  'rooms.unban': [{ input: about('banned'), verdict: by(roomPermissions.remove) }],
  'rooms.waiting': [{ input: inRoom, verdict: by(roomPermissions.admit) }],
  'rooms.admit': [{ input: about('waiting'), verdict: by(roomPermissions.admit) }],
  'rooms.deny': [{ input: about('waiting'), verdict: by(roomPermissions.admit) }],
  'rooms.invite': [
    { about: 'members', input: inRoom, verdict: by(roomPermissions.invite) },
    {
      about: 'co-hosts',
      input: ({ room_id }) => ({ room_id, role: 'cohost' }),
      verdict: by(roomPermissions.roles),
    },
  ],
  'rooms.invites': [{ input: inRoom, verdict: by(roomPermissions.invite) }],
  'rooms.revokeInvite': [
    { input: ({ room_id, invite }) => ({ room_id, invite_id: invite.id }), verdict: by(roomPermissions.invite) },
  ],
}
