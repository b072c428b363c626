import type { Connection } from '../connection/connection.ts'
import { isTokenTrouble } from '../connection/failure.ts'
import type { ParlorError } from '../error.ts'
import type { WritableStore } from '../store.ts'
import { backoff, type Time } from '../time.ts'
import type { RoomState, WayIn } from '../types.ts'
import { isOut } from './state.ts'

/** How far a room has been read: up to this `seq` of its log, in this epoch. */
export type Cursor = { seq: number; epoch: string }

export type EntryDeps = {
  connection: Pick<Connection, 'ask' | 'isUp'>
  time: Time
  user_id: () => string | null
}

type EntryOf = {
  cursor: () => Cursor | null
  /** The room refused, and is not asked again by itself. */
  onRefused: (error: ParlorError) => void
}

/** How a room is joined, and joined again after every cut. */
export type Entry = {
  /** Asks to be let in; does nothing while there is no connection, and for a room that one is out of (rule S6). */
  join(): void
  /** An answer that is still on its way, or a pause, is dropped. */
  cancel(): void
  /** The room was entered: a later refusal begins with the shortest pause again. */
  joined(): void
  /** Another number after each join and each `cancel`, so that an answer can be told to be too late. */
  attempt(): number
  /** The password or invitation for the next join; it belongs to who is signed in. */
  setWay(way: WayIn): void
  /** Forgets it, unless it is of who is signed in now (rule S8). */
  changeUser(): void
}

/** Pauses between joins that may pass later. */
const pauses = { first: 500, most: 10_000 }

/** Refusals that an application shows at once, with what can be done about them. */
const shownCodes: ReadonlySet<string> = new Set(['room_full', 'room_locked', 'account_or_invite_required'])

export function createEntry(
  room_id: string,
  firstWay: WayIn,
  { connection, time, user_id }: EntryDeps,
  state: WritableStore<RoomState>,
  { cursor, onRefused }: EntryOf,
): Entry {
  let way = firstWay
  /** Whose `way` is; null: of whoever signs in first. */
  let owner = user_id()
  let failures = 0
  let current = 0
  let cancelRetry = () => {}

  function join(): void {
    cancelRetry()
    if (isOut(state.get()) || !connection.isUp()) return
    const read = cursor()
    const request = { room_id, ...way, ...(read ? { after_seq: read.seq, epoch: read.epoch } : {}) }
    current += 1
    const own = current
    connection.ask<{ waiting?: true; room: { id: string; name: string } }>('join_room', request, (answer) => {
      if (own !== current) return
      if ('error' in answer) refused(answer.error)
      // Who is let in receives `room_joined`, at once or later.
      else if (answer.data.waiting && state.get().phase !== 'live') wait(answer.data.room)
    })
  }

  function wait({ id, name }: { id: string; name: string }): void {
    failures = 0
    state.set({ ...state.get(), phase: 'waiting', waiting_for: { id, name }, error: null })
  }

  function refused(error: ParlorError): void {
    // A new connection joins again by itself.
    if (error.code === 'offline' || isTokenTrouble(error)) return
    if (mayPass(error)) retryAfter(error)
    else onRefused(error)
  }

  /** Whether the same join is sent again: after a conflict, and for what passes later unless somebody waits for the answer. */
  function mayPass(error: ParlorError): boolean {
    const wasIn = state.get().phase === 'catching_up'
    // A limit on passwords is shown to who typed one (rule S10).
    const isShown = shownCodes.has(error.code) || (error.code === 'rate_limited' && way.password !== undefined)
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
    setWay(next) {
      way = next
      owner = user_id()
    },
    changeUser() {
      if (owner !== null && owner !== user_id()) way = {}
      owner = user_id()
    },
  }
}
