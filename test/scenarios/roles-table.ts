import { type Permission, permissions } from '../../packages/server/src/features/rooms/permissions.ts'
import type { Part, Set } from '../harness/cast.ts'
import { password, type Person, type Stage } from '../harness/stage.ts'
import { claimsOf } from '../harness/tokens.ts'
import type { JsonObject } from '../harness/wire.ts'

/** Whether the call succeeds, or the code of its refusal. */
export type Verdict = true | string

export type RolesEntry = {
  /** What the call is about, where an action asks for different rights. */
  about?: string
  input: (set: Set, part: Part) => JsonObject
  /** What stands in the way, or nothing. */
  verdict: (part: Part, set: Set) => Verdict
  /** Who calls is in the room by this connection first, if they may. */
  attached?: true
  /** It changes nothing of the room: all who may do so in one. */
  keeps?: true
}

/**
 * Which row of the permission table someone falls under. The host of these rooms owns them; who stands in for an owner,
 * which takes half a minute, is held to the table beside the rooms feature, where time is moved (rule HO5).
 */
export function roleOf(part: Part) {
  if (part === 'host') return 'owner'
  if (part === 'cohost' || part === 'member' || part === 'guest' || part === 'nobody') return part
  return part === 'target' ? 'member' : 'outsider'
}

const isMember = (part: Part) => !['outsider', 'nobody'].includes(roleOf(part))

/** By the server's own table: those whom it names may, others are told what they lack. */
const by = (permission: Permission) => (part: Part) => {
  const who: readonly string[] = permissions[permission].who
  if (who.includes(roleOf(part))) return true
  if (part === 'nobody') return 'not_authenticated'
  return isMember(part) ? 'forbidden' : 'not_a_member'
}

/** These rooms have a waiting room: the public ones are read like private ones. */
const reading = by('read_private')
const signedIn = (part: Part) => (part === 'nobody' ? 'not_authenticated' : true)
const membersOnly = (part: Part) => {
  if (part === 'nobody') return 'not_authenticated'
  return isMember(part) ? true : 'not_a_member'
}

const joining = (part: Part, { isPrivate }: Set): Verdict => {
  if (part === 'nobody') return 'not_authenticated'
  if (part === 'banned') return 'banned'
  if (isMember(part) || part === 'invited' || !isPrivate) return true
  return 'invite_required'
}
const asked = ({ room_id, invite }: Set, part: Part) => ({
  room_id,
  ...(part === 'invited' ? { invite: invite.code } : {}),
})

const inRoom = ({ room_id }: Set) => ({ room_id })
const about =
  (whom: Exclude<Part, 'nobody'>, more: JsonObject = {}) =>
  ({ room_id, cast }: Set) => ({
    room_id,
    user_id: cast[whom].id,
    ...more,
  })

const rooms: { readonly [action: string]: readonly RolesEntry[] } = {
  'rooms.create': [{ input: () => ({ name: 'Another' }), verdict: signedIn, keeps: true }],
  'rooms.list': [{ input: () => ({}), verdict: () => true, keeps: true }],
  'rooms.mine': [{ input: () => ({}), verdict: signedIn, keeps: true }],
  'rooms.ofUser': [
    {
      input: ({ cast }) => ({ user_id: cast.member.id }),
      verdict: (part) => (part === 'nobody' ? 'not_authenticated' : part === 'member' ? true : 'forbidden'),
    },
  ],
  // Who is not in the room is shown the short form of it.
  'rooms.get': [{ input: inRoom, verdict: () => true }],
  'rooms.state': [{ input: ({ room_id }) => ({ room_id, cursor: 'WyIiLCIiXQ' }), verdict: reading }],
  'rooms.members': [{ input: inRoom, verdict: reading }],
  'rooms.member': [{ input: about('host'), verdict: reading }],
  'rooms.update': [
    { about: 'settings', input: ({ room_id }) => ({ room_id, name: 'Changed' }), verdict: by('settings') },
    { about: 'lock', input: ({ room_id }) => ({ room_id, settings: { locked: true } }), verdict: by('settings') },
    { about: 'password', input: ({ room_id }) => ({ room_id, password: null }), verdict: by('privacy') },
    { about: 'privacy', input: ({ room_id }) => ({ room_id, is_private: false }), verdict: by('privacy') },
  ],
  'rooms.close': [{ input: inRoom, verdict: by('close') }],
  'rooms.join': [{ input: asked, verdict: joining }],
  'rooms.attach': [{ input: asked, verdict: joining }],
  // Leaving where one is not is no error, and changes nothing.
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
    { about: 'co-host', input: about('target', { role: 'cohost' }), verdict: by('roles') },
    { about: 'member', input: about('cohost', { role: 'member' }), verdict: by('roles') },
    { about: 'host', input: about('target', { role: 'host' }), verdict: by('roles') },
  ],
  'rooms.removeMember': [
    { about: 'a member', input: about('target'), verdict: by('remove') },
    { about: 'a guest, for good', input: about('guest', { ban: true }), verdict: by('remove') },
    {
      about: 'a co-host',
      input: about('cohost'),
      verdict: (part) => (part === 'cohost' ? 'forbidden' : by('remove')(part)),
    },
    {
      about: 'the host',
      input: about('host', { ban: true }),
      verdict: (part) => (by('remove')(part) === true ? 'forbidden' : by('remove')(part)),
    },
  ],
  'rooms.bans': [{ input: inRoom, verdict: by('remove') }],
  'rooms.unban': [{ input: about('banned'), verdict: by('remove') }],
  'rooms.waiting': [{ input: inRoom, verdict: by('admit') }],
  'rooms.admit': [{ input: about('waiting'), verdict: by('admit') }],
  'rooms.deny': [{ input: about('waiting'), verdict: by('admit') }],
  'rooms.invite': [
    { about: 'members', input: inRoom, verdict: by('invite') },
    {
      about: 'co-hosts',
      input: ({ room_id }) => ({ room_id, role: 'cohost' }),
      verdict: by('roles'),
    },
  ],
  'rooms.invites': [{ input: inRoom, verdict: by('invite') }],
  'rooms.revokeInvite': [
    { input: ({ room_id, invite }) => ({ room_id, invite_id: invite.id }), verdict: by('invite') },
  ],
}

