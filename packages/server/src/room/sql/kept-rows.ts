import { LRUCache } from 'lru-cache'
import type { RecordTotals, RoomState } from '../log/batch.ts'
import type { RoomRow } from '../types.ts'

/** Maximum cached rooms, and rows of rooms and members together: each takes about 200 bytes. */
const roomLimit = 2000
const rowLimit = 20_000

/** A room after the last transaction, with the members looked up so far; null: not a member. */
export type KeptRoom = Pick<RoomState, 'members'> & { readonly row: RoomRow; readonly totals: RecordTotals }

/**
 * Caches what the next commit to a room would read again: its row and its members' rows. Only for SQLite, where this
 * process makes all writes, so that what it last read or wrote is what the tables contain (rule C6).
 */
export type KeptRows = {
  /** The map of members is shared, not copied: what a call loads or changes stays cached. */
  get(id: string): KeptRoom | undefined
  /** After a successful transaction: caches what it read and wrote of this room. */
  keep(room: RoomState): void
  /** After a failed transaction, whose changes to shared rows are not in the tables, or after writes by other code. */
  forget(): void
}

export function createKeptRows(limits = { rooms: roomLimit, rows: rowLimit }): KeptRows {
  const rooms = new LRUCache<string, KeptRoom>({
    max: limits.rooms,
    maxSize: limits.rows,
    sizeCalculation: ({ members }) => 1 + members.size,
  })
  return {
    get: (id) => rooms.get(id),
    keep({ id, row, totals, members }) {
      if (row !== null) rooms.set(id, { row, totals, members })
    },
    forget: () => rooms.clear(),
  }
}
