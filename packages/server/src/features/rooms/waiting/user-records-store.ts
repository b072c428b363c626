import type { Cell, Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { createRoomJoins } from '../../../room/sql/joins.ts'
import type { Projector, RowsStatement } from '../../../room/types.ts'
import { userRecordTypes, waitingRecord } from '../contract/events.ts'
import type { RoomsTables } from '../tables.ts'

/** A user who waits to be let into a room. */
export type WaitingUser = { room: number; user_id: string }

/** Statements per transaction, during which SQLite writes nothing else. */
const writesAtOnce = 100
/** Users per statement: well below SQLite's limit of 32,766 parameters. */
const usersAtOnce = 500

export type UserRecordsStore = ReturnType<typeof createUserRecordsStore>

/** Finds records about users who wait, are banned, were sent out or let in: by user, and by when they were last seen. */
export function createUserRecordsStore(db: Database) {
  const queries = createQueries<RoomsTables>(db.dialect)
  const { rooms } = createRoomJoins(db.dialect)
  const userRecords = queries.selectFrom('room_outsiders as o')
  const counted = userRecords
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('o.why', '=', waitingRecord.name)
  const count = async (query: typeof counted): Promise<number> => {
    const [row] = await db.all<Row & { count: number }>(query.compile())
    return row?.count ?? 0
  }

  return {
    /** How many other users wait to be let into the room. */
    othersIn: (room: number, user_id: string) =>
      count(counted.where('o.room', '=', room).where('o.user_id', '<>', user_id)),

    /** How many other rooms the user waits to be let into. */
    othersOf: (user_id: string, room: number) =>
      count(counted.where('o.user_id', '=', user_id).where('o.room', '<>', room)),

    /** Stores that these users still wait at this time. */
    async seen(waiting: readonly WaitingUser[], seen_at: number): Promise<void> {
      const rooms = Map.groupBy(waiting, ({ room }) => room)
      const updates = [...rooms].flatMap(([room, all]) =>
        chunks(all, usersAtOnce).map((some) =>
          queries
            .updateTable('room_outsiders')
            .set({ seen_at })
            .where('room', '=', room)
            .where('why', '=', waitingRecord.name)
            .where(
              'user_id',
              'in',
              some.map(({ user_id }) => user_id),
            )
            .compile(),
        ),
      )
      for (const some of chunks(updates, writesAtOnce)) await db.write(some)
    },

    /** Users who wait for the room, and when each was last seen. */
    async waitingFor(room: number): Promise<{ user_id: string; seen_at: number }[]> {
      const query = userRecords
        .select(['o.user_id', 'o.seen_at'])
        .where('o.room', '=', room)
        .where('o.why', '=', waitingRecord.name)
      const found = await db.all<Row & { user_id: string; seen_at: number | null }>(query.compile())
      return found.map(({ user_id, seen_at }) => ({ user_id, seen_at: seen_at ?? 0 }))
    },

    /** Open rooms with a num above `after` in which the user waits, is banned, was sent out or let in; at most `limit`. */
    async roomsOf(user_id: string, after: number, limit: number): Promise<{ num: number; id: string }[]> {
      const query = userRecords
        .innerJoin(rooms.as('r'), 'r.num', 'o.room')
        .select(['r.num', 'r.id'])
        .distinct()
        .where('o.user_id', '=', user_id)
        .where('o.room', '>', after)
        .orderBy('r.num')
        .limit(limit)
      return db.all<Row & { num: number; id: string }>(query.compile())
    },
  }
}

/** The list in chunks of at most `size`. */
export function chunks<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let from = 0; from < all.length; from += size) parts.push(all.slice(from, from + size))
  return parts
}

const put: RowsStatement = {
  ...{ key: 3, again: 'last' },
  sqlite: `INSERT INTO room_outsiders (room, why, user_id, seen_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (room, why, user_id) DO UPDATE SET seen_at = excluded.seen_at`,
  postgres: `INSERT INTO room_outsiders (room, why, user_id, seen_at)
             SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
             ON CONFLICT (room, why, user_id) DO UPDATE SET seen_at = excluded.seen_at`,
}
const remove: RowsStatement = {
  ...{ key: 3, again: 'last' },
  sqlite: 'DELETE FROM room_outsiders WHERE room = ? AND why = ? AND user_id = ?',
  postgres: `DELETE FROM room_outsiders o USING unnest($1::bigint[], $2::text[], $3::text[]) AS gone (room, why, user_id)
             WHERE o.room = gone.room AND o.why = gone.why AND o.user_id = gone.user_id`,
}
/** A closed room has no waiting users, although its records stay. */
const removeAll: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: 'DELETE FROM room_outsiders WHERE room = ?',
  postgres: 'DELETE FROM room_outsiders WHERE room = ANY ($1::bigint[])',
}

const kinds: ReadonlySet<string> = new Set(userRecordTypes.map(({ name }) => name))

/** Keeps the table in step with the records. Only the last change of each counts, since inserts are written before deletes. */
export const userRecordProjector: Projector = (applied) => {
  const there = new Map<string, Cell[]>()
  const gone = new Map<string, Cell[]>()
  for (const each of applied) {
    if (each.kind !== 'record' || !kinds.has(each.record.type)) continue
    const { room, type, key, value, at } = each.record
    const name = JSON.stringify([room, type, key])
    there.delete(name)
    gone.delete(name)
    if (value === null) gone.set(name, [room, type, key])
    else there.set(name, [room, type, key, type === waitingRecord.name ? at : null])
  }
  const closed = applied.flatMap((each): Cell[][] => (each.kind === 'closed' ? [[each.room.num]] : []))
  return [
    { statement: put, rows: [...there.values()] },
    { statement: remove, rows: [...gone.values()] },
    { statement: removeAll, rows: closed },
  ].filter(({ rows }) => rows.length > 0)
}
