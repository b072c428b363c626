import { storedObject, type StoredObject, type TellUnreadable } from '../../core/stored.ts'
import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import type { Cell, JsonObject, Member, Projector, RowsStatement } from '../../room/types.ts'
import { banRecord, roomUpdated, sentOutRecord } from './contract-events.ts'
import { type DirectoryCursor, cursorText } from './directory/store.ts'
import type { RoomOptions } from './options.ts'
import { type KnownRoom, knownRoom, profileOf, storedProfile, type StoredProfile } from './state.ts'
import type { RoomsTablesAndRead } from './tables.ts'

/** A room in a list, as it was when it was read. */
export type ListedRoom = KnownRoom & {
  last_seq: number
  member_count: number
  closed_at: number | null
  /** The caller's role, in a list of their own rooms. */
  role: string | null
}
export type ListedRooms = { items: readonly ListedRoom[]; next_cursor: string | null }
/** `before`: the num of the last room on the previous page. */
export type ListPage = { before: number | null; limit: number }
export type RoomName = { num: number; id: string }
export type DirectoryPage = { before: DirectoryCursor | null; limit: number }

type RoomsRow = Row & RoomsTablesAndRead['room_profiles'] & Omit<RoomsTablesAndRead['rooms'], 'num'> & { role?: string }

const columns = [
  ...(['p.room', 'p.name', 'p.host', 'p.host_id', 'p.owner', 'p.owner_id', 'p.stood_in', 'p.is_private'] as const),
  'p.host_rights',
  ...(['p.v', 'p.password', 'p.capabilities', 'p.settings', 'p.movie_source'] as const),
  ...(['r.id', 'r.kind', 'r.last_seq', 'r.profile_seq', 'r.member_count', 'r.created_at', 'r.closed_at'] as const),
] as const

export type RoomsStore = ReturnType<typeof createRoomsStore>

