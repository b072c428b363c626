import { sql } from 'kysely'
import type { Database, Query, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { createRoomJoins } from '../../room/sql/joins.ts'
import { sentOutRole } from '../../room/types.ts'
import type { CountedPlace } from '../messages/messages.ts'
import type { ReadTables } from './tables.ts'

/** A user's room, as it is at `upto`. */
export type Asked = { readonly user: number; readonly room: number; readonly upto: number }
export type Counted = { read_seq: number; unread_from: number | null; unread: number }
/** What a member has read; not stored: one without a pointer, who has read everything (rule RS1). */
export type Pointer = { readonly counted: Counted; readonly isStored: boolean }

/** What `unread` says at most (rule RS4). */
const mostUnread = 1_000
/** Pairs in one statement: some ms. */
const askedAtOnce = 200

export type ReadStore = ReturnType<typeof createReadStore>

export function createReadStore(db: Database, countedMessages: (place: CountedPlace) => string) {
  const queries = createQueries<ReadTables>(db.dialect)
  const joins = createRoomJoins(db.dialect)
  const counting = countStatement(db.dialect, countedMessages)
  const greatest = sql.raw(db.dialect === 'sqlite' ? 'max' : 'greatest')
  const least = sql.raw(db.dialect === 'sqlite' ? 'min' : 'least')

  /** The user's membership of the room; read up to the last seq where there is no pointer (rule RS1). */
  const membership = (user: number, now: number) =>
    queries
      .selectFrom(joins.members.as('m'))
      .innerJoin(joins.openRooms.as('r'), 'r.num', 'm.room')
      .select(['m.user', 'm.room', 'r.last_seq'])
      .select(sql<number>`${sql.lit(now)}`.as('changed_at'))
      .where('m.user', '=', user)
      .where('m.role', '<>', sentOutRole)

  const columns = ['user', 'room', 'read_seq', 'changed_at'] as const
  const own = (column: string) => sql.ref<number>(`read_pointers.${column}`)

  /** Moves a member's pointer forward (rule RS2), and makes one where there is none. */
  const reading = (user: number, room: number, to: { read_seq: number; clears: boolean; now: number }): Query =>
    queries
      .insertInto('read_pointers')
      .columns(columns)
      .expression(membership(user, to.now).where('m.room', '=', room))
      .onConflict((conflict) =>
        conflict.columns(['user', 'room']).doUpdateSet({
          read_seq: sql`${greatest}(${own('read_seq')}, ${least}(${sql.lit(to.read_seq)}, excluded.read_seq))`,
          unread_from: to.clears ? null : own('unread_from'),
          changed_at: to.now,
        }),
      )
      .returning('room')
      .compile()

  /** Rules RS1 and RS4, in the order asked. */
  async function pointers(asked: readonly Asked[]): Promise<Pointer[]> {
    const found: Pointer[] = []
    for (let at = 0; at < asked.length; at += askedAtOnce) {
      // A page of the list asks once; the feed asks for many, between which others have their turn.
      if (at > 0) await new Promise((resolve) => setImmediate(resolve))
      const rows = await db.all<Row & Counted & { place: number; stored: number }>(
        counting(asked.slice(at, at + askedAtOnce)),
      )
      for (const { place, read_seq, unread_from, unread, stored } of rows) {
        const counted = { read_seq, unread_from, unread: Math.max(0, Math.min(mostUnread, unread)) }
        found[at + place] = { counted, isStored: stored === 1 }
      }
    }
    return found
  }

  return {
    pointers,

    /** What the wire tells of them. */
    count: async (asked: readonly Asked[]): Promise<Counted[]> => (await pointers(asked)).map(({ counted }) => counted),

    /** False: the user is no member. */
    async read(...which: Parameters<typeof reading>): Promise<boolean> {
      const [rows = []] = await db.write([reading(...which)])
      return rows.length > 0
    },

    /** Sets the mark (rule RS3), at most at the last seq; false: the user is no member. */
    async mark(user: number, room: number, to: { from_seq: number; now: number }): Promise<boolean> {
      const unread_from = sql<number>`${least}(${sql.lit(to.from_seq)}, excluded.read_seq)`
      const marked = membership(user, to.now).where('m.room', '=', room)
      const query = queries
        .insertInto('read_pointers')
        .columns([...columns, 'unread_from'])
        .expression(marked.select(sql<number>`${least}(${sql.lit(to.from_seq)}, r.last_seq)`.as('unread_from')))
        .onConflict((conflict) => conflict.columns(['user', 'room']).doUpdateSet({ unread_from, changed_at: to.now }))
        .returning('room')
      const [rows = []] = await db.write([query.compile()])
      return rows.length > 0
    },

    /** The user's newest rooms whose pointers are behind, marked or not there, as they are now. */
    behind(
      user: number,
      limit: number,
    ): Promise<(Row & { room: number; id: string; kind: string; last_seq: number })[]> {
      const rooms = queries
        .selectFrom(joins.members.as('m'))
        .innerJoin(joins.openRooms.as('r'), 'r.num', 'm.room')
        .select(['r.num', 'r.id', 'r.kind', 'r.last_seq'])
        .where('m.user', '=', user)
        .where('m.role', '<>', sentOutRole)
        .orderBy('r.num', 'desc')
        .limit(limit)
      const query = queries
        .selectFrom(rooms.as('o'))
        .leftJoin('read_pointers as p', (join) => join.onRef('p.room', '=', 'o.num').on('p.user', '=', user))
        .select(['o.num as room', 'o.id', 'o.kind', 'o.last_seq'])
        .where(({ or, eb, ref }) =>
          or([eb('p.room', 'is', null), eb('p.read_seq', '<', ref('o.last_seq')), eb('p.unread_from', 'is not', null)]),
        )
      return db.all(query.compile())
    },

    /** Everything in these rooms up to these seqs is read, and the marks are gone (rule RS5). */
    async readAll(user: number, rooms: readonly { room: number; last_seq: number }[], now: number): Promise<void> {
      const reads = rooms.map(({ room, last_seq }) => reading(user, room, { read_seq: last_seq, clears: true, now }))
      for (let at = 0; at < reads.length; at += writesAtOnce) await db.write(reads.slice(at, at + writesAtOnce))
    },

    /** Nums of rooms in which the user's pointer changed at this time or later. */
    async changedSince(user: number, since: number, limit: number): Promise<number[]> {
      const query = queries.selectFrom('read_pointers').select('room').where('user', '=', user)
      const rows = await db.all<Row & { room: number }>(query.where('changed_at', '>=', since).limit(limit).compile())
      return rows.map(({ room }) => room)
    },

    /** Deletes at most `limit` pointers of a user; answers how many. */
    async forget(user: number, limit: number): Promise<number> {
      const some = queries.selectFrom('read_pointers').select('room').where('user', '=', user).limit(limit)
      const query = queries.deleteFrom('read_pointers').where('user', '=', user).where('room', 'in', some)
      const [rows = []] = await db.write([query.returning('room').compile()])
      return rows.length
    },
  }
}

/** Statements per transaction, during which SQLite writes nothing else. */
const writesAtOnce = 100

/** One statement for many users and rooms: `place` is that of the pair in what was asked. */
function countStatement(dialect: Database['dialect'], counted: (place: CountedPlace) => string) {
  const given =
    dialect === 'sqlite'
      ? `(SELECT key AS place, json_extract(value, '$[0]') AS reader, json_extract(value, '$[1]') AS room,
            json_extract(value, '$[2]') AS upto FROM json_each(?))`
      : `(SELECT ordinality - 1 AS place, reader, room, upto
          FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS a (reader, room, upto, ordinality))`
  const after = 'CASE WHEN p.unread_from <= p.read_seq THEN p.unread_from - 1 ELSE p.read_seq END'
  const behind = `(SELECT g.place, g.reader, g.room, g.upto, coalesce(p.read_seq, g.upto) AS read_seq, p.unread_from,
                     coalesce(${after}, g.upto) AS after_seq, CASE WHEN p.room IS NULL THEN 0 ELSE 1 END AS stored
                   FROM ${given} AS g LEFT JOIN read_pointers p ON p."user" = g.reader AND p.room = g.room)`
  const unread = counted({ room: 'b.room', user: 'b.reader', after: 'b.after_seq', upto: 'b.upto' })
  const text = `SELECT b.place, b.read_seq, b.unread_from, b.stored, ${unread} AS unread FROM ${behind} AS b`
  return (asked: readonly Asked[]): Query => {
    if (dialect === 'sqlite')
      return { sql: text, parameters: [JSON.stringify(asked.map(({ user, room, upto }) => [user, room, upto]))] }
    const column = (name: keyof Asked) => `{${asked.map((each) => each[name]).join(',')}}`
    return { sql: text, parameters: [column('user'), column('room'), column('upto')] }
  }
}
