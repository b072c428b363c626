import type { Member, Op, People } from '../../room/types.ts'
import { profileSchema } from '../identity/contract.ts'
import type { Planned } from './catalog.ts'
import { hostRole, type KnownRoom, type RoomProfile } from './state.ts'
import { revised } from './updates.ts'

/**
 * Who takes over: the first of the co-hosts, else the first of the members, a guest only among guests (rule HO1).
 * `candidates` stand in the order of their right to it.
 */
export function successor(candidates: readonly Member[]): Member | null {
  const plain = candidates.filter(({ role }) => role !== hostRole)
  const found = ['cohost', 'member', 'guest'].map((wanted) => plain.find(({ role }) => role === wanted))
  return found.find((each) => each !== undefined) ?? null
}

export type Change = {
  /** Who hosts from now on, and what they are in the room now. */
  next: Member
  /** The host until now, as a member; null when it is none any more. */
  before: Member | null
  /** What the host until now becomes. */
  demoted: string
  /** `own`: the room is theirs for good. */
  own: boolean
}

/** The condition that this member still is what they were. */
export const still = ({ user, role }: Pick<Member, 'user' | 'role'>): Op => ({
  ...{ op: 'require', of: user, check: ({ target }) => (target?.role === role ? null : 'conflict') },
})

/** What a host becomes whom another stands in for: an owner a co-host, who stood in themselves what they were (rule HO1). */
export const afterHosting = ({ host, owner, stood_in }: RoomProfile): string =>
  host === owner ? 'cohost' : (stood_in ?? 'member')

/** A commit that hands the room over, if both still are what they were (rules HO1, HO2). */
export async function succession(
  room: KnownRoom,
  { next, before, demoted, own }: Change,
  people: People,
): Promise<Planned> {
  const { host, owner } = room.profile
  const { id } = profileSchema.parse(JSON.parse((await people.load([next.user])).get(next.user) ?? ''))
  const profile = {
    ...room.profile,
    ...(own ? { owner: next.user, owner_id: id } : {}),
    ...{ host: next.user, host_id: id },
    stood_in: own || next.user === owner ? null : next.role,
  }
  const roles: Op[] = [
    ...(before ? [{ op: 'role' as const, user: host, role: demoted, by: null }] : []),
    { op: 'role', user: next.user, role: hostRole, by: null },
  ]
  const ops: Op[] = [
    { op: 'require', check: ({ member }) => (member?.role === next.role ? null : 'conflict') },
    { op: 'require', of: host, check: ({ target }) => (target?.role === before?.role ? null : 'conflict') },
    ...(next.user === host ? [] : roles),
    ...revised(profile, null),
  ]
  return { actor: next.user, action: 'rooms.handOver', client_id: null, members_only: true, ops }
}
