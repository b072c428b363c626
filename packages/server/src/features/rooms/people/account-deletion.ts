import type { UserRef } from '../../../core/caller.ts'
import { AppError, type Failure } from '../../../core/error.ts'
import type { Op, RoomEngine } from '../../../room/types.ts'
import type { Tell } from '../../hooks.ts'
import type { Catalog, PlannedCommit } from '../profile/catalog.ts'
import { userRecordTypes } from '../contract/events.ts'
import { handedOver, hostRole, type KnownRoom } from '../state.ts'
import type { RoomName } from '../../../room/sql/member-reads.ts'
import type { RoomsStore } from '../store.ts'
import { revised } from '../profile/updates.ts'
import type { UserRecordsStore } from '../waiting/user-records-store.ts'
import { succession, type SuccessionDeps, successor } from './succession.ts'
import { roomErrors } from '../../../room/errors.ts'

/** Members of a room who are considered as successors. */
const mostHeirs = 200
/** How often leaving a room is retried because the room changed, before it is left to the next pass. */
const tries = 5
/** The room changed after the step was planned: the chosen successor has left, for example. */
const changed: readonly Failure[] = ['conflict', roomErrors.not_a_member]
/** Failures that are left to the next pass without a log line: too many changes of the room, or the server stops. */
const expected: readonly Failure[] = [...changed, 'shutting_down']

/** A list of the user's rooms, and the step to take for each. */
type Stage = {
  name: string
  list: (user: UserRef, after: number | null, limit: number) => Promise<readonly RoomName[]>
  act: (room: RoomName, user: UserRef) => Promise<void>
}

export type AccountDeletionDeps = SuccessionDeps & {
  engine: Pick<RoomEngine, 'commit' | 'member'>
  catalog: Pick<Catalog, 'commit' | 'current'>
  store: Pick<RoomsStore, 'eldest' | 'memberIn' | 'ownerOf'>
  userRecords: Pick<UserRecordsStore, 'roomsOf'>
  onFailure: (error: unknown) => void
}

/**
 * Takes a deleted user out of all rooms (rule P7): hands over the rooms they own or host, ends their memberships, and
 * removes the records about them. Each room has its own commit, so that the work can be done in parts and started again.
 */
export function createAccountDeletion(deps: AccountDeletionDeps): Tell['onUserDeleted'] {
  const { engine, catalog, store, userRecords } = deps

  /** Hands over the room: the owner's for good; from a stand-in to the owner or to another stand-in (rule HO4). */
  async function handOver(id: string, user: number): Promise<void> {
    if (!isTheirs((await catalog.current(id)).room, user)) return
    await catalog.commit(id, null, async (room) => {
      if (!isTheirs(room, user)) throw new AppError('conflict')
      const { host, owner, host_rights } = room.profile
      const members = (await store.eldest(room.num, mostHeirs)).filter((member) => member.user !== user)
      const own = owner === user
      const hosting = members.find(({ role }) => role === hostRole)
      const cohost = members.find(({ role }) => role === 'cohost')
      // Ownership goes to a co-host rather than to a stand-in who is not one.
      const heir = own && host_rights !== 'cohost' ? (cohost ?? hosting) : hosting
      const next = heir ?? (own ? null : await engine.member(room.num, owner)) ?? successor(members)
      if (!next) return unhosted(room, own)
      const before = await engine.member(room.num, host)
      return succession(room, { next, before, own }, deps)
    })
  }

  /** The commit checks who owns and hosts the room: if it was handed to the user meanwhile, they must hand it over first. */
  async function leave(id: string, user: number): Promise<void> {
    await handOver(id, user)
    const ops: Op[] = [{ op: 'expel', user, by: null }]
    await catalog.commit(id, null, (room) => {
      if (isTheirs(room, user)) throw new AppError('conflict')
      return { actor: user, action: 'rooms.leave', client_id: null, members_only: false, ops }
    })
  }

  async function removeRecords(room_id: string, { num, id }: UserRef): Promise<void> {
    const ops: Op[] = userRecordTypes.map((type) => ({ op: 'remove', type, key: id }))
    await engine.commit({ room_id, actor: num, action: 'rooms.leave', client_id: null, members_only: false, ops })
  }

  const stages: readonly Stage[] = [
    {
      name: 'member',
      list: ({ num }, before, limit) => store.memberIn(num, { before, limit }),
      act: ({ id }, { num }) => leave(id, num),
    },
    // Rooms that they own without being a member.
    {
      name: 'owned',
      list: ({ num }, before, limit) => store.ownerOf(num, { before, limit }),
      act: ({ id }, { num }) => handOver(id, num),
    },
    {
      name: 'records',
      list: ({ id }, after, limit) => userRecords.roomsOf(id, after ?? 0, limit),
      act: ({ id }, user) => removeRecords(id, user),
    },
  ]

  return async (user, position, most) => {
    const [from, after] = position?.split(' ') ?? []
    const begun = stages.findIndex(({ name }) => name === from)
    let since = begun === -1 ? null : Number(after)
    let found = 0
    for (const { name, list, act } of stages.slice(Math.max(0, begun))) {
      const rooms = await list(user, since, most - found)
      for (const room of rooms) await attempt(() => act(room, user), deps.onFailure)
      found += rooms.length
      const last = rooms.at(-1)
      if (last && found === most) return { found, next: `${name} ${last.num}` }
      since = null
    }
    return { found, next: null }
  }
}

/** Retries while the room changes concurrently. A room that fails does not keep the user from leaving the others. */
async function attempt(act: () => Promise<void>, onFailure: (error: unknown) => void): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      return await act()
    } catch (error) {
      const refused = AppError.from(error)
      if (refused.is(roomErrors.room_closed)) return undefined
      if (changed.some((failure) => refused.is(failure)) && left > 1) continue
      if (!expected.some((failure) => refused.is(failure))) onFailure(error)
      return undefined
    }
  }
}

const isTheirs = ({ profile: { host, owner } }: KnownRoom, user: number): boolean => host === user || owner === user

/** No successor: the owner is host again, or, if the owner is deleted, whoever hosts the room next owns it (rule HO4). */
function unhosted({ profile }: KnownRoom, own: boolean): PlannedCommit {
  const { owner, owner_id } = own ? { owner: 0, owner_id: null } : profile
  const ops = revised(
    handedOver(profile, { owner, owner_id, host: owner, host_id: owner_id, host_rights: 'all', stood_in: null }),
    null,
  )
  return { actor: 0, action: 'rooms.handOver', client_id: null, members_only: false, ops }
}
