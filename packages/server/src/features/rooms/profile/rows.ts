import { ownPicture } from '../../../core/picture-url.ts'
import { storedObject, type StoredObject, type TellUnreadable } from '../../../core/stored.ts'
import type { Cell, Row } from '../../../platform/db/database.ts'
import type { Applied, Projector, RowsStatement } from '../../../room/types.ts'
import { roomUpdated } from '../contract/events.ts'
import type { RoomOptions } from '../options.ts'
import { type KnownRoom, knownRoom, profileOf, storedProfile, type StoredProfile } from '../state.ts'
import type { RoomsTables } from '../tables.ts'

/** A room in a list, as it was when it was read. */
export type ListedRoom = KnownRoom & {
  last_seq: number
  member_count: number
  closed_at: number | null
  /** The caller's role, in a list of their own rooms. */
  role: string | null
}

/** A profile with the columns of the engine's row of its room; `role`: that of a member of it. */
export type RoomProfileRow = Row &
  RoomsTables['room_profiles'] & {
    id: string
    kind: string
    last_seq: number
    profile_seq: number
    member_count: number
    created_at: number
    closed_at: number | null
    role?: string
  }

/** Reads rows of rooms that any release wrote (rule RM13). */
export function createProfileReader(options: RoomOptions, tell: TellUnreadable) {
  function known(row: RoomProfileRow, mayKeepOut = true): KnownRoom {
    const { v, name, host, host_id, owner, owner_id, stood_in, host_rights, password } = row
    const stored: StoredProfile = {
      ...{ v, name, host, host_id, owner, owner_id, stood_in, host_rights, password },
      is_private: row.is_private !== 0,
      capabilities: storedObject(row.capabilities),
      settings: storedObject(row.settings),
      movie_source: row.movie_source === null ? null : (storedObject(row.movie_source) ?? noSource),
      picture_url: ownPicture(row.picture_url),
    }
    const profile = profileOf(row.kind, stored, options, (kind, part) =>
      tell({ kind, row: `room ${row.room} ${part}`, why: `not as version ${v} has it` }),
    )
    return knownRoom({ num: row.room, id: row.id, kind: row.kind }, row, profile, mayKeepOut)
  }

  const listedOf = (row: RoomProfileRow): ListedRoom => ({
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
  'room, v, is_private, host, name, host_id, owner, owner_id, stood_in, host_rights, password, capabilities, settings, movie_source, picture_url'
const values = `unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[],
                  $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[]) AS given (${columnNames})`
const kept = columnNames.replace('room, ', '').split(', ')
const set = (value: (column: string) => string) => kept.map((column) => `${column} = ${value(column)}`).join(', ')

/** Inserts or replaces a room's profile. */
const putProfile: RowsStatement = {
  ...{ key: 1, again: 'last' },
  sqlite: `INSERT INTO room_profiles (${columnNames}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
    profile.picture_url,
  ]
}
/** Written for options that could not be read, so that the room stays closed. */
const unreadableText = 'unreadable'

/** The room's profile after this change; null if the change does not concern it. */
export function changedProfile(each: Applied): StoredProfile | null {
  if (each.kind === 'created') return storedProfile.parse(each.profile)
  const isUpdate = each.kind === 'event' && each.event.type === roomUpdated.name
  return isUpdate && each.aside ? storedProfile.parse(each.aside) : null
}

/** Writes the profile of a room in the commit that changes it. */
export const roomProjector: Projector = (applied) => {
  const rows: Cell[][] = []
  for (const each of applied) {
    const profile = changedProfile(each)
    if (profile) rows.push(cells(each.room.num, profile))
  }
  return rows.length === 0 ? [] : [{ statement: putProfile, rows }]
}
