import { LRUCache } from 'lru-cache'
import type { Caller } from '../../core/caller.ts'
import { AppError, type ErrorCode } from '../../core/error.ts'
import type { KnownRoom } from './state.ts'

/** Rooms kept in memory. */
const cacheSize = 20_000

/** What is fixed about rooms, by id (rule RM4). */
export type Catalog = {
  /** At once for a room that was asked for before; null when there is none. */
  find(room_id: string): KnownRoom | null | Promise<KnownRoom | null>
  /** Rejects with `not_found`. */
  known(room_id: string): Promise<KnownRoom>
  /** A rule for actions: the room is there. */
  exists(caller: Caller, input: { room_id: string }): Promise<true | ErrorCode>
}

export function createCatalog(read: (room_id: string) => Promise<KnownRoom | null>): Catalog {
  const cache = new LRUCache<string, KnownRoom>({ max: cacheSize })

  async function load(room_id: string): Promise<KnownRoom | null> {
    const room = await read(room_id)
    if (room) cache.set(room_id, room)
    return room
  }

  const find: Catalog['find'] = (room_id) => cache.get(room_id) ?? load(room_id)

  return {
    find,
    async known(room_id) {
      const room = await find(room_id)
      if (!room) throw new AppError('not_found')
      return room
    },
    exists: async (_caller, { room_id }) => ((await find(room_id)) ? true : 'not_found'),
  }
}
