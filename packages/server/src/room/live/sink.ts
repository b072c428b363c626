import { type JsonText, textAt } from '../../core/json.ts'
import type { Audience } from '../../core/contract.ts'
import type { Profile, UserRef } from '../../core/caller.ts'

/**
 * One event on its way to members: the documented name and its payload's JSON text. `seq` is 0 for ephemeral events;
 * a `room_position` carries its position, so that a stream's cursor moves with it. A text with an age is encoded
 * each time that it is written (rule EN3).
 */
export type Frame<Text extends JsonText = JsonText> = {
  readonly seq: number
  readonly audience: Audience
  /** The id of a user who sees it besides its audience. */
  readonly about?: string | undefined
  readonly event: string
  readonly json: Text
  readonly attachment?: Attached | undefined
}

/** Bytes that belong into this field of an event's payload, which its JSON text lacks (rule BE1). */
export type Attached = { readonly field: string; readonly bytes: Uint8Array }

export const isSettled = (frame: Frame): frame is Frame<string> => typeof frame.json === 'string'

/** The frame as it is written at `now`. */
export const settledAt = (frame: Frame, now: number): Frame<string> =>
  isSettled(frame) ? frame : { ...frame, json: textAt(frame.json, now) }

/**
 * Frames of one room, in order, to be written to one or more members. `encodings` makes a door's bytes of them
 * once, however many members of that door share them; `encode` must be one function for all of them. One member's own
 * selection of frames has several encodings, of which others share each: they are written in this order.
 */
export type Range = {
  /** The room's num. */
  readonly room: number
  readonly frames: readonly Frame[]
  encodings<T>(encode: (frames: readonly Frame<string>[]) => T): readonly T[]
}

/** Backlog in bytes above which passes skip a client and nothing more is read for it (rules L5, RC7). */
export const waitingLimit = 64 * 1024

/** How a door writes to one client. Nothing here blocks. */
export type Sink = {
  /** Bytes written to the socket that the client has not read yet. */
  waiting(): number
  /** Unread bytes for this client alone: those queued for the next write, and at most those already written. */
  own(): number
  /** Writes frames of a room, behind queued `emit`s and in the same write. */
  write(range: Range): void
  /** Queues an event for this client alone; it leaves before the next `write`, or with `flush`. */
  emit(event: string, json: string): void
  flush(): void
  /** Calls back once when the client has read its backlog. Used only if `waiting` or `own` is over the limit. */
  whenDrained(run: () => void): void
  /**
   * Ends the connection so that a stock client reconnects: WebSocket close 1013, a dropped polling session, an ended
   * stream. For `failed` nothing more is written, and nothing is thrown.
   */
  cut(reason: CutReason): void
  /** Ends the transport now; the client's backlog is discarded. */
  drop(): void
}

/**
 * `failed`: writing to it failed. `restored`: the member's position no longer fits the room's log (a new
 * epoch, or a gap); it starts over.
 */
export type CutReason = 'slow' | 'session_ended' | 'shutdown' | 'restored' | 'failed'

/** The owner of a connection. A stream does not make its user present: `present` false. `user` null: a stream without a token. */
export type ConnectionOwner = {
  user: UserRef | null
  profile: Profile | null
  session_id: string | null
  /** An API key of some rooms: events to its user are not sent to it, because they may tell of others (rule DT6). */
  isLimited?: boolean
  address: string
  present: boolean
}
