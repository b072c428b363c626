import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { KeyGrant } from '../../../core/scope.ts'
import type { TellUnreadable } from '../../../core/stored.ts'
import type { Database, Query, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { type IdentityTables, profileColumns, type ProfileRow } from '../tables.ts'
import { createReadUser, type NumberedProfile } from '../users/rows.ts'
import { accessText, accessVersion, readAccess } from './access.ts'

/** Times in ms since 1970; `expires_at` null: never, `last_used_at` null: not yet. */
type KeyTimes = { created_at: number; expires_at: number | null; last_used_at: number | null }
/** A key as its user sees it. */
export type ListedKey = KeyTimes & { id: string; name: string; prefix: string; grant: KeyGrant }
export type NewKey = Omit<ListedKey, 'last_used_at'> & { hash: string }
/** A key that was found by its hash, and its user. */
export type FoundKey = NumberedProfile & Omit<KeyTimes, 'created_at'> & { grant: KeyGrant }

type AccessRow = Row & { id: string; v: number; access: string }
type ListedRow = AccessRow & KeyTimes & { name: string; prefix: string }

/** Which keys of a user end: all or one; and only if the query `when` has a row. */
type Ending = { user: number; only?: string; when?: Expression<unknown> }

/** Statements about keys, for code that writes users in the same transaction. */
export function createKeyQueries(dialect: Database['dialect']) {
  const queries = createQueries<IdentityTables>(dialect)
  type Keys = ExpressionBuilder<IdentityTables, 'api_keys'>
  const among =
    ({ user, only, when }: Ending) =>
    ({ eb, and, exists }: Keys): Expression<SqlBool> =>
      and([
        eb('api_keys.user_num', '=', user),
        ...(only === undefined ? [] : [eb('api_keys.id', '=', only)]),
        ...(when === undefined ? [] : [exists(when)]),
      ])
  return {
    /** Tells all nodes that these keys have ended, as sessions do (rule T6), and deletes them; the last returns their ids. */
    end(which: Ending, now: number): Query[] {
      const tell = queries
        .insertInto('identity_changes')
        .columns(['kind', 'ref', 'at'])
        .expression((select) =>
          select
            .selectFrom('api_keys')
            .where(among(which))
            .select(({ val }) => [val('session').as('kind'), 'api_keys.id', val(now).as('at')]),
        )
      return [tell.compile(), queries.deleteFrom('api_keys').where(among(which)).returning('id').compile()]
    },
  }
}

export type KeyStore = ReturnType<typeof createKeyStore>

export function createKeyStore(db: Database, tell: TellUnreadable) {
  const queries = createQueries<IdentityTables>(db.dialect)
  const statements = createKeyQueries(db.dialect)
  const readUser = createReadUser(tell)
  const grantOf = (row: AccessRow): KeyGrant => readAccess(row, tell)

  return {
    /** Stores a key; false: the user has `most` already, or has no account any more. */
    async create(user: number, key: NewKey, most: number): Promise<boolean> {
      // Changes nothing, but locks the user's row: of two keys that are made at once, the second counts the first.
      const lock = queries.updateTable('users').set({ guest: 0 }).where('num', '=', user).where('guest', '=', 0)
      const { id, name, hash, prefix, grant, created_at, expires_at } = key
      const insert = queries
        .insertInto('api_keys')
        .columns(['id', 'user_num', 'name', 'hash', 'prefix', 'v', 'access', 'created_at', 'expires_at'])
        .expression((select) =>
          select
            .selectFrom('users')
            .where('num', '=', user)
            .where('guest', '=', 0)
            .where('deleted_at', 'is', null)
            .where(
              (where) =>
                where
                  .selectFrom('api_keys')
                  .select(({ fn }) => fn.countAll<number>().as('keys'))
                  .where('user_num', '=', user),
              '<',
              most,
            )
            .select(({ val }) => [
              val(id).as('id'),
              'users.num',
              val(name).as('name'),
              val(hash).as('hash'),
              val(prefix).as('prefix'),
              val(accessVersion).as('v'),
              val(accessText(grant)).as('access'),
              val(created_at).as('created_at'),
              val(expires_at).as('expires_at'),
            ]),
        )
        .returning('id')
      const [, stored] = await db.write([lock.compile(), insert.compile()])
      return stored?.length === 1
    },

    /** The key with this hash, expired or not; null: revoked, or never made. */
    async find(hash: string): Promise<FoundKey | null> {
      const query = queries
        .selectFrom('api_keys')
        .innerJoin('users', 'users.num', 'api_keys.user_num')
        .select(profileColumns)
        .select(['api_keys.id as key_id', 'api_keys.v', 'api_keys.access'])
        .select(['api_keys.expires_at', 'api_keys.last_used_at'])
        .where('api_keys.hash', '=', hash)
        .where('users.deleted_at', 'is', null)
      type Joined = ProfileRow & Omit<KeyTimes, 'created_at'> & { key_id: string; v: number; access: string }
      const [row] = await db.all<Joined>(query.compile())
      if (!row) return null
      const { expires_at, last_used_at } = row
      return { ...readUser(row), grant: grantOf({ ...row, id: row.key_id }), expires_at, last_used_at }
    },

    /** Newest first. */
    async list(user: number, most: number): Promise<ListedKey[]> {
      const query = queries
        .selectFrom('api_keys')
        .select(['id', 'name', 'prefix', 'v', 'access', 'created_at', 'expires_at', 'last_used_at'])
        .where('user_num', '=', user)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(most)
      return (await db.all<ListedRow>(query.compile())).map((row) => ({ ...row, grant: grantOf(row) }))
    },

    /** Stores that a key was used; false: it was revoked. */
    async touch(id: string, now: number): Promise<boolean> {
      const query = queries.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', id)
      const [rows] = await db.write([query.returning('id').compile()])
      return rows?.length === 1
    },

    /** False: the user has no such key. */
    async revoke(user: number, id: string, now: number): Promise<boolean> {
      const answers = await db.write(statements.end({ user, only: id }, now))
      return answers.at(-1)?.length === 1
    },
  }
}
