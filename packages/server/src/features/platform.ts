import type { Config } from '../config.ts'
import type { Clock, Timers } from '../core/clock.ts'
import type { RoomOption } from '../core/room-option.ts'
import type { TellUnreadable } from '../core/stored.ts'
import type { Turns } from '../core/turns/turns.ts'
import type { Database } from '../platform/db/database.ts'
import type { LocalBuckets } from '../platform/limiter/limiter.ts'
import type { Log } from '../platform/log/log.ts'
import type { Metrics } from '../platform/metrics/metrics.ts'
import type { PasswordQueue } from '../platform/passwords/passwords.ts'
import type { Encoder } from '../room/encode.ts'
import type { Live } from '../room/live/live.ts'
import type { Profiles } from '../room/people.ts'
import type { RoomEngine } from '../room/types.ts'
import type { Tell } from './hooks.ts'

/**
 * What every feature may use, whatever it does; all of it is there before the first feature is made. What one feature has
 * for others does not belong here: they name it in their `needs`.
 */
export type Platform = {
  /** For the feature's own tables. */
  readonly db: Database
  /** Commits to rooms, and reads them. */
  readonly engine: RoomEngine
  /** Who is attached on this node; signals, presence, what is sent and never stored. */
  readonly live: Live
  /** Stored things as the wire has them. */
  readonly encoder: Encoder
  /** Whom a num stands for. */
  readonly people: Profiles
  readonly clock: Clock
  readonly timers: Timers
  /** For what reads a lot outside an action. */
  readonly turns: Turns
  /** Hashing that does not block the loop; those who sign in come first, others take what is `behind`. */
  readonly passwords: PasswordQueue
  /** Budgets of what the pipeline's limits do not count. */
  readonly buckets: LocalBuckets
  /** What the features of the list add to rooms. */
  readonly roomOptions: readonly RoomOption[]
  /** Told of stored rows that cannot be read. */
  readonly unreadable: TellUnreadable
  readonly log: Log
  readonly metrics: Metrics
  readonly config: Config
  /** The number that the handshake carries. */
  readonly protocol: number
  /** Tells other features what happened (rules HK1 to HK5). */
  readonly tell: Tell
  /** Something failed behind the scenes; it is tried again. */
  onFailure(error: unknown): void
}
