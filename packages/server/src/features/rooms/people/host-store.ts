import type { Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { RoomsTables } from '../tables.ts'

/** When hosts were last present in their rooms (rule HO3). */
export function createHostStore(db: Database) {
  const queries = createQueries<RoomsTables>(db.dialect)
  return {
    /** Stores that the hosts of these rooms are present at this time. */
    async hostsSeen(rooms: readonly number[], seen_at: number): Promise<void> {
      if (rooms.length === 0) return
      const query = queries
        .insertInto('room_hosts')
        .values(rooms.map((room) => ({ room, seen_at })))
        .onConflict((conflict) => conflict.column('room').doUpdateSet({ seen_at }))
      await db.write([query.compile()])
    },

    /** When the room's host was last seen, in ms; 0: never. */
    async hostSeen(room: number): Promise<number> {
      const query = queries.selectFrom('room_hosts').select('seen_at').where('room', '=', room)
      const [row] = await db.all<Row & { seen_at: number }>(query.compile())
      return row?.seen_at ?? 0
    },
  }
}
