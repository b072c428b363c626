import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { TellUnreadable } from '../../../core/stored.ts'
import type { Database, Query, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { createDeviceQueries } from './device-store.ts'
import { type IdentityTables, profileColumns, type ProfileRow } from '../tables.ts'
import { createReadUser, type NumberedProfile } from '../users/rows.ts'

export type Session = {
  id: string
  created_at: number
  expires_at: number
  user_agent: string | null
  address: string | null
}
export type ListedSession = Session & { last_seen_at: number }
/** A session's user; `live` false: the session was revoked or has expired. */
export type SessionUser = NumberedProfile & { live: boolean; seen_at: number }
/** The number and the time of a session's latest refresh. */
export type Refreshed = { refreshes: number; refreshed_at: number }
/** `ref` of `moved`: the id of a session, a space, and the id of the session that takes over its connections. */
export type SessionChange = { num: number; kind: 'session' | 'profile' | 'moved' | 'server'; ref: string }
/** Which sessions of a user end: all, one, or all but one; and only if the query `when` has a row. */
type Ending = { user: number; only?: string; except?: string | null; when?: Expression<unknown> }

/** `forget`: the devices and addresses that opened them are forgotten too (rule A11). */
export type EndingNow = Omit<Ending, 'when'> & { forget: boolean }

/** Statements about sessions, for code that writes users in the same transaction. */
export function createSessionQueries(dialect: Database['dialect']) {
  const queries = createQueries<IdentityTables>(dialect)

  type Sessions = ExpressionBuilder<IdentityTables, 'sessions'>
  const among =
    ({ user, only, except, when }: Ending) =>
    ({ eb, and, exists }: Sessions): Expression<SqlBool> =>
      and([
        eb('sessions.user_num', '=', user),
        ...(only === undefined ? [] : [eb('sessions.id', '=', only)]),
        ...(except == null ? [] : [eb('sessions.id', '<>', except)]),
        ...(when === undefined ? [] : [exists(when)]),
      ])

  return {
    /** For a user stored earlier in the transaction; with `password_hash` only while that is their password hash. */
    insert(user_id: string, session: Session, password_hash?: string): Query {
      const { id, created_at, expires_at, user_agent, address } = session
      return queries
        .insertInto('sessions')
        .columns(['id', 'user_num', 'created_at', 'expires_at', 'user_agent', 'address', 'last_seen_at'])
        .expression((select) => {
          const users = select.selectFrom('users').where('users.id', '=', user_id).where('deleted_at', 'is', null)
          const allowed = password_hash === undefined ? users : users.where('password_hash', '=', password_hash)
          return allowed.select(({ val }) => [
            val(id).as('id'),
            'users.num',
            val(created_at).as('created_at'),
            val(expires_at).as('expires_at'),
            val(user_agent).as('user_agent'),
            val(address).as('address'),
            val(created_at).as('last_seen_at'),
          ])
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .compile()
    },

    /** Ends sessions that are still live and writes changes for the other nodes; the first statement returns their ids. */
    end(which: Ending, now: number): Query[] {
      const update = queries
        .updateTable('sessions')
        .set({ revoked_at: now })
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .where(among(which))
        .returning('id')
      // Includes sessions that another statement ended in the same millisecond: nodes may be told of those twice.
      const tell = queries
        .insertInto('identity_changes')
        .columns(['kind', 'ref', 'at'])
        .expression((select) =>
          select
            .selectFrom('sessions')
            .where('revoked_at', '=', now)
            .where(among(which))
            .select(({ val }) => [val('session').as('kind'), 'sessions.id', val(now).as('at')]),
        )
      return [update.compile(), tell.compile()]
    },

    /**
     * Moves the connections of the live session `from` to `to` (rule A1). Must come before `end`: every node, also one that
     * still runs an earlier release, then reads first that they moved and after that that `from` ended.
     */
    move(
      { from, to, ...which }: { user: number; from: string; to: string; when: Expression<unknown> },
      now: number,
    ): Query {
      return queries
        .insertInto('identity_changes')
        .columns(['kind', 'ref', 'at'])
        .expression((select) =>
          select
            .selectFrom('sessions')
            .where('revoked_at', 'is', null)
            .where('expires_at', '>', now)
            .where(among({ ...which, only: from }))
            .select(({ val }) => [val('moved').as('kind'), val(`${from} ${to}`).as('ref'), val(now).as('at')]),
        )
        .compile()
    },

    /** Administrators, or what they chose for the server, changed. */
    serverChanged: (at: number): Query =>
      queries.insertInto('identity_changes').values({ kind: 'server', ref: '', at }).compile(),

    profileChanged: (user: number, at: number): Query =>
      queries
        .insertInto('identity_changes')
        .values({ kind: 'profile', ref: String(user), at })
        .compile(),
  }
}

export type SessionStore = ReturnType<typeof createSessionStore>

export function createSessionStore(db: Database, tell: TellUnreadable) {
  const readUser = createReadUser(tell)
  const queries = createQueries<IdentityTables>(db.dialect)
  const statements = createSessionQueries(db.dialect)
  const devices = createDeviceQueries(db.dialect)
  const live = (now: number) => (select: ExpressionBuilder<IdentityTables, 'sessions'>) =>
    select.and([select('sessions.revoked_at', 'is', null), select('sessions.expires_at', '>', now)])

  return {
    async user(session_id: string, user_id: string, now: number): Promise<SessionUser | null> {
      const query = queries
        .selectFrom('users')
        .innerJoin('sessions', 'sessions.user_num', 'users.num')
        .select(profileColumns)
        .select(['sessions.expires_at', 'sessions.revoked_at', 'sessions.created_at', 'sessions.last_seen_at'])
        .where('sessions.id', '=', session_id)
        .where('users.id', '=', user_id)
      type Joined = ProfileRow & {
        expires_at: number
        revoked_at: number | null
        created_at: number
        last_seen_at: number | null
      }
      const [row] = await db.all<Joined>(query.compile())
      if (!row) return null
      const seen_at = row.last_seen_at ?? row.created_at
      return { ...readUser(row), live: row.revoked_at === null && row.expires_at > now, seen_at }
    },

    /** Stores that a session was used; false when it has ended. */
    async touch(session_id: string, now: number): Promise<boolean> {
      const query = queries
        .updateTable('sessions')
        .set({ last_seen_at: now })
        .where('id', '=', session_id)
        .where(live(now))
      const [rows] = await db.write([query.returning('id').compile()])
      return rows?.length === 1
    },

    /** Counts a refresh if the session is live and was refreshed `turn` times so far; else false. */
    async refresh(
      session_id: string,
      turn: number,
      { now, expires_at, user_agent, address }: Omit<Session, 'id' | 'created_at'> & { now: number },
    ): Promise<boolean> {
      const query = queries
        .updateTable('sessions')
        .set({ refreshes: turn + 1, refreshed_at: now, last_seen_at: now, expires_at, user_agent, address })
        .where('id', '=', session_id)
        .where('refreshes', '=', turn)
        .where(live(now))
      const [rows] = await db.write([query.returning('id').compile()])
      return rows?.length === 1
    },

    /** null when it was never refreshed, or is not live. */
    async lastRefresh(session_id: string, now: number): Promise<Refreshed | null> {
      const query = queries.selectFrom('sessions').select(['refreshes', 'refreshed_at']).where('id', '=', session_id)
      type Columns = Row & { refreshes: number; refreshed_at: number | null }
      const [row] = await db.all<Columns>(query.where(live(now)).compile())
      if (!row || row.refreshed_at === null) return null
      return { refreshes: row.refreshes, refreshed_at: row.refreshed_at }
    },

    async list(user: number, limit: number, now: number): Promise<ListedSession[]> {
      const query = queries
        .selectFrom('sessions')
        .select(['id', 'created_at', 'expires_at', 'user_agent', 'address'])
        .select(({ fn }) => fn.coalesce('last_seen_at', 'created_at').as('last_seen_at'))
        .where('user_num', '=', user)
        .where(live(now))
        .orderBy('last_seen_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
      return db.all<Row & ListedSession>(query.compile())
    },

    /** Returns how many sessions this ended. */
    async end({ forget, ...which }: EndingNow, now: number): Promise<number> {
      const [ended] = await db.write([...statements.end(which, now), ...(forget ? [devices.forget(which)] : [])])
      return ended?.length ?? 0
    },

    /** Changes after `num`, in the order of their numbers. */
    changesAfter: (num: number, limit: number): Promise<SessionChange[]> =>
      db.all<Row & SessionChange>(
        queries
          .selectFrom('identity_changes')
          .select(['num', 'kind', 'ref'])
          .where('num', '>', num)
          .orderBy('num')
          .limit(limit)
          .compile(),
      ),

    async lastChange(): Promise<number> {
      const query = queries.selectFrom('identity_changes').select(({ fn }) => fn.max('num').as('num'))
      const [row] = await db.all<Row & { num: number | null }>(query.compile())
      return row?.num ?? 0
    },

    /** Deletes ended sessions, and changes that every node has read. */
    async prune(before: number, now: number): Promise<void> {
      await db.write([
        devices.expire(now),
        queries.deleteFrom('sessions').where('expires_at', '<', before).compile(),
        queries.deleteFrom('identity_changes').where('at', '<', before).compile(),
      ])
    },
  }
}
