import { createCache } from '../../../core/collections/cache.ts'
import type { UserCaller, UserRef } from '../../../core/caller.ts'
import type { Clock, Timers } from '../../../core/clock.ts'
import { AppError } from '../../../core/error.ts'
import type { KeyGrant } from '../../../core/scope.ts'
import type { Profiles } from '../../../room/people.ts'
import { createExpiry } from './expiry.ts'
import { hashOfKey, isKeyText } from './key-text.ts'
import type { KeyStore } from './store.ts'

/** Verified keys in the cache. */
const cacheSize = 10_000
/** Ended keys that are remembered, for those whose verification was under way when they ended. */
const endedSize = 1_000
/** Ms between two updates of when a key was last used (rule AK6). */
const noteEvery = 60_000

/** `noted_at`: when the last use of the key was last stored. */
type Verified = { user: UserRef; grant: KeyGrant; expires_at: number | null; noted_at: number }

export type KeyVerificationDeps = {
  store: Pick<KeyStore, 'find' | 'touch'>
  profiles: Pick<Profiles, 'cachedProfile' | 'loadProfile'>
  clock: Clock
  timers: Timers
  /** Whether the user administers the server now (rule AD2). */
  isAdmin: (user: number) => boolean
  /** Keys that nobody has, by address: each costs a read of the database (rule AK7). */
  unknown: { assertFew(address: string): void; count(address: string): void }
  /** These keys have expired: their connections must end. */
  onExpired: (ids: readonly string[]) => void
  onFailure: (error: unknown) => void
}

/** Verifies API keys and caches the verified, as `sessions/verification.ts` does with tokens (rules AK3, AK5 to AK7). */
export function createKeyVerification(deps: KeyVerificationDeps) {
  const { store, profiles, clock, timers, isAdmin, unknown, onExpired, onFailure } = deps
  const texts = new Map<string, string>()
  const verified = createCache<string, Verified>(cacheSize, ({ grant }) => texts.delete(grant.id))
  const ended = createCache<string, true>(endedSize)
  const verifying = new Map<string, Promise<Verified>>()
  const notes = new Set<Promise<void>>()
  const expiry = createExpiry({ clock, timers, onExpired })

  function authenticate(text: string, address: string): UserCaller | Promise<UserCaller> {
    const known = verified.get(text)
    const profile = known && profiles.cachedProfile(known.user.num)
    return known && profile ? callerOf(known, profile, address) : load(text, address)
  }

  async function load(text: string, address: string): Promise<UserCaller> {
    const known = verified.get(text) ?? (await verifyOnce(text, address))
    return callerOf(known, await profiles.loadProfile(known.user.num), address)
  }

  function callerOf(known: Verified, profile: UserCaller['profile'], address: string): UserCaller {
    const { user, grant, expires_at } = known
    if (ended.has(grant.id)) throw new AppError('token_invalid')
    if (expires_at !== null && expires_at <= clock.now()) throw new AppError('token_expired')
    noteUse(known)
    const admin = isAdmin(user.num)
    return { kind: 'user', address, profile, user, session_id: grant.id, expires_at, admin, key: grant }
  }

  function verifyOnce(text: string, address: string): Promise<Verified> {
    const underWay = verifying.get(text)
    if (underWay) return underWay
    const mine = verify(text, address).finally(() => verifying.delete(text))
    verifying.set(text, mine)
    return mine
  }

  async function verify(text: string, address: string): Promise<Verified> {
    if (!isKeyText(text)) throw new AppError('token_invalid')
    unknown.assertFew(address)
    const found = await store.find(hashOfKey(text))
    if (!found) {
      unknown.count(address)
      throw new AppError('token_invalid')
    }
    const { num, profile, grant, expires_at } = found
    const known = { user: { num, id: profile.id }, grant, expires_at, noted_at: found.last_used_at ?? 0 }
    if (ended.has(grant.id)) throw new AppError('token_invalid')
    verified.set(text, known)
    texts.set(grant.id, text)
    if (expires_at !== null && expires_at > clock.now()) expiry.add(grant.id, expires_at)
    return known
  }

  function noteUse(known: Verified): void {
    const now = clock.now()
    if (now - known.noted_at < noteEvery) return
    known.noted_at = now
    const writing = note(known.grant.id, now).finally(() => notes.delete(writing))
    notes.add(writing)
  }

  /** Stores the use of a key. That also shows if it was revoked without this node having learned of it. */
  async function note(id: string, now: number): Promise<void> {
    try {
      if (!(await store.touch(id, now))) end([id])
    } catch (error) {
      onFailure(error)
    }
  }

  /** Makes these keys invalid. Ids of sessions may be among them. */
  function end(ids: readonly string[]): void {
    for (const id of ids) {
      ended.set(id, true)
      expiry.remove(id)
      const text = texts.get(id)
      if (text !== undefined) verified.delete(text)
    }
  }

  return {
    authenticate,
    end,
    /** Ends the timer, and resolves when no work is under way. */
    async stop(): Promise<void> {
      expiry.stop()
      await Promise.all(notes)
    },
  }
}
