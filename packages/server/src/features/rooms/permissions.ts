import type { ErrorCode } from '../../core/error.ts'
import type { Facts, Op } from '../../room/types.ts'

/** What someone is in a room: four kinds of members, who is signed in and is none, and who came without a token. */
export const roles = ['host', 'cohost', 'member', 'guest', 'outsider', 'nobody'] as const
export type Role = (typeof roles)[number]

type Row = { text: string; who: readonly Role[]; actions: readonly string[] }

const members = ['host', 'cohost', 'member', 'guest'] as const
const moderators = ['host', 'cohost'] as const
const host = ['host'] as const

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
    who: ['host', 'cohost', 'member', 'guest', 'outsider'],
    actions: ['rooms.join', 'rooms.attach'],
  },
  leave: { text: 'Leave; who is not there has nothing to leave', who: members, actions: ['rooms.leave'] },
  send: { text: 'Send messages, as far as the setting `chat` goes', who: members, actions: ['messages.send'] },
  settings: {
    text: 'Change the name, capabilities, settings, capacity, lock and waiting room',
    who: moderators,
    actions: ['rooms.update'],
  },
  privacy: { text: 'Change who may come in: privacy and password', who: host, actions: ['rooms.update'] },
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
    text: 'Remove members and guests, also for good, and lift that; co-hosts only the host',
    who: moderators,
    actions: ['rooms.removeMember', 'rooms.bans', 'rooms.unban'],
  },
  roles: { text: 'Make co-hosts and members, hand the room over', who: host, actions: ['rooms.setRole'] },
  close: { text: 'Close the room', who: host, actions: ['rooms.close'] },
} as const satisfies Record<string, Row>

export type Permission = keyof typeof permissions

export const may = (role: Role, permission: Permission): boolean => {
  const { who }: Row = permissions[permission]
  return who.includes(role)
}

/** The role of a member as the engine keeps it: null is no member. What is not known here may nothing more. */
export const roleOf = (member: { role: string } | null): Role =>
  member === null ? 'outsider' : (roles.find((role) => role === member.role) ?? 'guest')

/** Whether the role belongs to the audience `moderators`. */
export const isModerator = (role: string): boolean => role === 'host' || role === 'cohost'

/** Whether someone with the first role may remove someone with the second: nobody removes their like, or the host. */
export const mayRemove = (role: Role, target: Role): boolean =>
  may(role, 'remove') && target !== 'host' && (role === 'host' || target !== role)

/** Why a member (null: none) may not; null when it may. */
export function refusal(member: { role: string } | null, permission: Permission): ErrorCode | null {
  if (may(roleOf(member), permission)) return null
  return member === null ? 'not_a_member' : 'forbidden'
}

/** The condition of a commit: the actor, or the user whom `of` names, has the permission at that moment (rule P2). */
export function needs(permission: Permission, of?: number): Op {
  const check = ({ member, target }: Facts) => refusal(of === undefined ? member : target, permission)
  return of === undefined ? { op: 'require', check } : { op: 'require', of, check }
}
