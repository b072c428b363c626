import { type Member, type Op, type People, sentOutRole } from '../../../room/types.ts'
import { personIn } from '../../identity/contract.ts'
import type { PlannedCommit } from '../profile/catalog.ts'
import type { HostRights } from '../permissions/permissions.ts'
import type { StandInModeration } from './stand-in-moderation.ts'
import { handedOver, hostRole, type KnownRoom, type RoomProfile } from '../state.ts'
import { revised } from '../profile/updates.ts'

/**
 * Who takes over: the first co-host, else the first member, a guest only if all are guests (rule HO1). `candidates` are
 * in the order of preference.
 */
export function successor(candidates: readonly Member[]): Member | null {
  const plain = candidates.filter(({ role }) => role !== hostRole && role !== sentOutRole)
  const found = ['cohost', 'member', 'guest'].map((wanted) => plain.find(({ role }) => role === wanted))
  return found.find((each) => each !== undefined) ?? null
}

export type HostChange = {
  /** The new host, as a member with the present role. */
  next: Member
  /** The former host, as a member; null when they are not a member any more. */
  before: Member | null
  /** Whether the new host becomes the owner too. */
  own: boolean
}

/** The condition that this member still has the same role. */
export const requireSameRole = ({ user, role }: Pick<Member, 'user' | 'role'>): Op => ({
  ...{ op: 'require', of: user, check: ({ target }) => (target?.role === role ? null : 'conflict') },
})

/** The role of a replaced host: an owner becomes a co-host, a stand-in gets their former role back (rule HO1). */
function afterHosting({ host, owner, stood_in }: RoomProfile, { role }: Member): string {
  if (role !== hostRole) return role
  return host === owner ? 'cohost' : (stood_in ?? 'member')
}

/** The rights of a stand-in, by their role before: a guest in a room owned by an account has only the controls (rule HO5). */
export function rightsOf({ role }: Pick<Member, 'role'>, isOwnerGuest: boolean): HostRights {
  if (role === 'cohost') return 'cohost'
  return role === 'guest' && !isOwnerGuest ? 'controls' : 'order'
}

export type SuccessionDeps = { people: People; moderation: Pick<StandInModeration, 'end'> }

/**
 * A commit that changes the host, if both members still have the same roles (rules HO1, HO2). If the new host is the owner
 * or a co-host, it also undoes what a stand-in did (rule HO6).
 */
export async function succession(
  room: KnownRoom,
  { next, before, own }: HostChange,
  { people, moderation }: SuccessionDeps,
): Promise<PlannedCommit> {
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
    // A guest with only the controls must not see what moderators see, so their role stays.
    ...(host_rights === 'controls' ? [] : [{ op: 'role' as const, user: next.user, role: hostRole, by: null }]),
  ]
  const ops: Op[] = [
    { op: 'require', check: ({ member }) => (member?.role === next.role ? null : 'conflict') },
    { op: 'require', of: host, check: ({ target }) => (target?.role === before?.role ? null : 'conflict') },
    ...roles,
    ...(host_rights === 'all' || host_rights === 'cohost' ? await moderation.end(room) : []),
    ...revised(profile, null),
  ]
  return { actor: next.user, action: 'rooms.handOver', client_id: null, members_only: true, ops }
}
