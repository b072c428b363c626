import { type ConnectionState, connect, type Me, type Parlor, type Store } from '@parlor/client'
import { effect, type ReadonlySignal, signal } from '@preact/signals'
import { home } from './base-path.ts'
import { forget } from './user-storage.ts'

export type { Me } from '@parlor/client'

/** The one client of the server, and what of it every page follows. */
export type Session = {
  parlor: Parlor
  /** Who is here: null until somebody gave a name or signed in. */
  me: ReadonlySignal<Me | null>
  connection: ReadonlySignal<ConnectionState>
  /** Signs out, or deletes the account: ways out that are one's own, of which `onEnded` does not tell. */
  leave(how: (parlor: Parlor) => Promise<void>): Promise<void>
}

/** `onEnded` is called when the session ends without being left: revoked elsewhere, or run out. */
export function createSession(onEnded: () => void): Session {
  const parlor = connect({ url: home })
  const me = signalOf(parlor.me)
  let before: string | null = null
  /** Who is leaving, or has left. */
  let leaver: string | null = null
  effect(() => {
    const now = me.value?.id ?? null
    if (before !== null && now === null && before !== leaver) onEnded()
    // Whoever took the place of the one before did so in this browser: that one has left it.
    if (before !== null && now !== null && before !== now) forget(before)
    if (now !== null) leaver = null
    before = now
  })
  return {
    parlor,
    me,
    connection: signalOf(parlor.state),
    async leave(how) {
      const user_id = parlor.me.get()?.id ?? null
      leaver = user_id
      try {
        await how(parlor)
        if (user_id !== null) forget(user_id)
      } finally {
        if (parlor.me.get()?.id === user_id) leaver = null
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
