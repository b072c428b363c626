// Generated from the contracts of the server by `npm run docs`: change those.

import type { Ban, Person, WaitingPerson } from './shapes.generated.ts'

/** Events that carry a whole record, without the type of it; others come as `record_changed`. */
export const recordEvents: Readonly<Record<string, string>> = {
}

/** The value of a record by the name of its type. */
export type RecordValues = {
  /** Someone may not come back; the key is their id. */
  ban: Ban
  /** An invitation, without its code; the key is its id. */
  invite: {
    role: 'member' | 'cohost'
    expires_at: string | null
    max_uses: number | null
    uses: number
    created_at: string
    created_by: string
  }
  /**
   * Who stands in for the owner let someone in; the key is their id. An owner or co-host who is back
   * decides anew.
   */
  let_in: { user: Person; by: string; at: string }
  /**
   * Something about the room that its moderators are to know, at most once an hour; the key is its kind.
   * `passwords`: very many wrong passwords were tried.
   */
  notice: { kind: 'passwords'; at: string }
  /**
   * Who stands in for the owner sent someone out; the key is their id. It ends when an owner or co-host
   * is back.
   */
  sent_out: {
    user: Person
    by: string
    at: string
    until: string
    /** What they were, and are again. */
    role: string
  }
  /** Someone waits to be let in; the key is their id. */
  waiting: WaitingPerson
}
