import { type ConnectionState, connect, type Me, type Parlor, type Store } from '@parlor/client'
import { effect, type ReadonlySignal, signal } from '@preact/signals'

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
  const parlor = connect()
  const me = signalOf(parlor.me)
  let wasHere = false
  let leaving = false
  effect(() => {
    const isHere = me.value !== null
    if (wasHere && !isHere && !leaving) onEnded()
    wasHere = isHere
  })
  return {
    parlor,
    me,
    connection: signalOf(parlor.state),
    async leave(how) {
      leaving = true
      try {
        await how(parlor)
      } finally {
        leaving = false
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
