import type { Profile, UserRef } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import type { Live } from '../../room/live.ts'
import type { Op, People, RoomEngine } from '../../room/types.ts'
import type { Catalog } from './catalog.ts'
import type { ListedRoom, RoomsStore } from './store.ts'
import { succession, successor } from './succession.ts'

/** Rooms that are gone through at a time, and members of a room who are asked to take it over. */
const pageSize = 200

export type LeaversDeps = {
  engine: Pick<RoomEngine, 'commit' | 'member' | 'roomsOf'>
  live: Pick<Live, 'presence' | 'tell'>
  catalog: Pick<Catalog, 'commit'>
  store: Pick<RoomsStore, 'eldest' | 'roomsOf'>
  people: People
}

/** What rooms hear of people's accounts. */
export function createLeavers({ engine, live, catalog, store, people }: LeaversDeps) {
  /** Another takes over for good; without anybody else the room stays as it is, and can be closed by nobody (rule HO4). */
  async function bequeath({ id, num }: ListedRoom, user: number): Promise<void> {
    const members = (await store.eldest(num, pageSize)).filter((member) => member.user !== user)
    const next = members.find(({ role }) => role === 'host') ?? successor(members)
    if (!next) return
    await catalog.commit(id, async (room) => {
      const before = await engine.member(num, room.profile.host)
      return succession(room, { next, before, demoted: 'member', own: true }, people)
    })
  }

  async function end(room: ListedRoom, user: number): Promise<void> {
    const { host, owner } = room.profile
    if (host === user || owner === user) await bequeath(room, user)
    const ops: Op[] = [{ op: 'expel', user, by: null }]
    const call = { room_id: room.id, actor: user, action: 'rooms.leave', client_id: null, members_only: false }
    await engine.commit({ ...call, ops })
  }

  return {
    async profileChanged({ num, id }: UserRef, profile: Profile): Promise<void> {
      if (num === 0) return
      const { name, avatar_url, guest } = profile
      for (const room of await engine.roomsOf(num, pageSize)) {
        if (!live.presence(room.num).some(({ user }) => user.id === id)) continue
        live.tell(room.num, 'user_updated', { room_id: room.id, user: { id, name, avatar_url, guest } })
      }
    },

    async userDeleted({ num }: UserRef): Promise<void> {
      let before: number | null = null
      do {
        const page = await store.roomsOf(num, { before, limit: pageSize })
        for (const room of page.items) {
          await end(room, num).catch((error) => {
            if (AppError.from(error).code !== 'room_closed') throw error
          })
        }
        before = page.next_cursor === null ? null : Number(page.next_cursor)
      } while (before !== null)
    },
  }
}
