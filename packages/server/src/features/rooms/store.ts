import type { TellUnreadable } from '../../core/stored.ts'
import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { createRoomJoins } from '../../room/sql/joins.ts'
import { createMemberReads, type RoomName } from '../../room/sql/member-reads.ts'
import { createRecordReads } from '../../room/sql/record-reads.ts'
import { banRecord, sentOutRecord } from './contract/events.ts'
import { fitOf } from '../../core/text/search.ts'
import { type DirectoryCursor, cursorText } from './directory/store.ts'
import type { RoomOptions } from './options.ts'
import { createHostStore } from './people/host-store.ts'
import { createPersonStore } from './people/person-store.ts'
import { createProfileReader, type ListedRoom, type RoomProfileRow } from './profile/rows.ts'
import type { KnownRoom } from './state.ts'
import type { RoomsTables } from './tables.ts'

export type ListedRooms = { items: readonly ListedRoom[]; next_cursor: string | null }
/** `before`: the num of the last room on the previous page. */
export type ListPage = { before: number | null; limit: number }
/** `key`: what the names hold, as `searchKey` makes it; empty: all. */
export type DirectoryPage = { before: DirectoryCursor | null; limit: number; key: string }

export type RoomsStore = ReturnType<typeof createRoomsStore>

/** All that the feature reads of rooms and of the people in them. */
export const createRoomsStore = (db: Database, options: RoomOptions, tell: TellUnreadable) => ({
  ...createRoomReads(db, options, tell),
  ...createPersonStore(db),
  ...createHostStore(db),
  ...createRecordReads(db, tell),
  ...createMemberReads(db),
})

/** Rooms whose names one page of a search looks at (rule DR4). */
const lookedAt = 1_000

const columns = [
  ...(['p.room', 'p.name', 'p.host', 'p.host_id', 'p.owner', 'p.owner_id', 'p.stood_in', 'p.is_private'] as const),
  'p.host_rights',
  ...(['p.v', 'p.password', 'p.capabilities', 'p.settings', 'p.movie_source', 'p.picture_url'] as const),
  ...(['r.id', 'r.kind', 'r.last_seq', 'r.profile_seq', 'r.member_count', 'r.created_at', 'r.closed_at'] as const),
] as const

