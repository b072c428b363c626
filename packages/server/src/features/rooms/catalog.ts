import { LRUCache } from 'lru-cache'
import type { KnownRoom } from './state.ts'

/** Rooms kept in memory. */
const cacheSize = 20_000

/** What is fixed about rooms, by id; at once for a room that was asked for before (rule RM4). */
export type Catalog = {
  find(room_id: string): KnownRoom | null | Promise<KnownRoom | null>
}

export function createCatalog(read: (room_id: string) => Promise<KnownRoom | null>): Catalog {
  const cache = new LRUCache<string, KnownRoom>({ max: cacheSize })

  async function load(room_id: string): Promise<KnownRoom | null> {
    const room = await read(room_id)
    if (room) cache.set(room_id, room)
    return room
  }

  return { find: (room_id) => cache.get(room_id) ?? load(room_id) }
}
