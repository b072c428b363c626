import type { z } from 'zod'
import type { Config } from '../config.ts'
import type { Clock, Timers } from '../core/clock.ts'
import type { Bounds, SlotType } from '../core/contract.ts'
import type { RoomOption } from '../core/room-option.ts'
import type { TellUnreadable } from '../core/stored.ts'
import type { ReadQueue } from '../core/fairness/read-queue.ts'
import type { Sign } from '../core/sign.ts'
import type { Database } from '../platform/db/database.ts'
import type { Blobs } from '../platform/files/files.ts'
import type { Jobs } from '../platform/jobs/jobs.ts'
import type { LocalBuckets } from '../platform/limiter/limiter.ts'
import type { Media } from '../platform/media/media.ts'
import type { Log } from '../platform/log/log.ts'
import type { Metrics } from '../platform/metrics/metrics.ts'
import type { PasswordQueue } from '../platform/passwords/passwords.ts'
import type { Encoder } from '../room/encode.ts'
import type { Live } from '../room/live/live.ts'
import type { Profiles } from '../room/people.ts'
import type { RoomBus, RoomEngine } from '../room/types.ts'
import type { Tell } from './hooks.ts'

/** Fields that a feature adds to each item in a user's list of rooms, by name: about that user and room (rule UF11 of the feed). */
export type OwnFields = Readonly<Record<string, z.ZodType>>

/**
 * What every feature may use; all of it is created before the first feature. What one feature offers to others does not
 * belong here: they name that feature in their `needs`.
 */
export type Platform = {
  /** For the feature's own tables. */
  readonly db: Database
  /** Commits to rooms, and reads them. */
  readonly engine: RoomEngine
  /** Stores jobs outside commits to rooms, and reads them. */
  readonly jobs: Jobs
  /** Bytes that are no rows: files. Whoever stores one sweeps it. */
  readonly blobs: Blobs
  /** Finds out what files are, and cleans images. */
  readonly media: Media
  /** The connections attached on this node; signals, presence and other events that are sent but never stored. */
  readonly live: Live
  /** What nodes tell each other about activity in rooms. */
  readonly activity: RoomBus['activity']
  /** Turns stored events, records and messages into wire JSON. */
  readonly encoder: Encoder
  /** Signs links (`core/link.ts`); encoders have the same function in their context. */
  readonly sign: Sign
  /** Profiles by num. */
  readonly people: Profiles
  readonly clock: Clock
  readonly timers: Timers
  /** Limits concurrent reads, for work outside an action that reads a lot. */
  readonly readQueue: ReadQueue
  /** Password hashing off the event loop; sign-ins come first, `behind` is the lower-priority part of the queue. */
  readonly passwords: PasswordQueue
  /** Rate limits that the action pipeline does not apply itself. */
  readonly buckets: LocalBuckets
  /** The capabilities and settings that features add to rooms. */
  readonly roomOptions: readonly RoomOption[]
  /** The presence slots of all features. */
  readonly slots: readonly SlotType[]
  /** What features add to the items of a user's list of rooms. */
  readonly ownFields: OwnFields
  /** The names of all documented events, in both directions. */
  readonly eventNames: ReadonlySet<string>
  /** Bounds of all features that clients know too, by their names. */
  readonly bounds: Bounds
  /** Called for stored rows that cannot be read. */
  readonly unreadable: TellUnreadable
  readonly log: Log
  readonly metrics: Metrics
  readonly config: Config
  /** The version of the wire protocol, sent in the handshake. */
  readonly protocol: number
  /** Tells other features what happened (rules HK1 to HK3 and HK5). */
  readonly tell: Tell
  /** Reports a failure of background work that will be retried. */
  onFailure(error: unknown): void
}
