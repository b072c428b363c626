import type { Expression } from 'kysely'
import type { Database, Query, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import type { SignInSource } from './devices.ts'
import type { IdentityTables } from '../tables.ts'

/** Kept of each kind for one user; one more replaces the one used longest ago. */
const keptOfEach = 16
/** Ms for which a device or address is kept after the last sign-in from it. */
export const knownFor = 180 * 86_400_000

/** Statements about known devices and addresses, for code that writes users and sessions in the same transaction. */
export function createDeviceQueries(dialect: Database['dialect']) {
  const queries = createQueries<IdentityTables>(dialect)

  /** Remembers the origins of a user stored earlier in the transaction, and only while this is their password hash. */
  function remember(
    user_id: string,
    password_hash: string,
    origin: SignInSource,
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
    /** Forgets the origins of one session, of all, or of all but one; only if the query `when` has a row. */
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
    /** Which of these origins the user signed in from; `num` 0 is no user, at the same cost. */
    async known(num: number, origins: readonly SignInSource[], now: number): Promise<SignInSource[]> {
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
