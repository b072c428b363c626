import type { Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { createRoomJoins } from '../../../room/sql/joins.ts'
import type { Member } from '../../../room/types.ts'
import { userJoins } from '../../identity/identity.ts'

/** A user and their membership; `deleted`: the account was deleted. */
export type Person = { num: number; deleted: boolean; member: Member | null }
type PersonRow = Row & {
  id: string
  num: number
  deleted_at: number | null
  role: string | null
  joined_at: number | null
}

const personOf = ({ num, deleted_at, role, joined_at }: PersonRow): Person => ({
  num,
  deleted: deleted_at !== null,
  member: role === null || joined_at === null ? null : { user: num, role, joined_at },
})

/** Users by id, with their memberships in a room. */
export function createPersonStore(db: Database) {
  const { users } = userJoins(db.dialect)
  const { members } = createRoomJoins(db.dialect)
  const queries = createQueries<object>(db.dialect).selectFrom(users.as('u'))

  async function persons(room: number, user_ids: readonly string[]): Promise<ReadonlyMap<string, Person>> {
    const query = queries
      .leftJoin(members.as('m'), (join) => join.onRef('m.user', '=', 'u.num').on('m.room', '=', room))
      .select(['u.id', 'u.num', 'u.deleted_at', 'm.role', 'm.joined_at'])
      .where('u.id', 'in', user_ids)
    const rows = await db.all<PersonRow>(query.compile())
    return new Map(rows.map((row) => [row.id, personOf(row)]))
  }

  return {
    persons,

    /** Null when there is no such user. */
    person: async (room: number, user_id: string): Promise<Person | null> =>
      (await persons(room, [user_id])).get(user_id) ?? null,
  }
}