/** Rooms with their profiles: one, and lists. */
function createRoomReads(db: Database, options: RoomOptions, tell: TellUnreadable) {
  const queries = createQueries<RoomsTables>(db.dialect)
  const joins = createRoomJoins(db.dialect)
  const profiles = queries.selectFrom('room_profiles as p')
  const rooms = profiles.innerJoin(joins.rooms.as('r'), 'r.num', 'p.room').select(columns)
  const { known, listedOf } = createProfileReader(options, tell)

  /** A page of open rooms, newest first. */
  async function list(query: typeof rooms, { before, limit }: ListPage): Promise<ListedRooms> {
    const after = before === null ? query : query.where('r.num', '<', before)
    const page = after
      .where('r.closed_at', 'is', null)
      .orderBy('r.num', 'desc')
      .limit(limit + 1)
    const items = (await db.all<RoomProfileRow>(page.compile())).map(listedOf)
    const last = items.length > limit ? items[limit - 1] : undefined
    return { items: items.slice(0, limit), next_cursor: last === undefined ? null : String(last.num) }
  }

  /** These rooms, in this order. */
  async function listedIn(nums: readonly number[]): Promise<ListedRoom[]> {
    if (nums.length === 0) return []
    const rows = await db.all<RoomProfileRow>(rooms.where('p.room', 'in', nums).compile())
    const read = new Map(rows.map((row) => [row.room, row]))
    return nums.flatMap((num) => read.get(num) ?? []).map(listedOf)
  }

  return {
    async byId(room_id: string): Promise<KnownRoom | null> {
      const query = rooms
        .where('r.id', '=', room_id)
        .select(({ exists, ref }) => exists(joins.recordsIn(ref('r.num'), [banRecord, sentOutRecord])).as('keeps_out'))
      const [row] = await db.all<RoomProfileRow & { keeps_out: unknown }>(query.compile())
      return row ? known(row, Boolean(row.keeps_out)) : null
    },

    /** The directory, the most active rooms first (rules DR1 and DR4). */
    async publicRooms({ before, limit, key }: DirectoryPage): Promise<ListedRooms> {
      const looked = key === '' ? limit : lookedAt
      const from = queries
        .selectFrom('room_directory as d')
        .innerJoin('room_profiles as p', 'p.room', 'd.room')
        .select(['d.room', 'd.rank', 'p.name'])
      const after =
        before === null
          ? from
          : from
              .where('d.rank', '<=', before.rank)
              .where(({ not, and, eb }) => not(and([eb('d.rank', '=', before.rank), eb('d.room', '>=', before.room)])))
      const query = after
        .orderBy('d.rank', 'desc')
        .orderBy('d.room', 'desc')
        .limit(looked + 1)
      const rows = await db.all<Row & { room: number; rank: number; name: string }>(query.compile())
      const found = rows.slice(0, looked).filter(({ name }) => fitOf(key, name) !== null)
      const shown = found.slice(0, limit)
      const last = found.length > limit ? shown.at(-1) : rows.length > looked ? rows[looked - 1] : undefined
      const listed = await listedIn(shown.map(({ room }) => room))
      // A room that counts as private only because it cannot be read stays listed as public (rule RM13).
      const items = listed.filter(({ profile }) => !profile.is_private)
      return { items, next_cursor: last === undefined ? null : cursorText(last) }
    },

    /** Pictures of these rooms by id, of those that are open and have one. */
    async picturesOf(room_ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      if (room_ids.length === 0) return new Map()
      const query = profiles
        .innerJoin(joins.openRooms.as('r'), 'r.num', 'p.room')
        .select(['r.id', 'p.picture_url'])
        .where('r.id', 'in', room_ids)
        .where('p.picture_url', 'is not', null)
      const found = await db.all<Row & { id: string; picture_url: string | null }>(query.compile())
      return new Map(found.map(({ id, picture_url }) => [id, picture_url ?? '']))
    },

    /** How many open rooms of this owner have members, or were made after `since`; counts to at most `limit` + 1. */
    async countOwned(user: number, since: number, limit: number): Promise<number> {
      const query = profiles
        .innerJoin(joins.openRooms.as('r'), 'r.num', 'p.room')
        .select('r.num')
        .where('p.owner', '=', user)
        .where(({ or, eb }) => or([eb('r.member_count', '>', 0), eb('r.created_at', '>', since)]))
        .limit(limit + 1)
      return (await db.all(query.compile())).length
    },

    /** Rooms of which the user is a member; `role`: the user's role there. */
    roomsOf: (user: number, page: ListPage) =>
      list(rooms.innerJoin(joins.members.as('m'), 'm.room', 'r.num').select('m.role').where('m.user', '=', user), page),

    /** Those of these rooms that are open and of which the user is a member. */
    async roomsAmong(user: number, nums: readonly number[]): Promise<ListedRoom[]> {
      if (nums.length === 0) return []
      const query = rooms
        .innerJoin(joins.members.as('m'), 'm.room', 'r.num')
        .select('m.role')
        .where('m.user', '=', user)
        .where('r.closed_at', 'is', null)
        .where('r.num', 'in', nums)
      return (await db.all<RoomProfileRow>(query.compile())).map(listedOf)
    },

    /** Open rooms that the user owns, as a member or not, newest first; only their ids, so that unreadable rooms are included. */
    ownerOf(user: number, { before, limit }: ListPage): Promise<RoomName[]> {
      const query = profiles
        .innerJoin(joins.openRooms.as('r'), 'r.num', 'p.room')
        .select(['r.num', 'r.id'])
        .where('p.owner', '=', user)
        .orderBy('r.num', 'desc')
        .limit(limit)
      return db.all<Row & RoomName>((before === null ? query : query.where('r.num', '<', before)).compile())
    },
  }
}