export function createRoomsStore(db: Database, options: RoomOptions, tell: TellUnreadable) {
  const queries = createQueries<RoomsTablesAndRead>(db.dialect)
  const rooms = queries.selectFrom('rooms as r').innerJoin('room_profiles as p', 'p.room', 'r.num').select(columns)
  const names = queries
    .selectFrom('rooms as r')
    .select(['r.num', 'r.id'])
    .where('r.closed_at', 'is', null)
    .orderBy('r.num', 'desc')
  const { known, listedOf } = createReader(options, tell)
  function valueOf(room: number, type: string, { key, value }: RecordsRow): JsonObject {
    const found = storedObject(value)
    if (found === null) tell({ kind: 'record', row: `room ${room} ${type} ${key}`, why: 'no JSON object' })
    return found ?? nothingKnown
  }
  const records = queries.selectFrom('records').select(['key', 'value']).where('value', 'is not', null)

  async function list(query: typeof rooms, { before, limit }: ListPage): Promise<ListedRooms> {
    const after = before === null ? query : query.where('r.num', '<', before)
    const page = after
      .where('r.closed_at', 'is', null)
      .orderBy('r.num', 'desc')
      .limit(limit + 1)
    const items = (await db.all<RoomsRow>(page.compile())).map(listedOf)
    const last = items.length > limit ? items[limit - 1] : undefined
    return { items: items.slice(0, limit), next_cursor: last === undefined ? null : String(last.num) }
  }

  /** The users with these ids, with their memberships in the room. */
  async function persons(room: number, user_ids: readonly string[]): Promise<ReadonlyMap<string, Person>> {
    const query = queries
      .selectFrom('users as u')
      .leftJoin('members as m', (join) => join.onRef('m.user', '=', 'u.num').on('m.room', '=', room))
      .select(['u.id', 'u.num', 'u.deleted_at', 'm.role', 'm.joined_at'])
      .where('u.id', 'in', user_ids)
    const rows = await db.all<PersonRow>(query.compile())
    return new Map(rows.map((row) => [row.id, personOf(row)]))
  }

  return {
    async byId(room_id: string): Promise<KnownRoom | null> {
      const query = rooms
        .where('r.id', '=', room_id)
        .select(({ exists, selectFrom }) =>
          exists(
            selectFrom('records as k')
              .select('k.key')
              .whereRef('k.room', '=', 'r.num')
              .where('k.type', 'in', [banRecord.name, sentOutRecord.name])
              .where('k.value', 'is not', null),
          ).as('keeps_out'),
        )
      const [row] = await db.all<RoomsRow & { keeps_out: unknown }>(query.compile())
      return row ? known(row, Boolean(row.keeps_out)) : null
    },

    /** The directory, the most active rooms first (rule DR1). */
    async publicRooms({ before, limit }: DirectoryPage): Promise<ListedRooms> {
      const listed = queries
        .selectFrom('room_directory as d')
        .innerJoin('rooms as r', 'r.num', 'd.room')
        .innerJoin('room_profiles as p', 'p.room', 'r.num')
        .select(columns)
        .select('d.rank')
      const after =
        before === null
          ? listed
          : listed
              .where('d.rank', '<=', before.rank)
              .where(({ not, and, eb }) => not(and([eb('d.rank', '=', before.rank), eb('d.room', '>=', before.room)])))
      const page = after
        .orderBy('d.rank', 'desc')
        .orderBy('d.room', 'desc')
        .limit(limit + 1)
      const rows = await db.all<RoomsRow & { rank: number }>(page.compile())
      const last = rows.length > limit ? rows[limit - 1] : undefined
      // A room that counts as private only because it cannot be read stays listed as public (rule RM13).
      const items = rows
        .slice(0, limit)
        .map(listedOf)
        .filter(({ profile }) => !profile.is_private)
      return { items, next_cursor: last === undefined ? null : cursorText(last) }
    },

    /** How many open rooms of this owner have members, or were made after `since`; counts to at most `limit` + 1. */
    async countOwned(user: number, since: number, limit: number): Promise<number> {
      const query = queries
        .selectFrom('room_profiles as p')
        .innerJoin('rooms as r', 'r.num', 'p.room')
        .select('r.num')
        .where('p.owner', '=', user)
        .where('r.closed_at', 'is', null)
        .where(({ or, eb }) => or([eb('r.member_count', '>', 0), eb('r.created_at', '>', since)]))
        .limit(limit + 1)
      return (await db.all(query.compile())).length
    },

    /** Rooms of which the user is a member; `role`: the user's role there. */
    roomsOf: (user: number, page: ListPage) =>
      list(rooms.innerJoin('members as m', 'm.room', 'r.num').select('m.role').where('m.user', '=', user), page),

    /** Open rooms of which the user is a member, newest first; only their ids, so that unreadable rooms are included. */
    memberIn: (user: number, { before, limit }: ListPage): Promise<RoomName[]> => {
      const query = names.innerJoin('members as m', 'm.room', 'r.num').where('m.user', '=', user).limit(limit)
      return db.all<Row & RoomName>((before === null ? query : query.where('r.num', '<', before)).compile())
    },

    /** The same for rooms that the user owns, as a member or not. */
    ownerOf: (user: number, { before, limit }: ListPage): Promise<RoomName[]> => {
      const query = names.innerJoin('room_profiles as p', 'p.room', 'r.num').where('p.owner', '=', user).limit(limit)
      return db.all<Row & RoomName>((before === null ? query : query.where('r.num', '<', before)).compile())
    },

    /** The user with this id, with their membership in the room; null when there is no such user. */
    person: async (room: number, user_id: string): Promise<Person | null> =>
      (await persons(room, [user_id])).get(user_id) ?? null,

    persons,

    /** The members among these users, in the order of joining. */
    async membersAmong(room: number, users: readonly number[]): Promise<Member[]> {
      const query = queries
        .selectFrom('members')
        .select(['user', 'role', 'joined_at'])
        .where('room', '=', room)
        .where('user', 'in', users)
        .orderBy('joined_at')
        .orderBy('user')
      return db.all<Row & Member>(query.compile())
    },

    /** The members of a room by role and joining, at most `limit`. */
    async eldest(room: number, limit: number): Promise<Member[]> {
      const query = queries
        .selectFrom('members')
        .select(['user', 'role', 'joined_at'])
        .where('room', '=', room)
        .orderBy('joined_at')
        .limit(limit)
      return db.all<Row & Member>(query.compile())
    },

    /** Stores that the hosts of these rooms are present at this time (rule HO3). */
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

    /** A record of the room's shared state; null when there is none. */
    async record(room: number, type: string, key: string): Promise<JsonObject | null> {
      const query = records.where('room', '=', room).where('type', '=', type).where('key', '=', key)
      const [row] = await db.all<RecordsRow>(query.compile())
      return row ? valueOf(room, type, row) : null
    },

    /** The room's records about a user, by type, of these types. */
    async recordsAbout(room: number, types: readonly string[], key: string): Promise<ReadonlyMap<string, JsonObject>> {
      const query = queries
        .selectFrom('records')
        .select(['type', 'key', 'value'])
        .where('room', '=', room)
        .where('type', 'in', types)
        .where('key', '=', key)
        .where('value', 'is not', null)
      const rows = await db.all<RecordsRow & { type: string }>(query.compile())
      return new Map(rows.map((row) => [row.type, valueOf(room, row.type, row)]))
    },

    /** Which of these records exist, in those of the rooms that are open: `<room> <key>`. */
    async recordsOf(rooms: readonly number[], type: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
      const query = queries
        .selectFrom('records')
        .innerJoin('rooms', 'rooms.num', 'records.room')
        .select(['records.room', 'records.key'])
        .where('records.room', 'in', rooms)
        .where('records.type', '=', type)
        .where('records.key', 'in', keys)
        .where('records.value', 'is not', null)
        .where('rooms.closed_at', 'is', null)
      const rows = await db.all<Row & { room: number; key: string }>(query.compile())
      return new Set(rows.map(({ room, key }) => `${room} ${key}`))
    },

    /** The records of one type, oldest change first; at most `limit`. */
    async records(room: number, type: string, limit: number): Promise<{ key: string; value: JsonObject }[]> {
      const query = records.where('room', '=', room).where('type', '=', type).orderBy('seq').limit(limit)
      const rows = await db.all<RecordsRow>(query.compile())
      return rows.map((row) => ({ key: row.key, value: valueOf(room, type, row) }))
    },
  }
}

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
type RecordsRow = Row & { key: string; value: string }

