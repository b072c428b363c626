import type { Failure } from '../../core/error.ts'
import { roomErrors } from '../../room/errors.ts'
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

/**
 * One thing that not everyone may do: who may by their role. `text` is for people, in docs/permissions.md. Each feature
 * defines what it asks for; an action's contract says which of them its rule asks for (rule P1).
 */
export type Permission = { readonly name: string; readonly text: string; readonly who: readonly Role[] }

export function definePermissions<const Name extends string>(
  rows: Readonly<Record<Name, Omit<Permission, 'name'>>>,
): Readonly<Record<Name, Permission>> {
  const defined = Object.entries<Omit<Permission, 'name'>>(rows).map(([name, row]) => [name, { name, ...row }])
  // Each name of the rows has its entry, which Object.fromEntries cannot say.
  return Object.fromEntries(defined) as Record<Name, Permission>
}

/** Who is in the room; who of them moderates; and who may, besides, what ends when an owner or co-host is back (rule HO5). */
export const members = ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'] as const
export const moderators = ['owner', 'cohost'] as const
export const order = [...moderators, 'host'] as const

export const may = (role: Role, permission: Permission): boolean => permission.who.includes(role)

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

/** Why a member (null: none) of this room may not; null when it may. */
export function refusal(member: Standing, permission: Permission, room: Owned): Failure | null {
  const role = roleOf(member, room)
  if (may(role, permission)) return null
  return member === null ? roomErrors.not_a_member : role === 'sent_out' ? roomErrors.sent_out : 'forbidden'
}

/**
 * The condition of a commit: the actor, or the user whom `of` names, has the permission at that moment (rule P2). `room` is
 * the profile that the commit was planned by, and which it finds unchanged or is planned again (rule RM4).
 */
export function needs(permission: Permission, room: Owned, of?: number): Op {
  const check = ({ member, target }: Facts) => refusal(of === undefined ? member : target, permission, room)
  return of === undefined ? { op: 'require', check } : { op: 'require', of, check }
}
