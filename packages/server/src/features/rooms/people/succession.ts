import { type Member, type Op, type People, sentOutRole } from '../../../room/types.ts'
import { personIn } from '../../identity/contract.ts'
import type { Planned } from '../catalog.ts'
import type { HostRights } from '../permissions.ts'
import type { StandInOrder } from './stand-in-order.ts'
import { handedOver, hostRole, type KnownRoom, type RoomProfile } from '../state.ts'
import { revised } from '../updates.ts'

/**
 * Who takes over: the first of the co-hosts, else the first of the members, a guest only among guests (rule HO1).
 * `candidates` stand in the order of their right to it.
 */
export function successor(candidates: readonly Member[]): Member | null {
  const plain = candidates.filter(({ role }) => role !== hostRole && role !== sentOutRole)
  const found = ['cohost', 'member', 'guest'].map((wanted) => plain.find(({ role }) => role === wanted))
  return found.find((each) => each !== undefined) ?? null
}

export type Change = {
  /** Who hosts from now on, and what they are in the room now. */
  next: Member
  /** The host until now, as a member; null when it is none any more. */
  before: Member | null
  /** `own`: the room is theirs for good. */
  own: boolean
}

/** The condition that this member still is what they were. */
export const still = ({ user, role }: Pick<Member, 'user' | 'role'>): Op => ({
  ...{ op: 'require', of: user, check: ({ target }) => (target?.role === role ? null : 'conflict') },
})

/** What a host becomes whom another stands in for: an owner a co-host, who stood in themselves what they were (rule HO1). */
function afterHosting({ host, owner, stood_in }: RoomProfile, { role }: Member): string {
  if (role !== hostRole) return role
  return host === owner ? 'cohost' : (stood_in ?? 'member')
}

/** What someone may who stands in, by what they were: a guest in the room of an account has the controls alone (rule HO5). */
export function rightsOf({ role }: Pick<Member, 'role'>, isOwnerGuest: boolean): HostRights {
  if (role === 'cohost') return 'cohost'
  return role === 'guest' && !isOwnerGuest ? 'controls' : 'order'
}

export type SuccessionDeps = { people: People; order: Pick<StandInOrder, 'end'> }

/**
 * A commit that hands the room over, if both still are what they were (rules HO1, HO2). To the owner or a co-host it also
 * ends what a stand-in did of order (rule HO6).
 */
export async function succession(
  room: KnownRoom,
  { next, before, own }: Change,
  { people, order }: SuccessionDeps,
): Promise<Planned> {
  const { host, owner } = room.profile
  const profiles = await people.load([next.user, owner])
  const profileOf = (user: number) => personIn(profiles.get(user) ?? '')
  const { id } = profileOf(next.user)
  const isOwn = own || next.user === owner
  const host_rights = isOwn ? 'all' : rightsOf(next, profileOf(owner).guest)
  const profile = handedOver(room.profile, {
    ...(own ? { owner: next.user, owner_id: id } : {}),
    ...{ host: next.user, host_id: id, host_rights, stood_in: isOwn ? null : next.role },
  })
  const roles: Op[] = [
    ...(before && next.user !== host
      ? [{ op: 'role' as const, user: host, role: afterHosting(room.profile, before), by: null }]
      : []),
    // Who has the controls alone sees nothing that moderators see: they stay what they are.
    ...(host_rights === 'controls' ? [] : [{ op: 'role' as const, user: next.user, role: hostRole, by: null }]),
  ]
  const ops: Op[] = [
    { op: 'require', check: ({ member }) => (member?.role === next.role ? null : 'conflict') },
    { op: 'require', of: host, check: ({ target }) => (target?.role === before?.role ? null : 'conflict') },
    ...roles,
    ...(host_rights === 'all' || host_rights === 'cohost' ? await order.end(room) : []),
    ...revised(profile, null),
  ]
  return { actor: next.user, action: 'rooms.handOver', client_id: null, members_only: true, ops }
}