/** The value of a record that cannot be read: the record still counts (rule RM14). */
const nothingKnown: JsonObject = {}

/** Reads rows of rooms that any release wrote (rule RM13). */
function createReader(options: RoomOptions, tell: TellUnreadable) {
  function known(row: RoomsRow, mayKeepOut = true): KnownRoom {
    const { v, name, host, host_id, owner, owner_id, stood_in, host_rights, password } = row
    const stored: StoredProfile = {
      ...{ v, name, host, host_id, owner, owner_id, stood_in, host_rights, password },
      is_private: row.is_private !== 0,
      capabilities: storedObject(row.capabilities),
      settings: storedObject(row.settings),
      movie_source: row.movie_source === null ? null : (storedObject(row.movie_source) ?? noSource),
    }
    const profile = profileOf(row.kind, stored, options, (kind, part) =>
      tell({ kind, row: `room ${row.room} ${part}`, why: `not as version ${v} has it` }),
    )
    return knownRoom({ num: row.room, id: row.id, kind: row.kind }, row, profile, mayKeepOut)
  }

  const listedOf = (row: RoomsRow): ListedRoom => ({
    ...known(row),
    last_seq: row.last_seq,
    member_count: row.member_count,
    closed_at: row.closed_at,
    role: row.role ?? null,
  })

  return { known, listedOf }
}
/** Replaces a source that is not JSON: it is reported and not shown. */
const noSource: StoredObject = {}

const columnNames =
  'room, v, is_private, host, name, host_id, owner, owner_id, stood_in, host_rights, password, capabilities, settings, movie_source'
const values = `unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[],
                  $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[]) AS given (${columnNames})`
const kept = columnNames.replace('room, ', '').split(', ')
const set = (value: (column: string) => string) => kept.map((column) => `${column} = ${value(column)}`).join(', ')

/** Inserts or replaces a room's profile. */
const putProfile: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: `INSERT INTO room_profiles (${columnNames}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (room) DO UPDATE SET ${set((column) => `excluded.${column}`)}`,
  postgres: `INSERT INTO room_profiles (${columnNames}) SELECT ${columnNames} FROM ${values}
             ON CONFLICT (room) DO UPDATE SET ${set((column) => `excluded.${column}`)}`,
}

function cells(room: number, profile: StoredProfile): Cell[] {
  const { v, name, host, host_id, owner, owner_id, stood_in, host_rights, is_private, password } = profile
  const text = (value: StoredObject | null) => (value === null ? null : JSON.stringify(value))
  return [
    ...[room, v, is_private ? 1 : 0, host, name, host_id, owner, owner_id, stood_in, host_rights, password],
    ...[text(profile.capabilities) ?? unreadableText, text(profile.settings) ?? unreadableText],
    text(profile.movie_source),
  ]
}
/** Written for options that could not be read, so that the room stays closed. */
const unreadableText = 'unreadable'

/** Writes the profile of a room in the commit that changes it. */
export const roomProjector: Projector = (applied) => {
  const rows: Cell[][] = []
  for (const each of applied) {
    const profile =
      each.kind === 'created'
        ? each.profile
        : each.kind === 'event' && each.event.type === roomUpdated.name
          ? each.aside
          : null
    if (profile) rows.push(cells(each.room.num, storedProfile.parse(profile)))
  }
  return rows.length === 0 ? [] : [{ statement: putProfile, rows }]
}
