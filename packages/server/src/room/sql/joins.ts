import type { Expression } from 'kysely'
import type { RecordType } from '../../core/contract.ts'
import type { Database } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { EVENT } from './rows.ts'
import type { RoomTables } from './tables.ts'

/**
 * The engine's rows as other parts join them with tables of their own (rule FE8): subqueries, whose columns are the engine's
 * to name. Both databases flatten them, so that a plan is the same as with the table itself.
 */
export function createRoomJoins(dialect: Database['dialect']) {
  const queries = createQueries<RoomTables>(dialect)
  const rooms = queries
    .selectFrom('rooms')
    .select(['num', 'id', 'kind', 'last_seq', 'profile_seq', 'member_count', 'created_at', 'closed_at'])
  return {
    rooms,
    openRooms: rooms.where('closed_at', 'is', null),
    members: queries.selectFrom('members').select(['room', 'user', 'role', 'joined_at']),
    /** For `exists`: the records of these types that are there, in a room by its num. */
    recordsIn: (room: Expression<number>, types: readonly RecordType[]) =>
      queries
        .selectFrom('records')
        .select('records.key')
        .where('records.room', '=', room)
        .where(
          'records.type',
          'in',
          types.map(({ name }) => name),
        )
        .where('records.value', 'is not', null),
  }
}

/**
 * The same as SQL text, for statements that are written by hand: the event at a position of a part's own table. `columns` are
 * those of a `HistoryQuery`, `isThere` says that the event was not emptied (rule D2).
 */
export const joinedEvent = (room: string, seq: string) => ({
  columns: EVENT.split(', ')
    .map((column) => `e.${column}`)
    .join(', '),
  join: `JOIN events e ON e.room = ${room} AND e.seq = ${seq}`,
  isThere: `e.body <> ''`,
})
