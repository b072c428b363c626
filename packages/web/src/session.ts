import type { ReadonlySignal } from '@preact/signals'

/** Who is here: null until somebody gave a name or signed in. */
export type Me = { id: string; username: string; email: string | null; guest: boolean; avatar_url: string | null }

/** The one client of the server, and what of it the pages follow. */
export type Session = {
  me: ReadonlySignal<Me | null>
}
