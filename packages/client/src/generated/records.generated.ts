// Generated from the contracts of the server by `npm run docs`: change those.

import type { Ban, Person, PollOption, WaitingPerson } from './shapes.generated.ts'

/** Events that carry a whole record, without the type of it; others come as `record_changed`. */
export const recordEvents: Readonly<Record<string, string>> = {
}

/** The value of a record by the name of its type. */
export type RecordValues = {
  /** A user is banned; the key is their id. */
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
   * A stand-in for the owner let a user in; the key is their id. The user waits again when the owner or
   * a co-host is back.
   */
  let_in: { user: Person; by: string; at: string }
  /**
   * A warning to moderators, at most once an hour; the key is its kind. `passwords`: many wrong
   * passwords were tried.
   */
  notice: { kind: 'passwords'; at: string }
  /** A poll that is open or was closed lately. Its key is its id. */
  poll: {
    /** The message that asks it. */
    message_id: string
    /** The place of that message in the room. */
    message_seq: number
    question: string
    options: readonly PollOption[]
    multiple: boolean
    anonymous: boolean
    /** The id of a user. */
    created_by: string
    created_at: string
    closes_at: string | null
    /** Null while it is open. */
    closed_at: string | null
    /** The id of a user; null: it is open, or closed by itself. */
    closed_by: string | null
    /** Votes by the id of the option. */
    counts: Readonly<Record<string, number>>
    /** How many people voted. */
    voter_count: number
    /** Ids of the first voters by option, not all of them. Null: it is anonymous. */
    voters: Readonly<Record<string, readonly string[]>> | null
  }
  /**
   * The ids of the options that a member chose, by the ids of open polls. Its key is the id of the
   * member, who alone sees it.
   */
  poll_vote: Readonly<Record<string, readonly string[]>>
  /**
   * A stand-in for the owner sent a member out; the key is their id. It ends when the owner or a co-host
   * is back.
   */
  sent_out: {
    user: Person
    by: string
    at: string
    until: string
    /** The role they had before, and get back. */
    role: string
  }
  /** A user waits to be let in; the key is their id. */
  waiting: WaitingPerson
}
