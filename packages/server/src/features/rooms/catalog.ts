import { LRUCache } from 'lru-cache'
import type { Caller } from '../../core/caller.ts'
import { AppError, type Failure } from '../../core/error.ts'
import type { CommitCall, Committed, RoomEngine, RoomRow } from '../../room/types.ts'
import type { KnownRoom } from './state.ts'

/** Rooms kept in memory. */
const cacheSize = 20_000
/** Changes of a room's profile that one call may run into before it is told `conflict`. */
const commitTries = 5

/** A commit to a room that was looked at: what `fresh` and the room's id are added to. */
export type Planned = Omit<CommitCall, 'room_id'>

type Plan = (room: KnownRoom) => Planned | Promise<Planned>

/** What is kept of rooms in memory, by id (rule RM4). */
export type Catalog = {
  /**
   * At once for a room that was asked for before; null when there is none. Its num, id and kind hold for good; its
   * profile may have changed: what is decided by it is decided in `commit`, what is shown comes from `current`.
   */
  find(room_id: string): KnownRoom | null | Promise<KnownRoom | null>
  /** The same; throws or rejects with `not_found`. */
  known(room_id: string): KnownRoom | Promise<KnownRoom>
  /** What is known of the room, at least as new as this row of it. */
  at(row: RoomRow): Promise<KnownRoom>
  /** The room as it is now. Rejects with `not_found`. */
  current(room_id: string): Promise<{ room: KnownRoom; row: RoomRow }>
  /**
   * Commits what `plan` makes of the room, on the condition that the profile is the one that it saw; otherwise the room
   * is read again and `plan` asked again.
   */
  commit(room_id: string, plan: Plan): Promise<Committed>
  /** A rule for actions: the room is there. */
  exists(caller: Caller, input: { room_id: string }): Promise<true | Failure>
}

export type CatalogDeps = {
  engine: Pick<RoomEngine, 'commit' | 'find'>
  read: (room_id: string) => Promise<KnownRoom | null>
}

export function createCatalog({ engine, read }: CatalogDeps): Catalog {
  const cache = new LRUCache<string, KnownRoom>({ max: cacheSize })

  async function load(room_id: string): Promise<KnownRoom | null> {
    const room = await read(room_id)
    const known = cache.get(room_id)
    // Who read later may have been answered sooner.
    if (room && known && known.profile_seq > room.profile_seq) return known
    if (room) cache.set(room_id, room)
    return room
  }

  const find: Catalog['find'] = (room_id) => cache.get(room_id) ?? load(room_id)

  function known(room_id: string): KnownRoom | Promise<KnownRoom> {
    const found = find(room_id)
    return found instanceof Promise ? found.then(there) : there(found)
  }

  async function at({ id, profile_seq }: RoomRow): Promise<KnownRoom> {
    const room = await known(id)
    return room.profile_seq < profile_seq ? ((await load(id)) ?? room) : room
  }

  async function commit(room_id: string, plan: Plan): Promise<Committed> {
    for (let tries = 0; tries < commitTries; tries += 1) {
      // Every message comes by: what is known at once is not waited for.
      const found = known(room_id)
      const room = found instanceof Promise ? await found : found
      const made = plan(room)
      const planned = made instanceof Promise ? await made : made
      let isStale = false
      const check = ({ room: now }: { room: RoomRow }) => {
        isStale = now.profile_seq !== room.profile_seq
        return isStale ? 'conflict' : null
      }
      try {
        return await engine.commit({ ...planned, room_id: room.id, ops: [{ op: 'require', check }, ...planned.ops] })
      } catch (error) {
        if (!isStale) throw error
      }
      await load(room_id)
    }
    throw new AppError('conflict')
  }

  return {
    find,
    known,
    at,
    async current(room_id) {
      const row = await engine.find(room_id)
      if (!row) throw new AppError('not_found')
      return { room: await at(row), row }
    },
    commit,
    exists: async (_caller, { room_id }) => ((await find(room_id)) ? true : 'not_found'),
  }
}

function there(room: KnownRoom | null): KnownRoom {
  if (!room) throw new AppError('not_found')
  return room
}
