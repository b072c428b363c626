import { type ConnectionState, connect, type Me, type Parlor, type Store } from '@parlor/client'
import { effect, type ReadonlySignal, signal } from '@preact/signals'
import { basePath } from './base-path.ts'
import { clearUserStorage } from './user-storage.ts'

export type { Me } from '@parlor/client'

/** The one client of the server, and its state as signals. */
export type Session = {
  parlor: Parlor
  /** The current user; null until somebody has entered a name or signed in. */
  me: ReadonlySignal<Me | null>
  connection: ReadonlySignal<ConnectionState>
  /** Signs out or deletes the account through `how`; `onEnded` is not called for it. */
  leave(how: (parlor: Parlor) => Promise<void>): Promise<void>
}

/** `onEnded` is called when the session ends otherwise than by `leave`: revoked elsewhere, or expired. */
export function createSession(onEnded: () => void): Session {
  const parlor = connect({ url: basePath })
  const me = signalOf(parlor.me)
  let before: string | null = null
  /** The user who is signing out, or has. */
  let leavingUserId: string | null = null
  effect(() => {
    const now = me.value?.id ?? null
    if (before !== null && now === null && before !== leavingUserId) onEnded()
    // Another user signed in in this browser, so the one before has left it.
    if (before !== null && now !== null && before !== now) clearUserStorage(before)
    if (now !== null) leavingUserId = null
    before = now
  })
  return {
    parlor,
    me,
    connection: signalOf(parlor.state),
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

/** A store of the SDK as a signal, for as long as the app runs. */
function signalOf<Value>(store: Store<Value>): ReadonlySignal<Value> {
  const value = signal(store.get())
  store.subscribe(() => {
    value.value = store.get()
  })
  return value
}
