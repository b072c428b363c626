import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import type { Member } from '../types.ts'
import type { RoomTables } from './tables.ts'

export type RoomName = { num: number; id: string }

/** Memberships, read without the other data of their rooms. */
export function createMemberReads(db: Database) {
  const queries = createQueries<RoomTables>(db.dialect)
  const members = queries.selectFrom('members').select(['user', 'role', 'joined_at'])
  return {
    /** The members who joined first, at most `limit`. */
    eldest: (room: number, limit: number): Promise<Member[]> =>
      db.all<Row & Member>(members.where('room', '=', room).orderBy('joined_at').limit(limit).compile()),

    /** Open rooms with a num below `before` of which the user is a member, newest first; at most `limit`. */
    memberIn(user: number, { before, limit }: { before: number | null; limit: number }): Promise<RoomName[]> {
      const query = queries
        .selectFrom('rooms as r')
        .innerJoin('members as m', 'm.room', 'r.num')
        .select(['r.num', 'r.id'])
        .where('m.user', '=', user)
        .where('r.closed_at', 'is', null)
        .orderBy('r.num', 'desc')
        .limit(limit)
      return db.all<Row & RoomName>((before === null ? query : query.where('r.num', '<', before)).compile())
    },
  }
}
