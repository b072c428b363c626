import { type Browser, listen } from '../browser.ts'
import { asParlorError, isFields } from './failure.ts'
import { type Keep, readObject } from './storage.ts'
import { createStore, type Store } from '../store.ts'
import { backoff, type Time } from '../time.ts'
import type { Me } from '../types.ts'

/** What a browser keeps of who is signed in. */
export type Session = {
  user_id: string
  /** Fresh tokens are of the same session. */
  session_id: string
  /** Null until the server said who it is. */
  user: Me | null
  access_token: string
  refresh_token: string | null
  /** Ms of this machine's clock. */
  expires_at: number
}

/** As the doors for signing in answer. */
export type SignedIn = { user: Me; access_token: string; refresh_token: string; expires_in: number }

export type Tokens = {
  readonly session: Store<Session | null>
  /** Somebody is here from now on, in all tabs; null: nobody. */
  begin(session: Session | null): void
  signedIn(answer: SignedIn): Me
  /** This session is over; another one that took its place meanwhile, here or in another tab, goes on. */
  end(session_id: string | null): void
  /** What the server says of the user now. */
  know(user: Me): void
  /**
   * Fresh tokens (rule C1). False: they were refused, and nobody is signed in any more (rule C2); true: somebody is,
   * who need not be the one before. Rejects with ParlorError when it could not be asked. Those who ask meanwhile share
   * one request.
   */
  refresh(): Promise<boolean>
  close(): void
}

export type TokensDeps = {
  keep: Keep
  key: string
  browser: Browser
  time: Time
  /** The session is another one, or has other tokens; told in the turn in which that happened. */
  onChange: () => void
  /** Asks the server; rejects with ParlorError. */
  exchange: (refresh_token: string) => Promise<SignedIn>
}

/** How long before its end a token is refreshed; of short ones half of their life. */
const aheadMs = 60_000
/** Pauses after a refresh that could not be asked for. */
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

  /** Of the session that is: one that another tab has begun since, or ended, stays as it is (rule C5). */
  function become(next: Session | null): void {
    if (readSession(keep, key)?.session_id === session.get()?.session_id) write(next)
    adopt(next)
  }

  function write(next: Session | null): void {
    try {
      if (next) keep.set(key, JSON.stringify(next))
      else keep.remove(key)
    } catch {
      // A storage that is full: the session lasts as long as the page, and nobody else's is found there.
      keep.remove(key)
    }
  }

  /** Refreshes ahead of the end. */
  function plan(): void {
    cancelTimer()
    cancelTimer = () => {}
    const now = session.get()
    if (!now?.refresh_token || isClosed) return
    const left = now.expires_at - time.now()
    const pause = failures > 0 ? backoff(time, failures - 1, pauses.first, pauses.most) : 0
    const wait = Math.max(pause, left - Math.min(aheadMs, left / 2))
    cancelTimer = time.after(wait, () => {
      // A browser's timer takes 24 days at once; and whoever slept through it looks again.
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

  /** One tab at a time; the others find what it wrote. */
  function locked(run: () => Promise<boolean>): Promise<boolean> {
    return browser.navigator?.locks?.request(`${key}.refresh`, run) ?? run()
  }

  async function refreshOnce(): Promise<boolean> {
    const before = session.get()
    if (takeFromOthers(before)) return true
    if (!before?.refresh_token) {
      become(null)
      return false
    }
    try {
      const answer = await exchange(before.refresh_token)
      failures = 0
      // Signed out or in as somebody else meanwhile: these tokens are nobody's.
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
      if (takeFromOthers(before)) return true
      if (session.get()?.access_token === before.access_token) become(null)
      return false
    }
  }

  /** Another tab refreshed them since: what it got is ours too. */
  function takeFromOthers(before: Session | null): boolean {
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
    // A storage that was emptied names no key.
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
      takeFromOthers(session.get())
      if (session.get()?.session_id === session_id) become(null)
    },
    know(user) {
      // Never over fresher tokens of another tab: whoever lost them would use old ones a second time.
      takeFromOthers(session.get())
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

/** Of a user as the server answers it, what is kept. */
export function meOf({ id, username, email, guest, avatar_url, created_at }: Me): Me {
  return { id, username, email, guest, avatar_url, created_at }
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

/** What this package wrote there itself. */
const isMe = (value: unknown): value is Me =>
  isFields(value) && typeof value['id'] === 'string' && typeof value['username'] === 'string'

/** The session of a token that was handed in; null for what is no token. */
export function sessionOf(access_token: string, known: Session | null): Session | null {
  const claims = claimsOf(access_token)
  if (!claims) return null
  const { sub: user_id, sid, exp } = claims
  const user = known?.user_id === user_id ? known.user : null
  const expires_at = exp === null ? Number.MAX_SAFE_INTEGER : exp * 1000
  return { user_id, session_id: sid ?? access_token, user, access_token, refresh_token: null, expires_at }
}

/** What a token says of itself (RFC 7519, 4.1), unchecked: that is the server's task. */
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
