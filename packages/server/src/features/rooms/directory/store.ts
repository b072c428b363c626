import type { Cell, Database, Query } from '../../../platform/db/database.ts'
import type { Applied, Projector, RowsStatement } from '../../../room/types.ts'
import { changedProfile } from '../profile/rows.ts'

const day = 86_400_000
/** A seventh of a room's age counts, up to this age: a week adds a day. */
const oldest = 7 * day
/** Rooms per statement and transaction. */
const roomsAtOnce = 500

/** An active room: `alive` is its rank before its age is added (rule DR1). */
export type ActiveRoom = { room: number; alive: number }

export type DirectoryStore = {
  /** Raises the ranks of these rooms; a room that is not listed, or ranks higher already, stays as it is. */
  alive(rooms: readonly ActiveRoom[], now: number): Promise<void>
}

const raise = {
  // Parameters are bound as REAL.
  sqlite: `UPDATE room_directory SET rank = MAX(rank, CAST(? + MIN(MAX(? - created_at, 0), ${oldest}) / 7 AS INTEGER)) WHERE room = ?`,
  // Rows are locked in one order, so that nodes that raise the same rooms do not deadlock.
  postgres: `WITH given AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS g (alive, at, room)),
               locked AS (SELECT room FROM room_directory WHERE room = ANY ($3::bigint[]) ORDER BY room FOR UPDATE)
             UPDATE room_directory d
             SET rank = GREATEST(d.rank, g.alive + LEAST(GREATEST(g.at - d.created_at, 0), ${oldest}) / 7)
             FROM given g JOIN locked l ON l.room = g.room WHERE d.room = g.room`,
}

/** The ranks of public rooms. */
export function createDirectoryStore(db: Database): DirectoryStore {
  const statements = (rows: Cell[][]): Query[] => {
    if (db.dialect === 'sqlite') return rows.map((parameters) => ({ sql: raise.sqlite, parameters }))
    const parameters = [0, 1, 2].map((column) => rows.map((row) => row[column] ?? null))
    return [{ sql: raise.postgres, parameters }]
  }

  return {
    async alive(rooms, now) {
      const all = rooms.toSorted((one, other) => one.room - other.room)
      for (let from = 0; from < all.length; from += roomsAtOnce) {
        const some = all.slice(from, from + roomsAtOnce)
        await db.write(statements(some.map(({ room, alive }): Cell[] => [alive, now, room])))
      }
    },
  }
}

/** The cursor of a directory page. */
export type DirectoryCursor = { rank: number; room: number }

export const cursorText = ({ rank, room }: DirectoryCursor): string => `${rank}.${room}`

/** Null: the text is not a valid cursor. */
export function cursorOf(text: string): DirectoryCursor | null {
  const found = /^(-?\d{1,15})\.(\d{1,15})$/.exec(text)
  return found ? { rank: Number(found[1]), room: Number(found[2]) } : null
}

const put: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: 'INSERT INTO room_directory (room, rank, created_at) VALUES (?, ?, ?) ON CONFLICT (room) DO NOTHING',
  postgres: `INSERT INTO room_directory (room, rank, created_at)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) ON CONFLICT (room) DO NOTHING`,
}
const remove: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: 'DELETE FROM room_directory WHERE room = ?',
  postgres: 'DELETE FROM room_directory WHERE room = ANY ($1::bigint[])',
}

/** Whether the room is listed after this event; null: the event does not change that. */
function isListed(each: Applied): boolean | null {
  if (each.kind === 'closed') return false
  const profile = changedProfile(each)
  return profile && !profile.is_private
}

/** Keeps exactly the open public rooms in the directory, in the commit that changes the room; its last event decides. */
export const directoryProjector: Projector = (applied) => {
  const listed = new Map<number, Cell[]>()
  const gone = new Map<number, Cell[]>()
  for (const each of applied) {
    const { num, created_at } = each.room
    const is = isListed(each)
    if (is === null) continue
    listed.delete(num)
    gone.delete(num)
    // A new room has had no activity yet: it begins a day behind (rule DR1).
    if (is) listed.set(num, [num, created_at - day, created_at])
    else gone.set(num, [num])
  }
  return [
    { statement: put, rows: [...listed.values()] },
    { statement: remove, rows: [...gone.values()] },
  ].filter(({ rows }) => rows.length > 0)
}
