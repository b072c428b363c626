import { createCache } from '../../core/collections/cache.ts'
import type { RoomState } from './batch.ts'
import type { RoomRow } from '../types.ts'

/** Rows kept in memory. */
const cacheSize = 10_000

/**
 * Rooms as they are on the disk, for reads of one room's row: these are answered at once, also while later writes of
 * that room wait for a sync that the answer does not need (rule C1). Only for SQLite, where all writes are this
 * process's own; commits do not look here.
 */
export type DurableRooms = {
  wrote(room: RoomState): void
  /** In the order of `wrote`. */
  synced(room: RoomState): void
  /** Undefined: not cached, and the table has the durable row; null: the room is not on the disk yet. */
  get(id: string): RoomRow | null | undefined
  /** Caches the table's row after a `get` that found nothing. */
  remember(row: RoomRow): void
  /** Rows were changed by something other than a commit. */
  forget(): void
}

export function createDurableRooms(): DurableRooms {
  const waiting = new Map<string, { row: RoomRow | null; writes: number }>()
  const settled = createCache<string, RoomRow>(cacheSize)
  return {
    wrote({ id, loaded }) {
      const room = waiting.get(id)
      if (room === undefined) waiting.set(id, { row: loaded, writes: 1 })
      else room.writes++
      settled.delete(id)
    },
    synced({ id, row }) {
      const room = waiting.get(id)
      if (room === undefined) return
      room.writes--
      room.row = row
      if (room.writes > 0) return
      waiting.delete(id)
      if (row !== null) settled.set(id, row)
    },
    get(id) {
      const room = waiting.get(id)
      return room === undefined ? settled.get(id) : room.row
    },
    remember: (row) => void settled.set(row.id, row),
    forget: () => settled.clear(),
  }
}
