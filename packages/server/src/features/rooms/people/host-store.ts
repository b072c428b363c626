import type { Database, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { RoomsTables } from '../tables.ts'
import { chunks } from '../waiting/user-records-store.ts'

/** Rooms per statement: well below SQLite's limit of 32,766 parameters. */
const roomsAtOnce = 500

/** When hosts were last present in their rooms (rule HO3). */
export function createHostStore(db: Database) {
  const queries = createQueries<RoomsTables>(db.dialect)
  return {
    /** Stores that the hosts of these rooms are present at this time. */
    async hostsSeen(rooms: readonly number[], seen_at: number): Promise<void> {
      // In one order on all nodes, so that their statements wait for each other and do not deadlock.
      const inOrder = rooms.toSorted((one, other) => one - other)
      for (const some of chunks(inOrder, roomsAtOnce)) {
        const query = queries
          .insertInto('room_hosts')
          .values(some.map((room) => ({ room, seen_at })))
          .onConflict((conflict) => conflict.column('room').doUpdateSet({ seen_at }))
        await db.write([query.compile()])
      }
    },

    /** When the hosts of these rooms were last seen, in ms; rooms whose hosts were never seen are left out. */
    async hostsSeenAt(rooms: readonly number[]): Promise<Map<number, number>> {
      const found = new Map<number, number>()
      for (const some of chunks(rooms, roomsAtOnce)) {
        const query = queries.selectFrom('room_hosts').select(['room', 'seen_at']).where('room', 'in', some)
        for (const { room, seen_at } of await db.all<Row & { room: number; seen_at: number }>(query.compile()))
          found.set(room, seen_at)
      }
      return found
    },
  }
}
