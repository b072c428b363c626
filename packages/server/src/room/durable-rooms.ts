import type { RoomState } from './batch.ts'
import type { RoomRow } from './types.ts'

/**
 * Rooms whose last writes wait for the disk, as they stand on it. A reader of one room's row is answered from here at
 * once, where it would otherwise wait for a sync that its answer does not need (rule C1).
 */
export type DurableRooms = {
  wrote(room: RoomState): void
  /** In the order of `wrote`. */
  synced(room: RoomState): void
  /** Undefined: nothing waits, the table has the durable row; null: the room is not on the disk yet. */
  get(id: string): RoomRow | null | undefined
}

export function createDurableRooms(): DurableRooms {
  const rooms = new Map<string, { row: RoomRow | null; waiting: number }>()
  return {
    wrote({ id, loaded }) {
      const room = rooms.get(id)
      if (room === undefined) rooms.set(id, { row: loaded, waiting: 1 })
      else room.waiting++
    },
    synced({ id, row }) {
      const room = rooms.get(id)
      if (room === undefined) return
      room.waiting--
      room.row = row
      if (room.waiting === 0) rooms.delete(id)
    },
    get: (id) => rooms.get(id)?.row,
  }
}
