import type { Action, CreationKeys } from '../core/action.ts'
import type { Caller, UserCaller, UserRef } from '../core/caller.ts'
import type { SettingTable } from '../config/setting.ts'
import type {
  ActionContract,
  Bounds,
  LimitRow,
  EphemeralType,
  AnyEventType,
  NamedPermission,
  RecordType,
  SlotType,
} from '../core/contract.ts'
import type { DefinedError } from '../core/error.ts'
import type { Route, RouteContract } from '../core/route.ts'
import type { TellUnreadable } from '../core/stored.ts'
import type { RoomOption } from '../core/room-option.ts'
import type { DefinedRate } from '../core/rate.ts'
import type { JobHandler, JobType } from '../platform/jobs/jobs.ts'
import type { Database, Migration } from '../platform/db/database.ts'
import type { Loader } from '../room/encode/context.ts'
import type { DefinedMetric } from '../platform/metrics/metrics.ts'
import type { FindProfiles } from '../room/people.ts'
import type { HistoryQuery, Projector, RoomRow } from '../room/types.ts'
import type { Listeners } from './hooks.ts'
import type { OwnFields, Platform } from './platform.ts'

export type { OwnFields } from './platform.ts'

/** The part of a feature that is visible on the wire. */
export type FeatureContract = {
  readonly actions?: Readonly<Record<string, ActionContract>>
  /** HTTP routes for what is not JSON. */
  readonly routes?: Readonly<Record<string, RouteContract>>
  readonly events?: readonly AnyEventType[]
  readonly records?: readonly RecordType[]
  readonly ephemerals?: readonly EphemeralType[]
}

/** What all features add to rooms. */
export type AddedToRooms = {
  readonly options: readonly RoomOption[]
  readonly slots: readonly SlotType[]
  readonly ownFields: OwnFields
}

/** What is known of a feature without starting it; documents, checks and tests are derived from it. */
type Declaration = FeatureContract & {
  /** The name of its folder, and the prefix of its actions' names. */
  readonly name: string
  /** What it adds to every room: a capability, for whom it is on, and settings. */
  readonly roomOptions?: readonly RoomOption[]
  /** Its presence slots in rooms. */
  readonly slots?: readonly SlotType[]
  /** What it shows in the items of a user's list of rooms; `create` hands their values to the feed (rule UF11). */
  readonly ownFields?: OwnFields
  /** Replaces the fields of FeatureContract in the feature whose contract depends on what all features add to rooms. */
  readonly contract?: (added: AddedToRooms) => FeatureContract
  /** Its own error codes, made by `defineErrors`. */
  readonly errors?: Readonly<Record<string, DefinedError>>
  /** Its own permissions, which the rules of actions check. */
  readonly permissions?: Readonly<Record<string, NamedPermission>>
  /** Bounds that clients know too. */
  readonly bounds?: Bounds
  /** Its own rate limits of calls and handlers, made by `defineRates`. */
  readonly rates?: Readonly<Record<string, DefinedRate>>
  /** Its other limits, read by `config.limits.bound`. */
  readonly limits?: Readonly<Record<string, LimitRow>>
  /** Its own metrics, made by `defineMetrics`. */
  readonly metrics?: Readonly<Record<string, DefinedMetric>>
  /** Its settings; `config.of(settings)` returns their values. */
  readonly settings?: SettingTable
  /** The types of its jobs, made by `defineJob`; `create` returns their handlers. */
  readonly jobs?: readonly JobType[]
  /** Its tables, on both databases. */
  readonly migrations?: readonly Migration[]
  /** What it writes into its own tables in the transaction of a commit. */
  readonly projectors?: readonly Projector[]
  /** The loaders that event encoders name in their `loads`. */
  readonly loaders?: (db: Database) => Readonly<Record<string, Loader>>
  readonly forEngine?: Partial<EngineSources>
}

