import { createCache } from '../../../core/collections/cache.ts'
import type { Caller, UserCaller, UserRef } from '../../../core/caller.ts'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import { Multimap } from '../../../core/collections/multimap.ts'
import type { Profiles } from '../../../room/people.ts'
import type { SessionStore } from './store.ts'
import { guestName, guestProfile } from '../state.ts'
import type { Tokens } from './tokens.ts'

/** Verified tokens in the cache. */
const cacheSize = 50_000
/** Ended sessions that are remembered, for tokens whose verification was under way when the session ended. */
const endedSize = 10_000
/** Ms between two updates of when a session was last used. */
const noteEvery = 300_000

/** `seen_at`: when the last use of the session was last stored. */
type Verified = { user: UserRef; session_id: string; expires_at: number; seen_at: number }

/** What of a caller does not depend on where the call came from. */
type Known = Omit<UserCaller, 'address'>

export type Verification = {
  /** The caller with this token; null is no token. Synchronous for a token in the cache (rules T1 to T3). */
  authenticate(token: string | null, address: string): Caller | Promise<Caller>
  /** Makes the tokens of these sessions invalid (rule T6). */
  end(session_ids: ReadonlySet<string>): void
  /** Resolves when no work is under way. */
  settled(): Promise<void>
}

export type VerificationDeps = {
  store: Pick<SessionStore, 'user' | 'touch'>
  tokens: Pick<Tokens, 'verify'>
  profiles: Pick<Profiles, 'cachedProfile' | 'loadProfile'>
  clock: Clock
  /** Whether the user administers the server now (rule AD2). */
  isAdmin: (user: number) => boolean
  onFailure: (error: unknown) => void
}

export function createVerification({
  store,
  tokens,
  profiles,
  clock,
  isAdmin,
  onFailure,
}: VerificationDeps): Verification {
  /** Cached tokens by session, so that those of an ended session are found without a scan. */
  const ofSession = new Multimap<string, string>()
  const verified = createCache<string, Verified>(cacheSize, ({ session_id }, token) =>
    ofSession.delete(session_id, token),
  )
  const ended = createCache<string, true>(endedSize)
  /** Verifications under way, by token. */
  const verifying = new Map<string, Promise<Known>>()
  const notes = new Set<Promise<void>>()

  function authenticate(token: string | null, address: string): Caller | Promise<Caller> {
    if (token === null) return { kind: 'anonymous', address }
    const known = verified.get(token)
    const profile = known && profiles.cachedProfile(known.user.num)
    if (!known || !profile) return verifyOnce(token).then((caller) => ({ ...caller, address }))
    if (known.expires_at <= clock.now()) throw new AppError('token_expired')
    noteUse(known)
    const { user, session_id, expires_at } = known
    return { kind: 'user', address, profile, user, session_id, expires_at, admin: isAdmin(user.num) }
  }

  /** Who comes with many calls at once is looked up once (rule T3). */
  function verifyOnce(token: string): Promise<Known> {
    const underWay = verifying.get(token)
    if (underWay) return underWay
    const mine = verify(token).finally(() => verifying.delete(token))
    verifying.set(token, mine)
    return mine
  }

  async function verify(token: string): Promise<Known> {
    const { sub, sid: session_id, fresh, expires_at } = await tokens.verify(token)
    const session = await store.user(session_id, sub, clock.now())
    if (session === null && fresh) {
      const user = { num: 0, id: sub }
      return { kind: 'user', user, profile: guestProfile(sub, guestName), session_id, expires_at }
    }
    if (!session?.live) throw new AppError('token_invalid')
    const user = { num: session.num, id: sub }
    const profile = await profiles.loadProfile(session.num)
    if (ended.has(session_id)) throw new AppError('token_invalid')
    const known = { user, session_id, expires_at, seen_at: session.seen_at }
    verified.set(token, known)
    ofSession.add(session_id, token)
    noteUse(known)
    return { kind: 'user', profile, user, session_id, expires_at, admin: isAdmin(user.num) }
  }

  function noteUse(known: Verified): void {
    const now = clock.now()
    if (now - known.seen_at < noteEvery) return
    known.seen_at = now
    const writing = note(known.session_id, now).finally(() => notes.delete(writing))
    notes.add(writing)
  }

  /** Stores the use of a session. That also shows if the session has ended without this node having learned of it. */
  async function note(session_id: string, now: number): Promise<void> {
    try {
      if (!(await store.touch(session_id, now))) end(new Set([session_id]))
    } catch (error) {
      onFailure(error)
    }
  }

  function end(session_ids: ReadonlySet<string>): void {
    for (const id of session_ids) {
      ended.set(id, true)
      for (const token of ofSession.get(id)) verified.delete(token)
    }
  }

  return {
    authenticate,
    end,
    async settled() {
      await Promise.all(notes)
    },
  }
}
