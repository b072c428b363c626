import type { Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { createRoomJoins } from '../../../room/sql/joins.ts'
import { sentOutRole } from '../../../room/types.ts'
import { userJoins } from '../../identity/identity.ts'

/** A membership of someone else in a room of the user. */
export type SharedMembership = { room: number; user: number; username: string }
export type OwnRoom = { num: number; id: string; member_count: number }

/** Who is in a user's rooms; every read is bounded. */
export function createSearchStore(db: Database) {
  const joins = createRoomJoins(db.dialect)
  const { users } = userJoins(db.dialect)
  const queries = createQueries<object>(db.dialect)
  const members = queries.selectFrom(joins.members.as('m')).where('m.role', '<>', sentOutRole)

  return {
    /** The open rooms of which the user is a member, those with fewest members first. */
    smallestRooms(user: number, limit: number): Promise<OwnRoom[]> {
      const query = members
        .innerJoin(joins.openRooms.as('r'), 'r.num', 'm.room')
        .select(['r.num', 'r.id', 'r.member_count'])
        .where('m.user', '=', user)
        .orderBy('r.member_count')
        .orderBy('r.num', 'desc')
        .limit(limit)
      return db.all<Row & OwnRoom>(query.compile())
    },

    /** Memberships of others in these rooms, at most `limit`. */
    othersIn(rooms: readonly number[], user: number, limit: number): Promise<SharedMembership[]> {
      const query = members
        .innerJoin(users.as('u'), 'u.num', 'm.user')
        .select(['m.room', 'm.user', 'u.username'])
        .where('m.room', 'in', rooms)
        .where('m.user', '<>', user)
        .where('u.deleted_at', 'is', null)
        .limit(limit)
      return db.all<Row & SharedMembership>(query.compile())
    },
  }
}
