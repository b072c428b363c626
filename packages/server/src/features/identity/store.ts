import type { Profile } from '../../core/caller.ts'
import type { Database, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { nameKey } from './state.ts'
import type { IdentityTables } from './tables.ts'

export type Session = { id: string; created_at: number; expires_at: number }
export type Found = { num: number; profile: Profile }
/** A session's user; `live` false: it was revoked or is over. */
export type SessionUser = Found & { live: boolean }

type UserRow = Row & { num: number; id: string; username: string; avatar_url: string | null; guest: number }

const userColumns = ['users.num', 'users.id', 'users.username', 'users.avatar_url', 'users.guest'] as const

const found = ({ num, id, username, avatar_url, guest }: UserRow): Found => ({
  num,
  profile: { id, name: username, avatar_url, guest: guest === 1 },
})

export type IdentityStore = ReturnType<typeof createIdentityStore>

export function createIdentityStore(db: Database) {
  const queries = createQueries<IdentityTables>(db.dialect)
  const users = queries.selectFrom('users').select(userColumns)

  return {
    /**
     * Keeps a guest and, when there is one, its session; answers the guest as it is kept. Again for one that is kept:
     * nothing but the name changes, and that only with `rename`.
     */
    async putGuest(profile: Profile, created_at: number, session: Session | null, rename: boolean): Promise<Found> {
      const { id, name: username, avatar_url } = profile
      const named = { username, username_key: nameKey(username) }
      const insert = queries
        .insertInto('users')
        .values({ id, ...named, email: null, guest: 1, avatar_url, created_at })
        .onConflict((conflict) =>
          rename ? conflict.column('id').doUpdateSet(named) : conflict.column('id').doNothing(),
        )
      const statements = session ? [insert, insertSession(id, session)] : [insert]
      await db.write(statements.map((statement) => statement.compile()))
      const kept = await userById(id)
      if (!kept) throw new Error('A guest is gone as soon as it was stored')
      return kept
    },

    userById,

    async usersByNum(nums: readonly number[]): Promise<Found[]> {
      if (nums.length === 0) return []
      return (await db.all<UserRow>(users.where('num', 'in', nums).compile())).map(found)
    },

    async sessionUser(session_id: string, user_id: string, now: number): Promise<SessionUser | null> {
      const query = users
        .innerJoin('sessions', 'sessions.user_num', 'users.num')
        .select(['sessions.expires_at', 'sessions.revoked_at'])
        .where('sessions.id', '=', session_id)
        .where('users.id', '=', user_id)
      type SessionRow = UserRow & { expires_at: number; revoked_at: number | null }
      const [row] = await db.all<SessionRow>(query.compile())
      return row ? { ...found(row), live: row.revoked_at === null && row.expires_at > now } : null
    },

    /** Whether an account goes by this name (rule G5). */
    async isAccountName(name: string): Promise<boolean> {
      const query = queries
        .selectFrom('users')
        .select('num')
        .where('username_key', '=', nameKey(name))
        .where('guest', '=', 0)
      return (await db.all(query.compile())).length > 0
    },
  }

  async function userById(id: string): Promise<Found | null> {
    const [row] = await db.all<UserRow>(users.where('id', '=', id).compile())
    return row ? found(row) : null
  }

  function insertSession(user_id: string, { id, created_at, expires_at }: Session) {
    return queries
      .insertInto('sessions')
      .columns(['id', 'user_num', 'created_at', 'expires_at'])
      .expression((select) =>
        select
          .selectFrom('users')
          .select(({ val }) => [
            val(id).as('id'),
            'num',
            val(created_at).as('created_at'),
            val(expires_at).as('expires_at'),
          ])
          .where('users.id', '=', user_id),
      )
      .onConflict((conflict) => conflict.column('id').doNothing())
  }
}
