import { type ConnectionState, connect, type Me, type Parlor, type Store } from '@parlor/client'
import { createFeed, type Feed } from '@parlor/client/feed'
import { basePath } from './base-path.ts'
import { clearUserStorage } from './user-storage.ts'

export type { Me } from '@parlor/client'

/** The one client of the server. */
export type Session = {
  parlor: Parlor
  /** The current user; null until somebody has entered a name or signed in. */
  me: Store<Me | null>
  connection: Store<ConnectionState>
  /** The rooms of the user: one feed for all that shows them, read from the first call on. */
  feed(): Feed
  /** Signs out or deletes the account through `how`; `onEnded` is not called for it. */
  leave(how: (parlor: Parlor) => Promise<void>): Promise<void>
}

/** `onEnded` is called when the session ends otherwise than by `leave`: revoked elsewhere, or expired. */
export function createSession(onEnded: () => void): Session {
  const parlor = connect({ url: basePath, feed: true })
  const { me } = parlor
  let before = me.get()?.id ?? null
  /** The user who is signing out, or has. */
  let leavingUserId: string | null = null
  let feed: Feed | null = null
  me.subscribe(() => {
    const now = me.get()?.id ?? null
    if (before !== null && now === null && before !== leavingUserId) onEnded()
    // Another user signed in in this browser, so the one before has left it.
    if (before !== null && now !== null && before !== now) clearUserStorage(before)
    if (now !== null) leavingUserId = null
    before = now
  })
  return {
    parlor,
    me,
    connection: parlor.state,
    feed: () => (feed ??= createFeed(parlor)),
    async leave(how) {
      const user_id = parlor.me.get()?.id ?? null
      leavingUserId = user_id
      try {
        await how(parlor)
        if (user_id !== null) clearUserStorage(user_id)
      } finally {
        if (parlor.me.get()?.id === user_id) leavingUserId = null
      }
    },
  }
}
