import { sql } from 'kysely'
import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { createRoomJoins } from '../../room/sql/joins.ts'
import { sentOutRole } from '../../room/types.ts'
import { feedBounds } from './limits.ts'
import type { FeedTables } from './tables.ts'

/** The last message of a room as it is stored. */
export type LastMessage = Pick<
  FeedTables['feed_rooms'],
  'message_at' | 'message_seq' | 'message_id' | 'actor' | 'type' | 'text'
>
/** A room in the list of a user. */
export type FeedRow = LastMessage & { num: number; last_seq: number; active_at: number }
export type Gone = { room_id: string; reason: string }

/** Where a page begins, exclusive. */
export type FeedPlace = { active_at: number; num: number }
/** `changed`: rooms that belong to what changed since then, besides those with events. */
export type FeedPage = { since: number | null; changed: readonly number[]; after: FeedPlace | null; limit: number }

export type FeedStore = ReturnType<typeof createFeedStore>

const message = [
  ...(['f.message_at', 'f.message_seq', 'f.message_id', 'f.actor', 'f.type', 'f.text'] as const),
] as const

/** `most`: rooms of one user that are looked at, the newest ones (rule UF1). */
export function createFeedStore(db: Database, most: number) {
  const queries = createQueries<FeedTables>(db.dialect)
  const joins = createRoomJoins(db.dialect)

  function rowsOf(user: number) {
    const own = queries
      .selectFrom(joins.members.as('m'))
      .innerJoin(joins.openRooms.as('r'), 'r.num', 'm.room')
      .select(['r.num', 'r.last_seq', 'r.created_at'])
      .where('m.user', '=', user)
      .where('m.role', '<>', sentOutRole)
      .orderBy('r.num', 'desc')
      .limit(most)
    const active = sql<number>`coalesce(f.active_at, o.created_at)`
    const query = queries
      .selectFrom(own.as('o'))
      .leftJoin('feed_rooms as f', 'f.room', 'o.num')
      .select(['o.num', 'o.last_seq', ...message])
      .select(active.as('active_at'))
    return { query, active }
  }

  return {
    /** A page of the user's rooms, the last active first, with one row more than `limit` if there are more. */
    page(user: number, { since, changed: nums, after, limit }: FeedPage): Promise<(Row & FeedRow)[]> {
      const { query, active } = rowsOf(user)
      const changed =
        since === null
          ? query
          : query.where(({ or, eb }) => {
              const hasEvents = eb(sql<number>`coalesce(f.changed_at, o.created_at)`, '>=', since)
              return nums.length === 0 ? hasEvents : or([hasEvents, eb('o.num', 'in', nums)])
            })
      const from =
        after === null
          ? changed
          : changed.where(({ or, and, eb }) =>
              or([
                eb(active, '<', after.active_at),
                and([eb(active, '=', after.active_at), eb('o.num', '<', after.num)]),
              ]),
            )
      return db.all<Row & FeedRow>(
        from
          .orderBy(active, 'desc')
          .orderBy('o.num', 'desc')
          .limit(limit + 1)
          .compile(),
      )
    },

    /** Those of these rooms that are in the user's list. */
    among(user: number, nums: readonly number[]): Promise<(Row & FeedRow)[]> {
      return db.all<Row & FeedRow>(rowsOf(user).query.where('o.num', 'in', nums).compile())
    },

    /** The last messages of rooms, by the rooms' nums. */
    async lastMessages(nums: readonly number[]): Promise<ReadonlyMap<number, LastMessage>> {
      if (nums.length === 0) return new Map()
      const query = queries
        .selectFrom('feed_rooms as f')
        .select(['f.room', ...message])
        .where('f.room', 'in', nums)
      const rows = await db.all<Row & LastMessage & { room: number }>(query.compile())
      return new Map(rows.map((row) => [row.room, row]))
    },

    /** What ended for the user since then; more than the bound: at most one more is read. */
    async goneSince(user: number, since: number): Promise<Gone[]> {
      const ended = queries
        .selectFrom('feed_gone as g')
        .innerJoin(joins.rooms.as('r'), 'r.num', 'g.room')
        .select(['r.id as room_id', 'g.reason'])
        .where('g.user', '=', user)
        .where('g.at', '>=', since)
        .limit(feedBounds.gone + 1)
      const closed = queries
        .selectFrom(joins.members.as('m'))
        .innerJoin(joins.rooms.as('r'), 'r.num', 'm.room')
        .select('r.id as room_id')
        .where('m.user', '=', user)
        .where('r.closed_at', '>=', since)
        .limit(feedBounds.gone + 1)
      const [gone, shut] = await Promise.all([
        db.all<Row & Gone>(ended.compile()),
        db.all<Row & { room_id: string }>(closed.compile()),
      ])
      const ids = new Set(gone.map(({ room_id }) => room_id))
      const reasons = gone.map(({ room_id, reason }) => ({ room_id, reason }))
      return [...reasons, ...shut.filter(({ room_id }) => !ids.has(room_id)).map(({ room_id }) => closedRoom(room_id))]
    },

    /** Why these users are no members of the room any more. */
    async reasons(room: number, users: readonly number[]): Promise<ReadonlyMap<number, string>> {
      if (users.length === 0) return new Map()
      const query = queries.selectFrom('feed_gone').select(['user', 'reason']).where('user', 'in', users)
      const rows = await db.all<Row & { user: number; reason: string }>(query.where('room', '=', room).compile())
      return new Map(rows.map(({ user, reason }) => [user, reason]))
    },

    /** Deletes what ended at this time or before, or what is kept of a user; at most `most`, answers how many. */
    async forget(which: { before: number } | { user: number }, limit: number): Promise<number> {
      const all = queries.selectFrom('feed_gone').select(['user', 'room']).limit(limit)
      const some = 'before' in which ? all.where('at', '<=', which.before) : all.where('user', '=', which.user)
      const found = await db.all<Row & { user: number; room: number }>(some.compile())
      await db.write(
        found.map(({ user, room }) =>
          queries.deleteFrom('feed_gone').where('user', '=', user).where('room', '=', room).compile(),
        ),
      )
      return found.length
    },
  }
}

export const closedRoom = (room_id: string): Gone => ({ room_id, reason: 'closed' })
