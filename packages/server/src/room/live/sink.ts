import { type JsonText, textAt } from '../../core/json.ts'
import type { Audience } from '../../core/contract.ts'
import type { Profile, UserRef } from '../../core/caller.ts'

/**
 * One event on its way to members: the documented name and its payload's JSON text. `seq` is 0 for what is not stored;
 * a `room_position` carries the position that it tells, so that a stream's cursor moves with it. A text that ages is made
 * anew each time that it is written (rule EN3).
 */
export type Frame<Text extends JsonText = JsonText> = {
  readonly seq: number
  readonly audience: Audience
  readonly event: string
  readonly json: Text
}

export const isSettled = (frame: Frame): frame is Frame<string> => typeof frame.json === 'string'

/** The frame as it is written at `now`. */
export const settledAt = (frame: Frame, now: number): Frame<string> =>
  isSettled(frame) ? frame : { ...frame, json: textAt(frame.json, now) }

/**
 * Frames of one room that one or more members are to be written, in order. `encoded` makes a door's bytes of this very
 * range once, however many members of that door share it; `encode` must be one function for all of them.
 */
export type Range = {
  /** The room's num. */
  readonly room: number
  readonly frames: readonly Frame[]
  encoded<T>(encode: (frames: readonly Frame<string>[]) => T): T
}

/** Bytes that may wait for a client before frames pass it over and nothing more is read for it (rules L5, RC7). */
export const waitingLimit = 64 * 1024

/** How a door reaches one client. Nothing here waits. */
export type Sink = {
  /** Bytes handed over that the client has not taken from us yet. */
  waiting(): number
  /** Bytes for this client alone that it has not taken: those that wait for the next write, and at most those handed over. */
  own(): number
  /** Frames of a room, behind what `emit` left and in the same write. */
  write(range: Range): void
  /** Something for this client alone; leaves in front of the next `write`, or with `flush`. */
  emit(event: string, json: string): void
  flush(): void
  /** Calls once when the client has taken what waits. Asked only of a sink whose `waiting` or `own` is over the limit. */
  whenDrained(run: () => void): void
  /**
   * Ends the connection so that a stock client comes back: WebSocket close 1013, a dropped polling session, an ended
   * stream. For `failed` nothing more is written, and nothing is thrown.
   */
  cut(reason: CutReason): void
  /** Ends the transport now; whatever waits for the client is given up. */
  drop(): void
}

/**
 * `failed`: it could not be written to. `restored`: what an attached member has no longer fits the room's log (a new
 * epoch, or a hole in it); it starts anew.
 */
export type CutReason = 'slow' | 'session_ended' | 'shutdown' | 'restored' | 'failed'

/** Who a connection belongs to. A stream is not presence: `present` false. `user` null: a stream without a token. */
export type ConnectionOwner = {
  user: UserRef | null
  profile: Profile | null
  session_id: string | null
  address: string
  present: boolean
}
