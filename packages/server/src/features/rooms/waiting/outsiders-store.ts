import type { Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { Cell, Projector, RowsStatement } from '../../../room/types.ts'
import { outsiderRecords, waitingRecord } from '../contract-events.ts'
import type { RoomsTablesAndRead } from '../tables.ts'

/** Someone who waits to be let into a room. */
export type Waiting = { room: number; user_id: string }

/** Statements of one transaction, for whose time nothing else is written. */
const writesAtOnce = 100
/** Users whom one statement names: far from the 32,766 parameters that SQLite takes. */
const usersAtOnce = 500

export type OutsidersStore = ReturnType<typeof createOutsidersStore>

/** Those who are not in a room and have a record there, as one looks for them: by who they are and by when they were seen. */
export function createOutsidersStore(db: Database) {
  const queries = createQueries<RoomsTablesAndRead>(db.dialect)
  const outsiders = queries.selectFrom('room_outsiders as o')
  const counted = outsiders
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('o.why', '=', waitingRecord.name)
  const count = async (query: typeof counted): Promise<number> => {
    const [row] = await db.all<Row & { count: number }>(query.compile())
    return row?.count ?? 0
  }

  return {
    /** How many wait to be let into the room, but for this user. */
    othersIn: (room: number, user_id: string) =>
      count(counted.where('o.room', '=', room).where('o.user_id', '<>', user_id)),

    /** How many other rooms the user waits to be let into. */
    othersOf: (user_id: string, room: number) =>
      count(counted.where('o.user_id', '=', user_id).where('o.room', '<>', room)),

    /** They wait still, at this time. */
    async seen(waiting: readonly Waiting[], seen_at: number): Promise<void> {
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

    /** Those who wait and were not seen since, the longest first; at most `limit`. */
    async unseenSince(time: number, limit: number): Promise<(Waiting & { room_id: string })[]> {
      const query = outsiders
        .innerJoin('rooms as r', 'r.num', 'o.room')
        .select(['o.room', 'r.id as room_id', 'o.user_id'])
        .where('o.seen_at', '<', time)
        .orderBy('o.seen_at')
        .limit(limit)
      return db.all<Row & Waiting & { room_id: string }>(query.compile())
    },

    /** Open rooms in which the user waits, is banned, was sent out or let in by a stand-in, from the room after this num on; at most `limit`. */
    async roomsOf(user_id: string, after: number, limit: number): Promise<{ num: number; id: string }[]> {
      const query = outsiders
        .innerJoin('rooms as r', 'r.num', 'o.room')
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

/** A list in parts of at most `size`. */
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
/** Nobody waits for a room that is closed, and its records stay. */
const removeAll: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: 'DELETE FROM room_outsiders WHERE room = ?',
  postgres: 'DELETE FROM room_outsiders WHERE room = ANY ($1::bigint[])',
}

const kinds: ReadonlySet<string> = new Set(outsiderRecords.map(({ name }) => name))

/** Keeps the outsiders of rooms with their records: the last change of each, for what is put is written before what is removed. */
export const outsiderProjector: Projector = (applied) => {
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
