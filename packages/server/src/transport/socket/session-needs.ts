import type { z } from 'zod'
import type { Action, Pipeline } from '../../core/action.ts'
import type { UserCaller, UserRef } from '../../core/caller.ts'
import type { Timers } from '../../core/clock.ts'
import type { WaitingCalls } from '../../core/order/waiting-calls.ts'
import type { AppError } from '../../core/error.ts'
import type { Log } from '../../platform/log/log.ts'
import type { InputQueue } from '../guards/input-queue.ts'
import type { Live } from '../../room/live/live.ts'
import type { RoomRow } from '../../room/types.ts'
import type { InFlightBytes } from '../http/in-flight-bytes.ts'

/** A client event and its action. */
export type EventRoute = { event: string; action: Action; schema: z.ZodType }

/** What a session needs from the rest of the server. */
export type SessionNeeds = {
  call: Pipeline
  live: Live
  timers: Timers
  log: Log
  /** The user of this token, and the payload of `connected` except `sid`. Rejects with AppError. */
  authenticate: (auth: { token: string | null }, address: string) => Promise<{ caller: UserCaller; connected: object }>
  /**
   * Counts a handshake of the address, when a client connects again on the same transport: the reason for a refusal, or
   * null.
   */
  handshake: (address: string) => AppError | null
  /** The room whose events every connection gets unless it sends `lobby: false`, and that event's name; null: none. */
  lobby: () => { room: RoomRow; event: string } | null
  /** A connection asked for the feed of its user's rooms, with `feed: true`. */
  feed: (connection_id: string, user: UserRef) => void
  /** Counts attachments in memory until a packet's last one has arrived. */
  inFlight: InFlightBytes
  inputQueue: InputQueue
  /** What the connections of this address have waiting. */
  waitingOf: (address: string) => WaitingCalls
}
