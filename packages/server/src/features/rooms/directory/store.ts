import type { Cell, Database, Query } from '../../../platform/db/database.ts'
import type { Applied, Projector, RowsStatement } from '../../../room/types.ts'
import { roomUpdated } from '../contract-events.ts'
import { storedProfile } from '../state.ts'

const day = 86_400_000
/** Age counts up to this, by a seventh of it: a week gives a room a day. */
const oldest = 7 * day
/** Rooms that one statement, and one transaction, names. */
const roomsAtOnce = 500

/** A room that is alive: `alive` is the time by which it ranks, before its age counts (rule DR1). */
export type Alive = { room: number; alive: number }

export type DirectoryStore = {
  /** They are alive at `now`; a room that is not listed, and one that ranks higher already, stays as it is. */
  alive(rooms: readonly Alive[], now: number): Promise<void>
}

const raise = {
  // Parameters are bound as REAL.
  sqlite: `UPDATE room_directory SET rank = MAX(rank, CAST(? + MIN(MAX(? - created_at, 0), ${oldest}) / 7 AS INTEGER)) WHERE room = ?`,
  // Locked in one order, so that nodes that raise the same rooms do not wait for each other.
  postgres: `WITH given AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS g (alive, at, room)),
               locked AS (SELECT room FROM room_directory WHERE room = ANY ($3::bigint[]) ORDER BY room FOR UPDATE)
             UPDATE room_directory d
             SET rank = GREATEST(d.rank, g.alive + LEAST(GREATEST(g.at - d.created_at, 0), ${oldest}) / 7)
             FROM given g JOIN locked l ON l.room = g.room WHERE d.room = g.room`,
}

/** Where public rooms stand in the list of them. */
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

/** Where a page of the directory goes on. */
export type DirectoryPlace = { rank: number; room: number }

export const placeText = ({ rank, room }: DirectoryPlace): string => `${rank}.${room}`

/** Null: this is no such place. */
export function placeOf(text: string): DirectoryPlace | null {
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

/** Whether the room is public from here on; null: this says nothing of it. */
function isListed(each: Applied): boolean | null {
  if (each.kind === 'closed') return false
  const profile =
    each.kind === 'created'
      ? each.profile
      : each.kind === 'event' && each.event.type === roomUpdated.name
        ? each.aside
        : null
  return profile === null ? null : !storedProfile.parse(profile).is_private
}

/** The directory holds the rooms that are open and public, and no others: the last of each room, in its own commit. */
export const directoryProjector: Projector = (applied) => {
  const listed = new Map<number, Cell[]>()
  const gone = new Map<number, Cell[]>()
  for (const each of applied) {
    const { num, created_at } = each.room
    const is = isListed(each)
    if (is === null) continue
    listed.delete(num)
    gone.delete(num)
    // A room that nobody has been in is not alive: it begins a day behind (rule DR1).
    if (is) listed.set(num, [num, created_at - day, created_at])
    else gone.set(num, [num])
  }
  return [
    { statement: put, rows: [...listed.values()] },
    { statement: remove, rows: [...gone.values()] },
  ].filter(({ rows }) => rows.length > 0)
}
