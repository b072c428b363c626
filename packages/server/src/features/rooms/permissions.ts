import type { ErrorCode } from '../../core/error.ts'
import { type Facts, type Member, type Op, sentOutRole } from '../../room/types.ts'

/**
 * What someone is in a room. `owner` is the member whose room it is, host or stood in for; who stands in for them is
 * `cohost`, `host` (a member, or a guest of a guest's room) or `guest_host` (a guest of an account's room), by rule HO5.
 * `sent_out` is a member who is kept out for a while; who is signed in and no member is an `outsider`.
 */
export const roles = [
  ...(['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'] as const),
  ...(['sent_out', 'outsider', 'nobody'] as const),
] as const
export type Role = (typeof roles)[number]

/** What a room's host may there: `all` is their own; the others are who stands in, by what they were (rule HO5). */
export const hostRights = ['all', 'cohost', 'order', 'controls'] as const
export type HostRights = (typeof hostRights)[number]

type Row = { text: string; who: readonly Role[]; actions: readonly string[] }

const members = ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'] as const
const moderators = ['owner', 'cohost'] as const
/** What ends when an owner or co-host is back, so that who stands in may do it, too. */
const order = [...moderators, 'host'] as const
/** For what would outlast the owner's return (rule HO5). */
const owner = ['owner'] as const

/**
 * Who may do what: one row a permission (rule P1). `actions` are those that ask for it; docs/permissions.md is made of
 * this table, and the commit asks it again.
 */
export const permissions = {
  read_public: {
    text: 'Read a public room and its messages',
    who: [...members, 'outsider', 'nobody'],
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
  leave: {
    text: 'Leave; who is not there has nothing to leave',
    who: [...members, 'sent_out'],
    actions: ['rooms.leave'],
  },
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
  controls: {
    text: 'Use the controls where they are for hosts: playback, calls, board',
    who: [...order, 'guest_host'],
    actions: ['calls.token'],
  },
  speak: {
    text: 'Use what else is for hosts alone: chat, reactions, captions, shared state',
    who: moderators,
    actions: ['messages.send'],
  },
  admit: {
    text: 'See who waits, let them in or turn them away',
    who: order,
    actions: ['rooms.waiting', 'rooms.admit', 'rooms.deny'],
  },
  send_out: {
    text: 'Send members and guests out until an owner or co-host is back, for at most an hour',
    who: ['host'],
    actions: ['rooms.removeMember'],
  },
  remove: {
    text: 'Remove members and guests, also for good, and lift that; co-hosts only the owner',
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
type Owned = { readonly owner: number; readonly host: number; readonly host_rights: HostRights }

/** What who stands in is by the table. */
export const standIns = { all: 'cohost', cohost: 'cohost', order: 'host', controls: 'guest_host' } as const

/** The role of a member: null is no member. What is not known here may nothing more. */
export function roleOf(member: Standing, { owner, host, host_rights }: Owned): Role {
  if (member === null) return 'outsider'
  if (member.user === owner) return 'owner'
  if (member.role === sentOutRole) return 'sent_out'
  if (member.user === host) return standIns[host_rights]
  return kept.find((role) => role === member.role) ?? 'guest'
}
const kept = ['cohost', 'member', 'guest'] as const

/** Of the roles that the engine keeps, those of the audience `moderators`: who stands in for order sees who waits. */
export const moderatorRoles = ['host', 'cohost'] as const
export const isModerator = (role: string): boolean => moderatorRoles.some((moderator) => moderator === role)

/** The owner, and who stands in for them. */
const hosting: readonly Role[] = ['owner', 'host', 'guest_host']

/**
 * Whether someone with the first role may send out or remove someone with the second: co-hosts only the owner does, and
 * nobody those who host the room.
 */
export const mayRemove = (role: Role, target: Role): boolean =>
  (may(role, 'remove') || may(role, 'send_out')) &&
  !hosting.includes(target) &&
  (target !== 'cohost' || role === 'owner')

/** Why a member (null: none) of this room may not; null when it may. */
export function refusal(member: Standing, permission: Permission, room: Owned): ErrorCode | null {
  const role = roleOf(member, room)
  if (may(role, permission)) return null
  return member === null ? 'not_a_member' : role === 'sent_out' ? 'sent_out' : 'forbidden'
}

/**
 * The condition of a commit: the actor, or the user whom `of` names, has the permission at that moment (rule P2). `room` is
 * the profile that the commit was planned by, and which it finds unchanged or is planned again (rule RM4).
 */
export function needs(permission: Permission, room: Owned, of?: number): Op {
  const check = ({ member, target }: Facts) => refusal(of === undefined ? member : target, permission, room)
  return of === undefined ? { op: 'require', check } : { op: 'require', of, check }
}
