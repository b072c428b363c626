import { type Browser, listen } from '../browser.ts'
import { asParlorError, isFields } from './failure.ts'
import { type Keep, readObject } from './storage.ts'
import { createStore, type Store } from '../store.ts'
import { backoff, type Time } from '../time.ts'
import type { Me } from '../types.ts'

/** The stored session. */
export type Session = {
  user_id: string
  /** Stays the same when tokens are refreshed. */
  session_id: string
  /** Null until the server has sent the user. */
  user: Me | null
  access_token: string
  refresh_token: string | null
  /** In ms of this machine's clock. */
  expires_at: number
}

/** The answer of the sign-in routes. */
export type SignedIn = { user: Me; access_token: string; refresh_token: string; expires_in: number }

export type Tokens = {
  readonly session: Store<Session | null>
  /** Begins a session in all tabs; null: signs out. */
  begin(session: Session | null): void
  signedIn(answer: SignedIn): Me
  /** Ends this session; a newer one that replaced it, here or in another tab, continues. */
  end(session_id: string | null): void
  /** Stores what the server says about the user. */
  know(user: Me): void
  /**
   * Refreshes the tokens (rule C1). False: they were refused, and nobody is signed in any more (rule C2); true: a user
   * is signed in, possibly another one. Rejects with ParlorError when the server could not be asked. Concurrent calls
   * share one request.
   */
  refresh(): Promise<boolean>
  close(): void
}

export type TokensDeps = {
  keep: Keep
  key: string
  browser: Browser
  time: Time
  /** Called synchronously when the session or its tokens have changed. */
  onChange: () => void
  /** Asks the server; rejects with ParlorError. */
  exchange: (refresh_token: string) => Promise<SignedIn>
}

/** A token is refreshed so many ms before it expires; a short-lived one after half of its life. */
const aheadMs = 60_000
/** Pauses after a failed refresh request. */
const pauses = { first: 2000, most: 60_000 }

export function createTokens(deps: TokensDeps): Tokens {
  const { keep, key, browser, time, exchange, onChange } = deps
  const session = createStore<Session | null>(readSession(keep, key))
  let refreshing: Promise<boolean> | null = null
  let failures = 0
  let cancelTimer = () => {}
  let isClosed = false

  function adopt(next: Session | null): void {
    if (JSON.stringify(next) === JSON.stringify(session.get())) return
    session.set(next)
    plan()
    onChange()
  }

  function begin(next: Session | null): void {
    write(next)
    adopt(next)
  }

  /** Writes only over the same session: one that another tab began or ended since stays (rule C5). */
  function become(next: Session | null): void {
    if (readSession(keep, key)?.session_id === session.get()?.session_id) write(next)
    adopt(next)
  }

  function write(next: Session | null): void {
    try {
      if (next) keep.set(key, JSON.stringify(next))
      else keep.remove(key)
    } catch {
      // The storage is full: the session lasts as long as the page, and no other user's session stays stored.
      keep.remove(key)
    }
  }

  /** Schedules the next refresh. */
  function plan(): void {
    cancelTimer()
    cancelTimer = () => {}
    const now = session.get()
    if (!now?.refresh_token || isClosed) return
    const left = now.expires_at - time.now()
    const pause = failures > 0 ? backoff(time, failures - 1, pauses.first, pauses.most) : 0
    const wait = Math.max(pause, left - Math.min(aheadMs, left / 2))
    cancelTimer = time.after(wait, () => {
      // A browser's timer takes at most 24 days; and after sleep the time is checked again.
      if (isDue()) refresh().catch(() => {})
      else plan()
    })
  }

  const isDue = () => (session.get()?.expires_at ?? 0) - time.now() <= aheadMs

  function refresh(): Promise<boolean> {
    refreshing ??= locked(refreshOnce).finally(() => {
      refreshing = null
    })
    return refreshing
  }

  /** One tab at a time; the others then find its tokens. */
  function locked(run: () => Promise<boolean>): Promise<boolean> {
    return browser.navigator?.locks?.request(`${key}.refresh`, run) ?? run()
  }

  async function refreshOnce(): Promise<boolean> {
    const before = session.get()
    if (adoptFromOtherTab(before)) return true
    if (!before?.refresh_token) {
      become(null)
      return false
    }
    try {
      const answer = await exchange(before.refresh_token)
      failures = 0
      // The user signed out or changed meanwhile: discard these tokens.
      if (session.get()?.session_id !== before.session_id) return session.get() !== null
      become(sessionFrom(answer))
      return true
    } catch (thrown) {
      const error = asParlorError(thrown)
      if (error.retry !== 'never') {
        failures += 1
        plan()
        throw error
      }
      if (adoptFromOtherTab(before)) return true
      if (session.get()?.access_token === before.access_token) become(null)
      return false
    }
  }

  /** Adopts tokens that another tab has refreshed since. */
  function adoptFromOtherTab(before: Session | null): boolean {
    const kept = readSession(keep, key)
    if (!kept || !before || kept.user_id !== before.user_id || kept.access_token === before.access_token) return false
    adopt(kept)
    return true
  }

  function sessionFrom({ user, access_token, refresh_token, expires_in }: SignedIn): Session & { user: Me } {
    const me = meOf(user)
    const session_id = claimsOf(access_token)?.sid ?? access_token
    const expires_at = time.now() + expires_in * 1000
    return { user_id: me.id, session_id, user: me, access_token, refresh_token, expires_at }
  }

  const stopListening = listen(browser.window, 'storage', (event) => {
    // `clear()` sends a storage event without a key.
    if ('key' in event && (event.key === key || event.key === null)) adopt(readSession(keep, key))
  })
  plan()

  return {
    session,
    begin,
    signedIn(answer) {
      const next = sessionFrom(answer)
      begin(next)
      return next.user
    },
    end(session_id) {
      adoptFromOtherTab(session.get())
      if (session.get()?.session_id === session_id) become(null)
    },
    know(user) {
      // Never overwrite fresher tokens of another tab: using the old ones again would end the session.
      adoptFromOtherTab(session.get())
      const now = session.get()
      if (now?.user_id === user.id && JSON.stringify(now.user) !== JSON.stringify(user)) become({ ...now, user })
    },
    refresh,
    close() {
      isClosed = true
      stopListening()
      cancelTimer()
    },
  }
}

