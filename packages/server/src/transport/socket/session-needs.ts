import type { z } from 'zod'
import type { Action, Pipeline } from '../../core/action.ts'
import type { UserCaller } from '../../core/caller.ts'
import type { Timers } from '../../core/clock.ts'
import type { AppError } from '../../core/error.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Intake } from '../guards/intake.ts'
import type { Live } from '../../room/live/live.ts'
import type { RoomRow } from '../../room/types.ts'
import type { InFlightBytes } from '../http/in-flight-bytes.ts'

/** One client event and the action behind it. */
export type EventRoute = { event: string; action: Action; schema: z.ZodType }

/** What a session needs of the rest of the server. */
export type SessionNeeds = {
  call: Pipeline
  live: Live
  timers: Timers
  log: Log
  /** The user of this token, and what `connected` contains besides `sid`. Rejects with AppError. */
  authenticate: (auth: { token: string | null }, address: string) => Promise<{ caller: UserCaller; connected: object }>
  /** Takes one handshake of the address, for who connects again on the same transport: why that is refused, or null. */
  handshake: (address: string) => AppError | null
  /** The room whose events every connection gets unless it sends `lobby: false`, and the name of that event; null: none. */
  lobby: () => { room: RoomRow; event: string } | null
  /** What attachments hold until the last of a packet has come. */
  inFlight: InFlightBytes
  intake: Intake
}
