import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Database, Query, Row } from '../../../platform/db/database.ts'
import { createQueries } from '../../../platform/db/kysely.ts'
import { createDeviceQueries } from './device-store.ts'
import { type Found, foundIn, type IdentityTables, profileColumns, type ProfileRow } from '../tables.ts'

export type Session = {
  id: string
  created_at: number
  expires_at: number
  user_agent: string | null
  address: string | null
}
export type ListedSession = Session & { last_seen_at: number }
/** A session's user; `live` false: it was revoked or is over. */
export type SessionUser = Found & { live: boolean; seen_at: number }
/** What a session's latest refresh was: the one with this number, at this time. */
export type Refreshed = { refreshes: number; refreshed_at: number }
/** `moved`: the ids of a session and of the one that its connections belong to from now on, with a space between. */
export type Change = { num: number; kind: 'session' | 'profile' | 'moved'; ref: string }
/** Sessions of one user: all, one, or all but one; and only when the query of `when` has a row. */
type Ending = { user: number; only?: string; except?: string | null; when?: Expression<unknown> }

/** `forget`: from where they were opened is not known any more either (rule A11). */
export type EndingNow = Omit<Ending, 'when'> & { forget: boolean }

/** Statements on sessions, for those who write users in the same transaction. */
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
    /** For a user that is stored by then; with `password_hash` only while that is the hash of theirs. */
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

    /** Ends what is not over yet and leaves it for the other nodes; the first statement answers the ids. */
    end(which: Ending, now: number): Query[] {
      const update = queries
        .updateTable('sessions')
        .set({ revoked_at: now })
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .where(among(which))
        .returning('id')
      // Those of the statement before, and perhaps some that were ended in the same millisecond: nodes may be told twice.
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
     * Connections of the live session `from` are `to`'s from now on (rule A1). Before `end`: every node, the one that still
     * runs an earlier release too, reads first that they moved and then that `from` ended.
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

    profileChanged: (user: number, at: number): Query =>
      queries
        .insertInto('identity_changes')
        .values({ kind: 'profile', ref: String(user), at })
        .compile(),
  }
}

export type SessionStore = ReturnType<typeof createSessionStore>

export function createSessionStore(db: Database) {
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
      return { ...foundIn(row), live: row.revoked_at === null && row.expires_at > now, seen_at }
    },

    /** Notes that a session was used; false when it has ended. */
    async touch(session_id: string, now: number): Promise<boolean> {
      const query = queries
        .updateTable('sessions')
        .set({ last_seen_at: now })
        .where('id', '=', session_id)
        .where(live(now))
      const [rows] = await db.write([query.returning('id').compile()])
      return rows?.length === 1
    },

    /** The session's next refresh, when `turn` is its present number and it is live; else false. */
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

    /** Answers how many have ended now. */
    async end({ forget, ...which }: EndingNow, now: number): Promise<number> {
      const [ended] = await db.write([...statements.end(which, now), ...(forget ? [devices.forget(which)] : [])])
      return ended?.length ?? 0
    },

    /** In the order of their numbers. */
    changesAfter: (num: number, limit: number): Promise<Change[]> =>
      db.all<Row & Change>(
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

    /** Forgets sessions that are over and what every node has heard of. */
    async prune(before: number, now: number): Promise<void> {
      await db.write([
        devices.expire(now),
        queries.deleteFrom('sessions').where('expires_at', '<', before).compile(),
        queries.deleteFrom('identity_changes').where('at', '<', before).compile(),
      ])
    },
  }
}