/** What the room engine needs from features: each provided by exactly one (rule FE4). */
export type EngineSources = {
  /** Which events are the history of a room. */
  readonly history: HistoryQuery
  /** The stored profiles of actors in rooms. */
  readonly profiles: (db: Database, tell: TellUnreadable) => FindProfiles
  /** Whether a member with this role belongs to the audience `moderators`. */
  readonly isModerator: (role: string) => boolean
}

/** What the transports need from features: each provided by exactly one (rule FE4). */
export type DoorSources = {
  /** Looks up what an Idempotency-Key was used for. */
  readonly keys: CreationKeys
  /** The caller with this token; null is no token. */
  readonly authenticate: (token: string | null, address: string) => Caller | Promise<Caller>
  /** The same for a socket, where a caller without a token is a guest, with the fields of `connected` besides `sid`. */
  readonly authenticateSocket: (
    auth: { token: string | null },
    address: string,
  ) => Promise<{ caller: UserCaller; connected: object }>
  /** The room whose events every socket receives, and the event that it receives. */
  readonly lobby: () => { room: RoomRow; event: string } | null
  /** A connection of this user asked for the feed of the user's rooms. */
  readonly feed: (connection_id: string, user: UserRef) => void
  /** The room as it is now, if the caller may read it; rejects with `not_found`, `not_a_member` and the like. */
  readonly readable: (caller: Caller, room_id: string) => Promise<RoomRow>
  /** The name of a room that anyone may read; null: no such room, or non-members may not read it. */
  readonly publicRoomName: (room_id: string) => Promise<string | null>
}

/** A health check; `required`: the server is unhealthy while it fails. */
export type HealthCheck = { name: string; required: boolean; run(): Promise<void> }

/** A created feature. */
export type Made<Api> = {
  /** What it offers to features that name it in their `needs`. */
  readonly api: Api
  /** Every action that it declares, with its handler. */
  readonly actions?: readonly Action[]
  /** Every route that it declares, with its handler. */
  readonly routes?: readonly Route[]
  /** Every type of jobs that it declares, with its handler. */
  readonly jobs?: readonly JobHandler[]
  readonly hooks?: Listeners
  readonly forDoors?: Partial<DoorSources>
  readonly checks?: readonly HealthCheck[]
  /** Starts its background work, after all features are created and before the server accepts callers. */
  start?(): void | Promise<void>
  /** Stops its background work in rooms: connections are gone, requests may still run. */
  stop?(): void | Promise<void>
  /** Ends the rest: no call runs any more, and the database closes next. */
  close?(): void | Promise<void>
}

/** Returns the API of a created feature. */
export type ApiOf = <Api>(feature: Feature<Api>) => Api

/** One capability, as its folder exports it. `Api` is what it offers to later features. */
export type Feature<Api> = Declaration & {
  readonly needs: readonly Feature<unknown>[]
  make(platform: Platform, apiOf: ApiOf): Promise<Made<Api>>
}

type Needs = Readonly<Record<string, Feature<unknown>>>
type Needed<N extends Needs> = { readonly [Name in keyof N]: N[Name] extends Feature<infer Api> ? Api : never }

/**
 * Defines a feature and how it is created from the platform and the APIs of the features in `needs` (rule FE1); `create` is
 * typed from `needs`.
 */
export function defineFeature<Api, const N extends Needs = Record<string, never>>(
  feature: Declaration & {
    readonly needs?: N
    create(platform: Platform, needed: Needed<N>): Made<Api> | Promise<Made<Api>>
  },
): Feature<Api> {
  const { needs = {}, create, ...declaration } = feature
  const named: [string, Feature<unknown>][] = Object.entries(needs)
  return {
    ...declaration,
    needs: named.map(([, needed]) => needed),
    async make(platform, apiOf) {
      const needed = Object.fromEntries(named.map(([name, each]) => [name, apiOf(each)]))
      // Sound: each name holds the API of the feature with that name.
      return create(platform, needed as Needed<N>)
    },
  }
}
