import type { Profile, UserRef } from '../../../core/caller.ts'
import { AppError } from '../../../core/error.ts'
import type { Live } from '../../../room/live/live.ts'
import type { Op, RoomEngine } from '../../../room/types.ts'
import type { Catalog, Planned } from '../catalog.ts'
import { hostRole, type KnownRoom } from '../state.ts'
import type { ListedRoom, ListedRooms, ListPage, RoomsStore } from '../store.ts'
import { succession, type SuccessionDeps, successor } from './succession.ts'
import { revised } from '../updates.ts'

/** Rooms that are gone through at a time, and members of a room who are asked to take it over. */
const pageSize = 200

export type LeaversDeps = SuccessionDeps & {
  engine: Pick<RoomEngine, 'commit' | 'member'>
  live: Pick<Live, 'isPresent' | 'tell'>
  catalog: Pick<Catalog, 'commit'>
  store: Pick<RoomsStore, 'eldest' | 'roomsOf' | 'roomsOwned'>
}

/** What rooms hear of people's accounts. */
export function createLeavers(deps: LeaversDeps) {
  const { engine, live, catalog, store } = deps

  /** Another takes over: for good from the owner, else in the owner's stead, or the owner themselves (rule HO4). */
  async function bequeath({ id, num }: ListedRoom, user: number): Promise<void> {
    await catalog.commit(id, async (room) => {
      const { host, owner, host_rights } = room.profile
      const members = (await store.eldest(num, pageSize)).filter((member) => member.user !== user)
      const own = owner === user
      const hosting = members.find(({ role }) => role === hostRole)
      const cohost = members.find(({ role }) => role === 'cohost')
      // For good a room goes rather to a co-host than to whoever stands in just now.
      const heir = own && host_rights !== 'cohost' ? (cohost ?? hosting) : hosting
      const next = heir ?? (own ? null : await engine.member(num, owner)) ?? successor(members)
      if (!next) return unhosted(room, own)
      const before = await engine.member(num, host)
      return succession(room, { next, before, own }, deps)
    })
  }

  async function end(room: ListedRoom, user: number): Promise<void> {
    if (room.profile.host === user) await bequeath(room, user)
    const ops: Op[] = [{ op: 'expel', user, by: null }]
    const call = { room_id: room.id, actor: user, action: 'rooms.leave', client_id: null, members_only: false }
    await engine.commit({ ...call, ops })
  }

  return {
    async profileChanged({ num, id }: UserRef, profile: Profile): Promise<void> {
      if (num === 0) return
      const { name, avatar_url, guest } = profile
      await each(
        (page) => store.roomsOf(num, page),
        async (room) => {
          if (!live.isPresent(room.num, id)) return
          live.tell(room.num, 'user_updated', { room_id: room.id, user: { id, name, avatar_url, guest } })
        },
      )
    },

    async userDeleted({ num }: UserRef): Promise<void> {
      await each(
        (page) => store.roomsOwned(num, page),
        (room) => bequeath(room, num),
      )
      await each(
        (page) => store.roomsOf(num, page),
        (room) => end(room, num),
      )
    },
  }
}

/** Nobody is there to take over: the room is the owner's again, or, when they are gone, of who hosts it next (rule HO4). */
function unhosted({ profile }: KnownRoom, own: boolean): Planned {
  const { owner, owner_id } = own ? { owner: 0, owner_id: null } : profile
  const ops = revised(
    { ...profile, owner, owner_id, host: owner, host_id: owner_id, host_rights: 'all', stood_in: null },
    null,
  )
  return { actor: 0, action: 'rooms.handOver', client_id: null, members_only: false, ops }
}

/** Goes through all rooms of a list, but for those that are closed meanwhile. */
async function each(list: (page: ListPage) => Promise<ListedRooms>, act: (room: ListedRoom) => Promise<void>) {
  let before: number | null = null
  do {
    const page: ListedRooms = await list({ before, limit: pageSize })
    for (const room of page.items) {
      await act(room).catch((error) => {
        if (AppError.from(error).code !== 'room_closed') throw error
      })
    }
    before = page.next_cursor === null ? null : Number(page.next_cursor)
  } while (before !== null)
}
