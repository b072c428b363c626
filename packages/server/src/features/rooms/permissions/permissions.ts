import type { Failure } from '../../../core/error.ts'
import { roomErrors } from '../../../room/errors.ts'
import { type Facts, type Member, type Op, sentOutRole } from '../../../room/types.ts'

/**
 * A user's role in a room. `owner` owns the room, whether they or a stand-in host it. A stand-in is `cohost`, `host` (a
 * member, or a guest in a room owned by a guest) or `guest_host` (a guest in a room owned by an account), by rule HO5.
 * `sent_out` is a member who is kept out for a while, `non_member` a signed-in user who is not a member, `anonymous` someone without a token.
 */
export const roles = [
  ...(['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'] as const),
  ...(['sent_out', 'non_member', 'anonymous'] as const),
] as const
export type Role = (typeof roles)[number]

/** The rights of a room's host: `all` for the owner, the others for a stand-in, by their role before (rule HO5). */
export const hostRights = ['all', 'cohost', 'order', 'controls'] as const
export type HostRights = (typeof hostRights)[number]

/**
 * A permission and the roles that have it. `text` is for readers of docs/permissions.md. Each feature defines the
 * permissions that it checks; an action's contract names those that its rule checks (rule P1).
 */
export type Permission = { readonly name: string; readonly text: string; readonly who: readonly Role[] }

export function definePermissions<const Name extends string>(
  rows: Readonly<Record<Name, Omit<Permission, 'name'>>>,
): Readonly<Record<Name, Permission>> {
  const defined = Object.entries<Omit<Permission, 'name'>>(rows).map(([name, row]) => [name, { name, ...row }])
  // Every name in `rows` has an entry, which the type of Object.fromEntries cannot express.
  return Object.fromEntries(defined) as Record<Name, Permission>
}

/** The roles of members, of moderators, and of those who may send out and let in (a stand-in only temporarily, rule HO5). */
export const members = ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'] as const
export const moderators = ['owner', 'cohost'] as const
export const moderatorsAndStandIns = [...moderators, 'host'] as const

export const hasPermission = (role: Role, permission: Permission): boolean => permission.who.includes(role)

/** A membership as the engine stores it (null: none), and who owns and hosts a room, from its profile. */
type Standing = Pick<Member, 'user' | 'role'> | null
type Owned = { readonly owner: number; readonly host: number; readonly host_rights: HostRights }

/** The role of the host in the permission table, by `host_rights`. */
export const standInRoles = { all: 'cohost', cohost: 'cohost', order: 'host', controls: 'guest_host' } as const

/** The role of a member (null: no member). A stored role that this release does not know counts as `guest`. */
export function roleOf(member: Standing, { owner, host, host_rights }: Owned): Role {
  if (member === null) return 'non_member'
  if (member.user === owner) return 'owner'
  if (member.role === sentOutRole) return 'sent_out'
  if (member.user === host) return standInRoles[host_rights]
  return kept.find((role) => role === member.role) ?? 'guest'
}
const kept = ['cohost', 'member', 'guest'] as const

/**
 * What a user is to someone who removes them or changes their role: `hosting` for whoever hosts the room, the owner or a
 * stand-in, else their role. A co-host who stands in has the permissions of a `cohost`, but cannot be removed like one.
 */
export const targets = ['hosting', 'owner', 'cohost', 'member', 'guest', 'sent_out', 'non_member', 'anonymous'] as const
export type Target = (typeof targets)[number]

/** `member` is the membership of the user with this num (null: none). */
export function targetOf(user: number, member: Standing, room: Owned): Target {
  if (user === room.host) return 'hosting'
  if (user === room.owner) return 'owner'
  const role = roleOf(member, room)
  // Roles of the host alone, which `hosting` covers.
  return role === 'host' || role === 'guest_host' ? 'hosting' : role
}

/** Whether this release knows the stored role. */
export const isStoredRole = (role: string): boolean => [...kept, 'host', sentOutRole].includes(role)

/** Stored roles that belong to the audience `moderators`; a stand-in with `order` has the role `host`, so sees the waiting list. */
export const moderatorRoles = ['host', 'cohost'] as const
export const isModerator = (role: string): boolean => moderatorRoles.some((moderator) => moderator === role)

/** Why this member (null: none) lacks the permission; null when they have it. */
export function refusal(member: Standing, permission: Permission, room: Owned): Failure | null {
  const role = roleOf(member, room)
  if (hasPermission(role, permission)) return null
  return member === null ? roomErrors.not_a_member : role === 'sent_out' ? roomErrors.sent_out : 'forbidden'
}

/**
 * The condition of a commit: the actor, or the user `of`, has the permission at that moment (rule P2). `room` is the profile
 * from which the commit was planned; if it has changed, the commit is planned again (rule RM4).
 */
export function needs(permission: Permission, room: Owned, of?: number): Op {
  const check = ({ member, target }: Facts) => refusal(of === undefined ? member : target, permission, room)
  return of === undefined ? { op: 'require', check } : { op: 'require', of, check }
}
