import type { Expression } from 'kysely'
import type { Database, Query, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { Origin } from './devices.ts'
import type { IdentityTables } from '../tables.ts'

/** Of each kind, for one user; with one more the one used longest ago is forgotten. */
const keptOfEach = 16
/** Ms after the last time that somebody signed in there. */
export const knownFor = 180 * 86_400_000

/** Statements on where users signed in, for those who write users and sessions in the same transaction. */
export function createDeviceQueries(dialect: Database['dialect']) {
  const queries = createQueries<IdentityTables>(dialect)

  /** For a user that is stored by then, and only while this is the hash of their password. */
  function remember(
    user_id: string,
    password_hash: string,
    origin: Origin,
    { id: session_id, created_at: seen_at }: { id: string; created_at: number },
  ): Query[] {
    const user = queries.selectFrom('users').where('id', '=', user_id).where('password_hash', '=', password_hash)
    const insert = queries
      .insertInto('known_origins')
      .columns(['user_num', 'kind', 'key', 'session_id', 'seen_at'])
      .expression(
        user.select(({ val }) => [
          'users.num',
          val(origin.kind).as('kind'),
          val(origin.key).as('key'),
          val(session_id).as('session_id'),
          val(seen_at).as('seen_at'),
        ]),
      )
      .onConflict((conflict) => conflict.columns(['user_num', 'key']).doUpdateSet({ session_id, seen_at }))
    const theirs = queries
      .selectFrom('known_origins')
      .where('user_num', 'in', user.select('num'))
      .where('kind', '=', origin.kind)
    const newest = theirs.select('key').orderBy('seen_at', 'desc').orderBy('key').limit(keptOfEach)
    const drop = queries
      .deleteFrom('known_origins')
      .where('user_num', 'in', user.select('num'))
      .where('kind', '=', origin.kind)
      .where('key', 'not in', newest)
    return [insert.compile(), drop.compile()]
  }

  return {
    remember,
    /** Where somebody signed in last in one session, in all, or in all but one; only when the query of `when` has a row. */
    forget({
      user,
      only,
      except,
      when,
    }: {
      user: number
      only?: string
      except?: string | null
      when?: Expression<unknown>
    }) {
      return queries
        .deleteFrom('known_origins')
        .where('user_num', '=', user)
        .where(({ eb, and, exists }) =>
          and([
            ...(only === undefined ? [] : [eb('session_id', '=', only)]),
            ...(except == null ? [] : [eb('session_id', '<>', except)]),
            ...(when === undefined ? [] : [exists(when)]),
          ]),
        )
        .compile()
    },
    expire: (now: number): Query =>
      queries
        .deleteFrom('known_origins')
        .where('seen_at', '<=', now - knownFor)
        .compile(),
  }
}

export type DeviceStore = ReturnType<typeof createDeviceStore>

export function createDeviceStore(db: Database) {
  const queries = createQueries<IdentityTables>(db.dialect)
  return {
    /** Which of these the user signed in from; `num` 0 is nobody, at the same cost. */
    async known(num: number, origins: readonly Origin[], now: number): Promise<Origin[]> {
      const keys = origins.map(({ key }) => key)
      const query = queries
        .selectFrom('known_origins')
        .select('key')
        .where('user_num', '=', num)
        .where('key', 'in', keys)
        .where('seen_at', '>', now - knownFor)
      const rows = await db.all<Row & { key: string }>(query.compile())
      const found = new Set(rows.map(({ key }) => key))
      return origins.filter(({ key }) => found.has(key))
    },
  }
}
