import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import type { Projector, RowsStatement } from '../../room/types.ts'
import { type KnownRoom, knownRoom, profileSchema } from './state.ts'
import type { RoomsTables } from './tables.ts'

/** A room as lists show it: what is fixed, and what it was when it was read. */
export type ListedRoom = KnownRoom & { last_seq: number; member_count: number; closed_at: number | null }
export type ListedRooms = { items: readonly ListedRoom[]; next_cursor: string | null }
/** `before`: the num of the last room of the page before. */
export type ListPage = { before: number | null; limit: number }

type RoomsRow = Row & RoomsTables['room_profiles'] & Omit<RoomsTables['rooms'], 'num'>

const columns = [
  ...(['p.room', 'p.host', 'p.name', 'p.host_id', 'p.capabilities', 'p.settings', 'p.movie_source'] as const),
  ...(['r.id', 'r.kind', 'r.last_seq', 'r.member_count', 'r.created_at', 'r.closed_at'] as const),
] as const

export function createRoomsStore(db: Database) {
  const queries = createQueries<RoomsTables>(db.dialect)
  const rooms = queries.selectFrom('rooms as r').innerJoin('room_profiles as p', 'p.room', 'r.num').select(columns)

  async function list(query: typeof rooms, { before, limit }: ListPage): Promise<ListedRooms> {
    const after = before === null ? query : query.where('r.num', '<', before)
    const page = after
      .where('r.closed_at', 'is', null)
      .orderBy('r.num', 'desc')
      .limit(limit + 1)
    const items = (await db.all<RoomsRow>(page.compile())).map(listed)
    const last = items.length > limit ? items[limit - 1] : undefined
    return { items: items.slice(0, limit), next_cursor: last === undefined ? null : String(last.num) }
  }

  return {
    async byId(room_id: string): Promise<KnownRoom | null> {
      const [row] = await db.all<RoomsRow>(rooms.where('r.id', '=', room_id).compile())
      return row ? known(row) : null
    },

    publicRooms: (page: ListPage) => list(rooms.where('p.is_private', '=', 0), page),

    roomsOf: (user: number, page: ListPage) =>
      list(rooms.innerJoin('members as m', 'm.room', 'r.num').where('m.user', '=', user), page),
  }
}

const known = (row: RoomsRow): KnownRoom =>
  knownRoom(
    { num: row.room, id: row.id, kind: row.kind },
    row.created_at,
    row.host,
    profileSchema.parse({
      name: row.name,
      host_id: row.host_id,
      capabilities: JSON.parse(row.capabilities),
      settings: JSON.parse(row.settings),
      movie_source: row.movie_source === null ? null : JSON.parse(row.movie_source),
    }),
  )

const listed = (row: RoomsRow): ListedRoom => ({
  ...known(row),
  last_seq: row.last_seq,
  member_count: row.member_count,
  closed_at: row.closed_at,
})

const insertProfile: RowsStatement = {
  sqlite: `INSERT INTO room_profiles (room, is_private, host, name, host_id, capabilities, settings, movie_source)
           VALUES (?, 0, ?, ?, ?, ?, ?, ?)`,
  postgres: `INSERT INTO room_profiles (room, is_private, host, name, host_id, capabilities, settings, movie_source)
             SELECT room, 0, host, name, host_id, capabilities, settings, movie_source
             FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
               AS made (room, host, name, host_id, capabilities, settings, movie_source)`,
}

/** Keeps the profile of a room with the room itself. */
export const roomProjector: Projector = (applied) => {
  const rows = applied.flatMap((each) => {
    if (each.kind !== 'created') return []
    const { name, host_id, capabilities, settings, movie_source } = profileSchema.parse(each.profile)
    const source = movie_source === null ? null : JSON.stringify(movie_source)
    return [[each.room.num, each.actor, name, host_id, JSON.stringify(capabilities), JSON.stringify(settings), source]]
  })
  return rows.length === 0 ? [] : [{ statement: insertProfile, rows }]
}
