import type { Connection } from '../connection/connection.ts'
import { isTokenTrouble } from '../connection/failure.ts'
import type { ParlorError } from '../error.ts'
import type { WritableStore } from '../store.ts'
import { backoff, type Time } from '../time.ts'
import type { RoomState, WayIn } from '../types.ts'
import { isOut } from './state.ts'

/** The position up to which a room has been read: this `seq` of its log, in this epoch. */
export type Cursor = { seq: number; epoch: string }

export type EntryDeps = {
  connection: Pick<Connection, 'ask' | 'isUp'>
  time: Time
  user_id: () => string | null
}

type EntryOf = {
  cursor: () => Cursor | null
  /** The room refused the join, and it is not retried automatically. */
  onRefused: (error: ParlorError) => void
}

/** Joins a room, and joins it again after every reconnect. */
export type Entry = {
  /** Requests to join; does nothing while disconnected, and for a room that the user is out of (rule S6). */
  join(): void
  /** Drops a pending answer or retry. */
  cancel(): void
  /** The join succeeded: a later refusal starts again with the shortest pause. */
  joined(): void
  /** A new number after each join and each `cancel`, which identifies late answers. */
  attempt(): number
  /** The password or invitation for the next join; it belongs to the signed-in user. */
  setAccess(access: WayIn): void
  /** Forgets it if it belongs to another user (rule S8). */
  changeUser(): void
}

/** Pauses before a join that may succeed later. */
const pauses = { first: 500, most: 10_000 }

/** Refusals that an application shows at once, so that the user can act. */
const shownCodes: ReadonlySet<string> = new Set(['room_full', 'room_locked', 'account_or_invite_required'])

export function createEntry(
  room_id: string,
  firstAccess: WayIn,
  { connection, time, user_id }: EntryDeps,
  state: WritableStore<RoomState>,
  { cursor, onRefused }: EntryOf,
): Entry {
  let access = firstAccess
  /** The user to whom `access` belongs; null: the first who signs in. */
  let owner = user_id()
  let failures = 0
  let current = 0
  let cancelRetry = () => {}

  function join(): void {
    cancelRetry()
    if (isOut(state.get()) || !connection.isUp()) return
    const read = cursor()
    const request = { room_id, ...access, ...(read ? { after_seq: read.seq, epoch: read.epoch } : {}) }
    current += 1
    const own = current
    connection.ask<{ waiting?: true; room: { id: string; name: string } }>('join_room', request, (answer) => {
      if (own !== current) return
      if ('error' in answer) refused(answer.error)
      // An admitted user receives `room_joined`, at once or later.
      else if (answer.data.waiting && state.get().phase !== 'live') wait(answer.data.room)
    })
  }

  function wait({ id, name }: { id: string; name: string }): void {
    failures = 0
    state.set({ ...state.get(), phase: 'waiting', waiting_for: { id, name }, error: null })
  }

  function refused(error: ParlorError): void {
    // The next connection joins again.
    if (error.code === 'offline' || isTokenTrouble(error)) return
    if (mayPass(error)) retryAfter(error)
    else onRefused(error)
  }

  /**
   * Whether the same join is retried: after a conflict, and after a temporary refusal unless the user expects an
   * answer.
   */
  function mayPass(error: ParlorError): boolean {
    const wasIn = state.get().phase === 'catching_up'
    // A rate limit on passwords is shown to the user who typed one (rule S10).
    const isShown = shownCodes.has(error.code) || (error.code === 'rate_limited' && access.password !== undefined)
    const isFinal = error.retry === 'never' || error.code === 'sent_out'
    return error.code === 'conflict' || (!isFinal && (wasIn || !isShown))
  }

  function retryAfter({ details }: ParlorError): void {
    const pause = backoff(time, failures, pauses.first, pauses.most)
    failures += 1
    cancelRetry = time.after(Math.max(pause, (details.retry_after ?? 0) * 1000), join)
  }

  return {
    join,
    cancel() {
      current += 1
      cancelRetry()
    },
    joined() {
      failures = 0
    },
    attempt: () => current,
    setAccess(next) {
      access = next
      owner = user_id()
    },
    changeUser() {
      if (owner !== null && owner !== user_id()) access = {}
      owner = user_id()
    },
  }
}
