import { LRUCache } from 'lru-cache'
import type { RecordTotals, RoomState } from '../log/batch.ts'
import type { RoomRow } from '../types.ts'

/** Rooms whose rows are kept, and rows of rooms and members together: each takes some 200 bytes. */
const roomLimit = 2000
const rowLimit = 20_000

/** A room as the last transaction left it, and those of its members that were looked at; null: they are none. */
export type KeptRoom = Pick<RoomState, 'members'> & { readonly row: RoomRow; readonly totals: RecordTotals }

/**
 * What the next commit to a room would read again: its row, and those of its members. Only for SQLite, where all writes are
 * this process's own, so that what was read or written last is what stands in the tables (rule C6).
 */
export type KeptRows = {
  /** The members' rows are handed out, not copied: what a call loads or changes is kept. */
  get(id: string): KeptRoom | undefined
  /** A transaction has ended well: what it read and wrote of this room. */
  keep(room: RoomState): void
  /** A transaction failed, so that rows which were handed out may be changed as the tables are not; or others have written. */
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
