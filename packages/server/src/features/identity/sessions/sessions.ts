import type { CallContext } from '../../../core/action.ts'
import { createCache } from '../../../core/collections/cache.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { newId } from '../../../core/id.ts'
import type { ListedSession, Refreshed, Session, SessionStore } from './store.ts'
import type { IdentityStore } from '../store.ts'
import type { Account } from '../users/account-rows.ts'
import type { Tokens } from './tokens.ts'

const hour = 3_600_000
/** Ms that tokens last (rule T4); a session lasts as long as the longest of its tokens. */
export const tokenLifetimes = { hour, half_day: 12 * hour, refresh: 30 * 24 * hour, guestAccess: 30 * 24 * hour }
/** Ms for which a used refresh token answers the same successor again (rule T5). */
const refreshGrace = 10_000
/** Ms by which another node's clock may be ahead of this node's. */
const clockSkew = 2_000
/** Sessions whose latest refresh on this node is remembered. */
const refreshedSize = 10_000
/** Sessions that a list shows. */
const listed = 200

/** The address and client from which a session is opened or used. */
export type ClientInfo = { address: string; user_agent: string | null }

export const clientInfoOf = ({ address }: { address: string }, { user_agent }: CallContext): ClientInfo => ({
  address,
  user_agent: user_agent?.slice(0, 400) ?? null,
})

export type SignedIn = {
  user: ReturnType<typeof shownUser>
  access_token: string
  refresh_token: string
  expires_in: number
}

export type Sessions = ReturnType<typeof createSessions>
type SessionsDeps = {
  store: SessionStore
  users: Pick<IdentityStore, 'account' | 'userById'>
  tokens: Tokens
  clock: Clock
  /** Sessions ended: this node applies it before the caller is answered (rule T6). */
  onEnded: () => Promise<void>
}

export function createSessions({ store, users, tokens, clock, onEnded }: SessionsDeps) {
  /** A new session, not stored yet. */
  const begin = (origin: ClientInfo): Session => {
    const created_at = clock.now()
    return { id: newId(), created_at, expires_at: created_at + tokenLifetimes.refresh, ...origin }
  }

  /** The tokens of a session that was refreshed `turn` times, most recently at `at`. */
  async function answer(
    user: Account,
    sid: string,
    { turn, at, access }: { turn: number; at: number; access: number },
  ) {
    const { id: sub } = user
    return {
      user: shownUser(user),
      access_token: await tokens.signAccess({ sub, sid }, access),
      refresh_token: await tokens.signRefresh({ sub, sid, turn }, at, tokenLifetimes.refresh),
      expires_in: access / 1000,
    }
  }

  async function end(which: Parameters<SessionStore['end']>[0]): Promise<number> {
    const ended = await store.end(which, clock.now())
    if (ended > 0) await onEnded()
    return ended
  }

  /** This node's latest refreshes, timed by its monotonic clock: setting the wall clock makes no old refresh recent (rule T5). */
  const refreshed = createCache<string, { turn: number; at: number }>(refreshedSize)

  function isRecent(sid: string, { refreshes, refreshed_at }: Refreshed): boolean {
    const here = refreshed.get(sid)
    if (here?.turn === refreshes) return clock.monotonic() - here.at <= refreshGrace
    // Refreshed by another node, or before a restart: a time in the future means that a clock was set, not a recent refresh.
    const passed = clock.now() - refreshed_at
    return passed >= -clockSkew && passed <= refreshGrace
  }

  async function refresh(token: string, origin: ClientInfo): Promise<SignedIn> {
    const { sub, sid, turn } = await tokens.verifyRefresh(token)
    const now = clock.now()
    const found = await store.user(sid, sub, now)
    const user = found?.live ? await users.account(found.num) : null
    if (!user) throw new AppError('token_invalid')
    const taken = await store.refresh(sid, turn, { now, expires_at: now + tokenLifetimes.refresh, ...origin })
    if (taken) {
      refreshed.set(sid, { turn: turn + 1, at: clock.monotonic() })
      return answer(user, sid, { turn: turn + 1, at: now, access: tokenLifetimes.hour })
    }
    const last = await store.lastRefresh(sid, now)
    if (last?.refreshes === turn + 1 && isRecent(sid, last))
      return answer(user, sid, { turn: turn + 1, at: last.refreshed_at, access: tokenLifetimes.hour })
    // Two clients hold a token that was given to one. Which of them stole it is unknown, so the session ends for both.
    await end({ user: user.num, only: sid, forget: true })
    throw new AppError('token_invalid')
  }

  return {
    begin,
    /** The answer to a sign-in, for a session that was just stored. */
    opened: (user: Account, { id, created_at }: Session, access: number): Promise<SignedIn> =>
      answer(user, id, { turn: 0, at: created_at, access }),
    refresh,
    end,
    async list(user: number, current: string | null) {
      return (await store.list(user, listed, clock.now())).map((session) => shownSession(session, current))
    },
  }
}

const time = (at: number): string => new Date(at).toISOString()

export const shownUser = ({ id, username, email, guest, admin, avatar_url, created_at }: Omit<Account, 'num'>) => ({
  ...{ id, username, email, guest, admin, avatar_url },
  created_at: time(created_at),
})

const shownSession = (
  { id, created_at, last_seen_at, expires_at, ...from }: ListedSession,
  current: string | null,
) => ({
  id,
  created_at: time(created_at),
  last_seen_at: time(last_seen_at),
  expires_at: time(expires_at),
  user_agent: from.user_agent,
  address: from.address,
  current: id === current,
})