const saying = ({ room_id }: Set) => ({ room_id, content: 'Hello', message: 'Hello', text: 'Hello' })

const messages: { readonly [action: string]: readonly RolesEntry[] } = {
  'messages.send': [{ input: saying, verdict: by('send') }],
  // Whoever has no token is a guest under the label that they bring, and a member of nothing.
  'messages.post': [
    { about: 'a room', input: saying, verdict: (part) => (isMember(part) ? true : 'not_a_member') },
    { about: 'the lobby', input: () => ({ content: 'Hello', text: 'Hello' }), verdict: () => true, keeps: true },
  ],
  'messages.history': [{ input: inRoom, verdict: reading }],
}

/** Every action that is about a room, or that people in rooms call, has an entry here or in `elsewhere`. */
export const rolesTable: { readonly [action: string]: readonly RolesEntry[] } = {
  ...rooms,
  ...messages,
  // These rooms have a waiting room: who is no member joins first.
  'calls.token': [
    {
      input: ({ room_id }) => ({ identity: 'somebody', room: room_id }),
      verdict: (part, { isPrivate }) => {
        if (isMember(part)) return true
        if (part === 'banned') return 'banned'
        return isPrivate && part === 'nobody' ? 'not_authenticated' : 'not_a_member'
      },
      keeps: true,
    },
  ],
  'ops.ping': [{ input: () => ({}), verdict: () => true, keeps: true }],
}

export const standings = ['account', 'guest', 'nobody'] as const
export type StandingEntry = {
  input: (stage: Stage, by: Person | null) => JsonObject | Promise<JsonObject>
} & { readonly [standing in (typeof standings)[number]]: Verdict }

const anyone = { account: true, guest: true, nobody: true } as const
const user = { account: true, guest: true, nobody: 'not_authenticated' } as const
const newAccount = (stage: Stage) => {
  const username = stage.unique('new')
  return { username, email: `${username}@example.org`, password }
}

/** Actions that are about oneself alone. */
export const elsewhere: { readonly [action: string]: StandingEntry } = {
  'identity.signInGuest': { ...anyone, input: () => ({ name: 'Guest' }) },
  'identity.register': { ...anyone, input: newAccount },
  'identity.login': {
    ...anyone,
    input: async (stage) => ({ email: (await stage.account('someone')).email, password }),
  },
  'identity.refresh': {
    ...anyone,
    input: async (stage) => ({ refresh_token: (await stage.guest('someone')).refresh_token }),
  },
  'identity.logout': { ...user, input: () => ({}) },
  'identity.me': { ...user, input: () => ({}) },
  'identity.updateMe': { ...user, input: (stage) => ({ username: stage.unique('renamed') }) },
  'identity.rename': { ...user, input: (stage) => ({ username: stage.unique('renamed') }) },
  'identity.changePassword': {
    ...user,
    guest: 'forbidden',
    input: () => ({ old_password: password, new_password: 'a long walk in the sun' }),
  },
  'identity.deleteAccount': { ...user, input: () => ({ password }) },
  'identity.sessions': { ...user, input: () => ({}) },
  'identity.revokeSession': {
    ...user,
    input: (_stage, by) => ({ id: by ? String(claimsOf(by.token)['sid']) : 'none' }),
  },
  'identity.revokeOtherSessions': { ...user, input: () => ({}) },
}
