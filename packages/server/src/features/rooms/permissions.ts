import type { ErrorCode } from '../../core/error.ts'
import type { Facts, Member, Op } from '../../room/types.ts'

/**
 * What someone is in a room: five kinds of members, who is signed in and is none, and who came without a token. `owner` is
 * the member whose room it is, host or stood in for; `host` is who stands in for them (rule HO1).
 */
export const roles = ['owner', 'host', 'cohost', 'member', 'guest', 'outsider', 'nobody'] as const
export type Role = (typeof roles)[number]

type Row = { text: string; who: readonly Role[]; actions: readonly string[] }

const members = ['owner', 'host', 'cohost', 'member', 'guest'] as const
const moderators = ['owner', 'host', 'cohost'] as const
/** For what would outlast the owner's return (rule HO5). */
const owner = ['owner'] as const

/**
 * Who may do what: one row a permission (rule P1). `actions` are those that ask for it; docs/permissions.md is made of
 * this table, and the commit asks it again.
 */
export const permissions = {
  read_public: {
    text: 'Read a public room and its messages',
    who: roles,
    actions: ['rooms.get', 'messages.history'],
  },
  read_private: {
    text: 'Read a private room: its settings, messages, members and shared state',
    who: members,
    actions: ['rooms.get', 'messages.history', 'rooms.members', 'rooms.member', 'rooms.state'],
  },
  join: {
    text: 'Join, if the room lets one in',
    who: [...members, 'outsider'],
    actions: ['rooms.join', 'rooms.attach'],
  },
  leave: { text: 'Leave; who is not there has nothing to leave', who: members, actions: ['rooms.leave'] },
  send: { text: 'Send messages, as far as the setting `chat` goes', who: members, actions: ['messages.send'] },
  settings: {
    text: 'Change the name, capabilities, settings, capacity, lock and waiting room',
    who: moderators,
    actions: ['rooms.update'],
  },
  privacy: { text: 'Change who may come in: privacy and password', who: owner, actions: ['rooms.update'] },
  invite: {
    text: 'Make, list and revoke invitations',
    who: moderators,
    actions: ['rooms.invite', 'rooms.invites', 'rooms.revokeInvite'],
  },
  admit: {
    text: 'See who waits, let them in or turn them away',
    who: moderators,
    actions: ['rooms.waiting', 'rooms.admit', 'rooms.deny'],
  },
  remove: {
    text: 'Remove members and guests, also for good, and lift that; co-hosts only the owner and the host',
    who: moderators,
    actions: ['rooms.removeMember', 'rooms.bans', 'rooms.unban'],
  },
  roles: {
    text: 'Make co-hosts, also by invitation, and members again; hand the room over',
    who: owner,
    actions: ['rooms.setRole', 'rooms.invite'],
  },
  close: { text: 'Close the room', who: owner, actions: ['rooms.close'] },
} as const satisfies Record<string, Row>

export type Permission = keyof typeof permissions

export const may = (role: Role, permission: Permission): boolean => {
  const { who }: Row = permissions[permission]
  return who.includes(role)
}

/** Of a member what the engine keeps; of a room's profile whose it is. */
type Standing = Pick<Member, 'user' | 'role'> | null
type Owned = { readonly owner: number }

/** The role of a member: null is no member. What is not known here may nothing more. */
export function roleOf(member: Standing, { owner }: Owned): Role {
  if (member === null) return 'outsider'
  return member.user === owner ? 'owner' : (roles.find((role) => role === member.role) ?? 'guest')
}

/** Whether the role belongs to the audience `moderators`. */
export const isModerator = (role: string): boolean => role === 'host' || role === 'cohost'

/** Whether someone with the first role may remove someone with the second: co-hosts not their like, nobody the host or owner. */
export const mayRemove = (role: Role, target: Role): boolean =>
  may(role, 'remove') && target !== 'owner' && target !== 'host' && (role !== 'cohost' || target !== role)

/** Why a member (null: none) of this room may not; null when it may. */
export function refusal(member: Standing, permission: Permission, room: Owned): ErrorCode | null {
  if (may(roleOf(member, room), permission)) return null
  return member === null ? 'not_a_member' : 'forbidden'
}

/**
 * The condition of a commit: the actor, or the user whom `of` names, has the permission at that moment (rule P2). `room` is
 * the profile that the commit was planned by, and which it finds unchanged or is planned again (rule RM4).
 */
export function needs(permission: Permission, room: Owned, of?: number): Op {
  const check = ({ member, target }: Facts) => refusal(of === undefined ? member : target, permission, room)
  return of === undefined ? { op: 'require', check } : { op: 'require', of, check }
}
