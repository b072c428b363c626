import type { ExpressionBuilder, Insertable } from 'kysely'
import type { Profile } from '../../core/caller.ts'
import type { TellUnreadable } from '../../core/stored.ts'
import type { Database, Query, Row } from '../../platform/db/database.ts'
import { createQueries } from '../../platform/db/kysely.ts'
import { createKeyQueries } from './keys/store.ts'
import { createDeviceQueries } from './sessions/device-store.ts'
import type { SignInSource } from './sessions/devices.ts'
import { createSessionQueries, type Session } from './sessions/store.ts'
import { deletedKey, deletedName, loginKeys, nameKey } from './state.ts'
import { type IdentityTables, profileColumns, type ProfileRow } from './tables.ts'
import { createReadUser, type NumberedProfile } from './users/rows.ts'
import {
  type Account,
  accountColumns,
  accountIn,
  type AccountRow,
  type Keys,
  keysOfLogin,
  keysOfName,
  named,
  namedAccount,
  type NewAccount,
  type ProfileChange,
  reached,
  unnamed,
} from './users/account-rows.ts'

export type IdentityStore = ReturnType<typeof createIdentityStore>

/** Users. Every change of a profile leaves its number for the other nodes in the same transaction (rule T6). */
export function createIdentityStore(db: Database, tell: TellUnreadable) {
  const readUser = createReadUser(tell)
  const queries = createQueries<IdentityTables>(db.dialect)
  const sessions = createSessionQueries(db.dialect)
  const devices = createDeviceQueries(db.dialect)
  const keys = createKeyQueries(db.dialect)
  const profiles = queries.selectFrom('users').select(profileColumns)
  const accounts = queries.selectFrom('users').select(accountColumns).where('deleted_at', 'is', null)

  const oneAccount = async (query: Query): Promise<Account | null> => {
    const [row] = await db.all<AccountRow>(query)
    return row ? accountIn(readUser(row), row) : null
  }
  /** A user who is not deleted. */
  const living = (num: number) =>
    queries.updateTable('users').where('num', '=', num).where('deleted_at', 'is', null).returning('num')

  const remembered = (id: string, password_hash: string, origins: readonly SignInSource[], session: Session) =>
    origins.flatMap((origin) => devices.remember(id, password_hash, origin, session))

  // A literal, not a parameter: otherwise SQLite does not use the partial indexes over accounts.
  const isAdmin = ({ eb, lit }: ExpressionBuilder<IdentityTables, 'users'>) => eb('users.admin', '=', lit(1))
  const isAccount = ({ eb, lit }: ExpressionBuilder<IdentityTables, 'users'>) => eb('users.guest', '=', lit(0))

  /** Whether an account other than `num` has one of these keys; one branch per column, since each has its own index. */
  async function isOneOf(keys: readonly Keys[], num: number): Promise<boolean> {
    const [first, ...others] = keys.map(([column, values]) =>
      queries.selectFrom('users').select('num').where(isAccount).where('num', '<>', num).where(column, 'in', values),
    )
    if (!first) return false
    const found = others.reduce((all, one) => all.unionAll(one), first)
    return (await db.all(found.compile())).length > 0
  }

  async function userById(id: string): Promise<NumberedProfile | null> {
    const [row] = await db.all<ProfileRow>(profiles.where('id', '=', id).compile())
    return row ? readUser(row) : null
  }

  const administrators = queries.selectFrom('users').select('num').where(isAdmin).where('deleted_at', 'is', null)

  return {
    /** The nums of those who administer the server. */
    administrators: async (): Promise<number[]> =>
      (await db.all<Row & { num: number }>(administrators.compile())).map(({ num }) => num),

    async isLastAdministrator(num: number): Promise<boolean> {
      const all = await db.all<Row & { num: number }>(administrators.compile())
      return all.length === 1 && all[0]?.num === num
    },

    /** Gives the server to its first administrator and stores what they chose. False: there is one already. */
    async setUp(id: string, choose: Query, now: number): Promise<boolean> {
      const update = queries
        .updateTable('users')
        .set({ admin: 1 })
        .where('id', '=', id)
        .where('guest', '=', 0)
        .where('deleted_at', 'is', null)
        .where(({ not, exists }) => not(exists(administrators)))
        .returning('num')
      // The row of the choices is written first: of two setups at once the second waits for it, and then finds the first.
      const [, made] = await db.write([choose, update.compile(), sessions.serverChanged(now)])
      return made?.length === 1
    },

    /** False: the user is deleted, or the last administrator. */
    async setAdministrator(num: number, admin: boolean, now: number): Promise<boolean> {
      const others = administrators.where('num', '<>', num)
      const update = living(num).set({ admin: admin ? 1 : 0 })
      const allowed = admin ? update : update.where(({ exists }) => exists(others))
      const [changed] = await db.write([allowed.compile(), sessions.serverChanged(now)])
      return changed?.length === 1
    },

    /**
     * Stores a guest and, when there is one, its session; returns the user as stored. For a user who is stored already
     * nothing changes but a guest's name, and that only with `rename`.
     */
    async putGuest(
      profile: Profile,
      created_at: number,
      session: Session | null,
      rename: boolean,
    ): Promise<NumberedProfile> {
      const { id, name } = profile
      const row: Insertable<IdentityTables['users']> = { id, ...named(name), guest: 1, created_at }
      const insert = queries
        .insertInto('users')
        .values(row)
        .onConflict((conflict) =>
          rename
            ? conflict
                .column('id')
                .doUpdateSet(named(name))
                .where('users.guest', '=', 1)
                .where('users.deleted_at', 'is', null)
            : conflict.column('id').doNothing(),
        )
      await db.write([insert.compile(), ...(session ? [sessions.insert(id, session)] : [])])
      const kept = await userById(id)
      if (!kept) throw new Error('A guest is gone as soon as it was stored')
      return kept
    },

    userById,

    async usersByNum(nums: readonly number[]): Promise<NumberedProfile[]> {
      if (nums.length === 0) return []
      return (await db.all<ProfileRow>(profiles.where('num', 'in', nums).compile())).map(readUser)
    },

    account: (num: number): Promise<Account | null> => oneAccount(accounts.where('num', '=', num).compile()),

    /** The account with this e-mail address, or else with this username. */
    async accountOf(login: string): Promise<Account | null> {
      const keys = loginKeys(login)
      const by = (column: 'email_key' | 'username_key') => accounts.where(isAccount).where(column, 'in', keys)
      const rows = await db.all<AccountRow>(by('email_key').unionAll(by('username_key')).compile())
      // Two addresses of earlier releases may be spellings of one: each account is found by its own spelling.
      const rank = ({ email }: AccountRow) =>
        email === null ? 2 : nameKey(email) === keys[0] ? 0 : loginKeys(email).some((key) => keys.includes(key)) ? 1 : 2
      const [row] = rows.toSorted((one, other) => rank(one) - rank(other) || one.num - other.num)
      return row ? accountIn(readUser(row), row) : null
    },

    /**
     * Whether the username or the e-mail address is in use by an account other than `num`, as username or as address: some
     * imported usernames look like addresses, and both sign in.
     */
    async taken({ username, email }: Pick<ProfileChange, 'username' | 'email'>, num: number) {
      return {
        username: username !== undefined && (await isOneOf(keysOfName(username), num)),
        email: email !== undefined && (await isOneOf(keysOfLogin(email), num)),
      }
    },

    /** Whether an account has this name, or one that looks like it (rule G5). */
    isAccountName: (name: string): Promise<boolean> => isOneOf(keysOfName(name), 0),

    /** Rejects with UniqueViolation when another account has the name or the address. */
    async putAccount(id: string, account: NewAccount, session: Session, from: readonly SignInSource[]): Promise<void> {
      const { password_hash } = account
      const row = { id, ...namedAccount(account.username), ...reached(account.email), password_hash }
      const insert = queries.insertInto('users').values({ ...row, guest: 0, created_at: session.created_at })
      await db.write([insert.compile(), sessions.insert(id, session), ...remembered(id, password_hash, from, session)])
    },

    /**
     * The guest becomes an account with this session: connections of the session that registered move to it, and all
     * sessions of the guest end (rule A1). False: the user is not a guest any more. Rejects as `putAccount`.
     */
    async promote(
      guest: { num: number; id: string; session_id: string | null },
      account: NewAccount,
      session: Session,
      origins: readonly SignInSource[],
    ): Promise<boolean> {
      const { num, id, session_id: from } = guest
      const { password_hash } = account
      const { id: to, created_at: now } = session
      const change = { ...namedAccount(account.username), ...reached(account.email), password_hash, guest: 0 as const }
      const update = living(num).set(change).where('guest', '=', 1)
      // Of two registrations at once the second ends no sessions.
      const when = queries.selectFrom('users').select('num').where('num', '=', num)
      const ours = when.where('password_hash', '=', password_hash)
      const [promoted] = await db.write([
        update.compile(),
        sessions.insert(id, session, password_hash),
        ...(from === null ? [] : [sessions.move({ user: num, from, to, when: ours }, now)]),
        ...sessions.end({ user: num, except: to, when: ours }, now),
        ...remembered(id, password_hash, origins, session),
        sessions.profileChanged(num, now),
      ])
      return promoted?.length === 1
    },

    /** False: the user is deleted, or is not a guest (or account) as `guest` says. Rejects as `putAccount`. */
    async changeProfile(num: number, guest: boolean, change: ProfileChange, now: number): Promise<boolean> {
      const { username, email, avatar_url } = change
      const update = living(num)
        .set({
          ...(username === undefined ? {} : guest ? named(username) : namedAccount(username)),
          ...(email === undefined ? {} : reached(email)),
          ...(avatar_url === undefined ? {} : { avatar_url }),
        })
        .where('guest', '=', guest ? 1 : 0)
      const [changed] = await db.write([update.compile(), sessions.profileChanged(num, now)])
      return changed?.length === 1
    },

    /**
     * Opens a session after a password was verified against the hash `from`, and replaces that hash by `to`. False: the
     * password has changed meanwhile. The user's row is written even if both are the same, so that a change of the password
     * comes before or after, not in between.
     */
    async openSession(
      { num, id }: Account,
      { from, to }: { from: string; to: string },
      session: Session,
      origins: readonly SignInSource[],
    ): Promise<boolean> {
      const update = living(num).set({ password_hash: to }).where('password_hash', '=', from)
      const opening = [update.compile(), sessions.insert(id, session, to), ...remembered(id, to, origins, session)]
      const [updated] = await db.write(opening)
      return updated?.length === 1
    },

    /** Changes the password and ends the user's other sessions; returns how many, null if the password has changed meanwhile. */
    async changePassword(num: number, hashes: { from: string; to: string }, keep: string | null, now: number) {
      const update = living(num).set({ password_hash: hashes.to }).where('password_hash', '=', hashes.from)
      const changed = queries.selectFrom('users').select('num').where('num', '=', num)
      const which = { user: num, except: keep, when: changed.where('password_hash', '=', hashes.to) }
      const [updated, ended] = await db.write([update.compile(), ...sessions.end(which, now), devices.forget(which)])
      return updated?.length === 1 && ended ? ended.length : null
    },

    /**
     * Removes the user's personal data and ends their sessions and API keys. `rest` makes the statement that stores the job for what
     * features keep (rule A14), if a query has a row. False: the account has changed since `account` was read.
     */
    async remove({ num, id, password_hash }: Account, now: number, rest: (when: Query) => Query): Promise<boolean> {
      const nothing = { email: null, email_key: null, password_hash: null, avatar_url: null }
      const noName = { username: deletedName, username_key: deletedKey(id), ...unnamed }
      const update = living(num)
        .set({ ...nothing, ...noName, admin: 0, deleted_at: now })
        .where('password_hash', password_hash === null ? 'is' : '=', password_hash)
      const deleted = queries.selectFrom('users').select('num').where('num', '=', num)
      const when = deleted.where('deleted_at', 'is not', null)
      const which = { user: num, when }
      const gone = [...sessions.end(which, now), ...keys.end(which, now), devices.forget(which)]
      const told = sessions.profileChanged(num, now)
      const [removed] = await db.write([update.compile(), ...gone, told, rest(when.compile())])
      return removed?.length === 1
    },
  }
}