/** The fields of the server's user that are stored. */
export function meOf({ id, username, email, guest, admin, avatar_url, created_at }: Me): Me {
  return { id, username, email, guest, admin, avatar_url, created_at }
}

function readSession(keep: Keep, key: string): Session | null {
  const { user_id, session_id, user, access_token, refresh_token, expires_at } = readObject(keep, key) ?? {}
  if (typeof user_id !== 'string' || typeof access_token !== 'string' || typeof expires_at !== 'number') return null
  return {
    user_id,
    session_id: typeof session_id === 'string' ? session_id : access_token,
    user: isMe(user) ? user : null,
    access_token,
    refresh_token: typeof refresh_token === 'string' ? refresh_token : null,
    expires_at,
  }
}

/** Checks what this package itself has stored. */
const isMe = (value: unknown): value is Me =>
  isFields(value) && typeof value['id'] === 'string' && typeof value['username'] === 'string'

/** The session of a token from the options; null if it is not a token. */
export function sessionOf(access_token: string, known: Session | null): Session | null {
  const claims = claimsOf(access_token)
  if (!claims) return null
  const { sub: user_id, sid, exp } = claims
  const user = known?.user_id === user_id ? known.user : null
  const expires_at = exp === null ? Number.MAX_SAFE_INTEGER : exp * 1000
  return { user_id, session_id: sid ?? access_token, user, access_token, refresh_token: null, expires_at }
}

/** A token's claims (RFC 7519, 4.1), not verified: the server does that. */
function claimsOf(token: string): { sub: string; sid: string | null; exp: number | null } | null {
  const [, claims = ''] = token.split('.')
  try {
    const bytes = atob(claims.replaceAll('-', '+').replaceAll('_', '/'))
    const parsed: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))))
    if (!isFields(parsed) || typeof parsed['sub'] !== 'string') return null
    const { sub, sid, exp } = parsed
    return { sub, sid: typeof sid === 'string' ? sid : null, exp: typeof exp === 'number' ? exp : null }
  } catch {
    return null
  }
}
