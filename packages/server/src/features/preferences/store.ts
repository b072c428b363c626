import { sql } from 'kysely'
import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { createRoomJoins } from '../../room/sql/joins.ts'
import { type Projector, type RowsStatement, sentOutRole } from '../../room/types.ts'
import { preferenceBounds } from './bounds.ts'
import type { Changes, StoredPreferences } from './state.ts'
import type { PreferencesTables } from './tables.ts'

const columns = ['notify', 'until', 'favorite', 'group_name', 'changed_at'] as const
const places = ['user', 'room'] as const

const integer = (value: number | null) => sql<number>`CAST(${value} AS BIGINT)`
const text = (value: string | null) => sql<string>`CAST(${value} AS TEXT)`

export type PreferencesStore = ReturnType<typeof createPreferencesStore>

/** `mostRooms`: rooms in which one person has preferences (rule PF6). */
export function createPreferencesStore(db: Database, mostRooms: number) {
  const queries = createQueries<PreferencesTables>(db.dialect)
  const joins = createRoomJoins(db.dialect)
  const rows = queries.selectFrom('room_preferences as p')
  const ofUser = (user: number) => rows.where('p.user', '=', user)

  /** How many own groups the user has, besides this one and the one that this room may leave. */
  const otherGroups = (user: number, room: number, group: string) =>
    ofUser(user)
      .where('p.room', '<>', room)
      .where('p.group_name', '<>', group)
      .select(sql<number>`count(DISTINCT p.group_name)`.as('groups'))

  function upsert(user: number, room: number, changes: Changes, now: number) {
    const { notify, until = null, favorite, group } = changes
    const member = queries
      .selectFrom(joins.members.as('m'))
      .innerJoin(joins.openRooms.as('r'), 'r.num', 'm.room')
      .where('m.user', '=', user)
      .where('m.room', '=', room)
      .where('m.role', '<>', sentOutRole)
      .where(({ or, eb, exists }) =>
        or([
          exists(ofUser(user).where('p.room', '=', room).select('p.room')),
          eb(
            ofUser(user).select(({ fn }) => fn.countAll().as('rooms')),
            '<',
            mostRooms,
          ),
        ]),
      )
      .select([
        ...(['m.user', 'm.room'] as const),
        text(notify ?? 'all').as('notify'),
        integer(until).as('until'),
        integer(favorite ? 1 : 0).as('favorite'),
        text(group ?? null).as('group_name'),
        integer(now).as('changed_at'),
      ])
    const allowed =
      group == null
        ? member
        : member.where(({ eb }) => eb(otherGroups(user, room, group), '<', preferenceBounds.room_groups.value))
    return queries
      .insertInto('room_preferences')
      .columns([...places, ...columns])
      .expression(allowed)
      .onConflict((conflict) =>
        conflict.columns(places).doUpdateSet({
          ...(notify == null ? {} : { notify: text(notify), until: integer(until) }),
          ...(favorite == null ? {} : { favorite: favorite ? 1 : 0 }),
          ...(group === undefined ? {} : { group_name: text(group) }),
          // Rule PF4: later than the last change, whatever the clock of this node says.
          changed_at: sql<number>`CASE WHEN excluded.changed_at > room_preferences.changed_at
            THEN excluded.changed_at ELSE room_preferences.changed_at + 1 END`,
        }),
      )
      .returning(columns)
  }

  return {
    /** Stores the changes if the user is a member of the open room and no bound is reached; null: one of these is not so. */
    async change(user: number, room: number, changes: Changes, now: number): Promise<StoredPreferences | null> {
      const [changed = []] = await db.write([upsert(user, room, changes, now).compile()])
      // Sound: these are the columns that the statement returns.
      return (changed[0] as (Row & StoredPreferences) | undefined) ?? null
    },

    /** Removes rows of rooms that are closed, or in which nothing is set any more since `before` (rule PF6). */
    async makeSpace(user: number, before: number): Promise<void> {
      const unneeded = queries
        .deleteFrom('room_preferences')
        .where('user', '=', user)
        .where(({ or, and, eb, exists, selectFrom }) => {
          const closed = selectFrom(joins.rooms.as('r'))
            .select('r.num')
            .whereRef('r.num', '=', 'room_preferences.room')
            .where('r.closed_at', 'is not', null)
          const nothing = [eb('notify', '=', 'all'), eb('favorite', '=', 0), eb('group_name', 'is', null)]
          return or([exists(closed), and([...nothing, eb('changed_at', '<', before)])])
        })
      await db.write([unneeded.compile()])
    },

    /** Whether the user has as many groups as there can be, and this would be another. */
    async isFullOfGroups(user: number, room: number, group: string): Promise<boolean> {
      const [found] = await db.all<Row & { groups: number }>(otherGroups(user, room, group).compile())
      return (found?.groups ?? 0) >= preferenceBounds.room_groups.value
    },

    /** Of these rooms, by num, those that have a row. */
    async among(user: number, rooms: readonly number[]): Promise<ReadonlyMap<number, StoredPreferences>> {
      if (rooms.length === 0) return new Map()
      const query = ofUser(user)
        .select(['p.room', ...columns.map((column) => `p.${column}` as const)])
        .where('p.room', 'in', rooms)
      const found = await db.all<Row & StoredPreferences & { room: number }>(query.compile())
      return new Map(found.map((row) => [row.room, row]))
    },

    /** Nums of rooms. */
    async changedSince(user: number, since: number, limit: number): Promise<number[]> {
      const query = ofUser(user).select('p.room').where('p.changed_at', '>=', since).limit(limit)
      return (await db.all<Row & { room: number }>(query.compile())).map(({ room }) => room)
    },

    /** Removes at most `most` rows of a user; answers how many. */
    async forget(user: number, most: number): Promise<number> {
      const found = await db.all<Row & { room: number }>(ofUser(user).select('p.room').limit(most).compile())
      const of = queries.deleteFrom('room_preferences').where('user', '=', user)
      await db.write(found.map(({ room }) => of.where('room', '=', room).compile()))
      return found.length
    },
  }
}

const remove: RowsStatement = {
  ...{ key: 2, again: 'last' },
  sqlite: 'DELETE FROM room_preferences WHERE user = ? AND room = ?',
  postgres: `DELETE FROM room_preferences p USING unnest($1::bigint[], $2::bigint[]) AS ended (member, room)
             WHERE p."user" = ended.member AND p.room = ended.room`,
}

/** Preferences end with the membership (rule PF5). */
export const preferencesProjector: Projector = (applied) => {
  const rows = applied.flatMap((each) =>
    each.kind === 'member' && each.role === null ? [[each.user, each.room.num]] : [],
  )
  return rows.length === 0 ? [] : [{ statement: remove, rows }]
}
