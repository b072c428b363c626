import type { Action, CreationKeys } from '../core/action.ts'
import type { Caller, UserCaller } from '../core/caller.ts'
import type { SettingTable } from '../config/setting.ts'
import type {
  ActionContract,
  Bounds,
  LimitRow,
  EphemeralType,
  EventType,
  NamedPermission,
  RecordType,
} from '../core/contract.ts'
import type { DefinedError } from '../core/error.ts'
import type { RoomOption } from '../core/room-option.ts'
import type { DefinedRate } from '../core/rate.ts'
import type { Database, Migration } from '../platform/db/database.ts'
import type { Loader } from '../room/encode/context.ts'
import type { DefinedMetric } from '../platform/metrics/metrics.ts'
import type { FindProfiles } from '../room/people.ts'
import type { HistoryQuery, Projector, RoomRow } from '../room/types.ts'
import type { Listeners } from './hooks.ts'
import type { Platform } from './platform.ts'

/** What of a feature stands on the wire. */
export type FeatureContract = {
  readonly actions?: Readonly<Record<string, ActionContract>>
  readonly events?: readonly EventType[]
  readonly records?: readonly RecordType[]
  readonly ephemerals?: readonly EphemeralType[]
}

/** What a feature is, known without starting it: documents, checks and tests are made of it. */
type Declaration = FeatureContract & {
  /** Its folder's name, and what the names of its actions begin with. */
  readonly name: string
  /** What it adds to every room: a capability, for whom it is, and settings. */
  readonly roomOptions?: readonly RoomOption[]
  /** Instead of the four above, of the feature whose contract is made of what all of the list add to rooms. */
  readonly contract?: (options: readonly RoomOption[]) => FeatureContract
  /** The codes of its own that its actions fail with, made by `defineErrors`. */
  readonly errors?: Readonly<Record<string, DefinedError>>
  /** The permissions of its own that rules of actions ask for. */
  readonly permissions?: Readonly<Record<string, NamedPermission>>
  /** Bounds that clients know too. */
  readonly bounds?: Bounds
  /** Budgets of its own that calls and handlers draw on, made by `defineRates`. */
  readonly rates?: Readonly<Record<string, DefinedRate>>
  /** Other bounds of its own, as `config.limits.bound` reads them. */
  readonly limits?: Readonly<Record<string, LimitRow>>
  /** Metrics of its own, made by `defineMetrics`. */
  readonly metrics?: Readonly<Record<string, DefinedMetric>>
  /** Its settings, whose values are `config.of(settings)`. */
  readonly settings?: SettingTable
  /** Its tables, on both databases. */
  readonly migrations?: readonly Migration[]
  /** What it writes into its own tables in the transaction of a commit. */
  readonly projectors?: readonly Projector[]
  /** What encoders of events name in their `loads`. */
  readonly loaders?: (db: Database) => Readonly<Record<string, Loader>>
  readonly forEngine?: Partial<EngineSources>
}

/** What the room engine asks of features: each of exactly one of the list (rule FE4). */
export type EngineSources = {
  /** Which events are the history of a room. */
  readonly history: HistoryQuery
  /** The profiles of those who act in rooms, as they are stored. */
  readonly profiles: (db: Database) => FindProfiles
  /** Whether a member with this role belongs to the audience `moderators`. */
  readonly isModerator: (role: string) => boolean
}

/** What the doors ask of features: each of exactly one of the list (rule FE4). */
export type DoorSources = {
  /** What Idempotency-Keys were used for. */
  readonly keys: CreationKeys
  /** Who comes with this token; null is none. */
  readonly authenticate: (token: string | null, address: string) => Caller | Promise<Caller>
  /** The same for a socket, where nobody is a guest, with what `connected` says besides `sid`. */
  readonly authenticateSocket: (
    auth: { token: string | null },
    address: string,
  ) => Promise<{ caller: UserCaller; connected: object }>
  /** The room that every socket hears, and the event that it hears of it. */
  readonly lobby: () => { room: RoomRow; event: string } | null
  /** The room as it is now, if the caller may read it; rejects with `not_found`, `not_a_member` and the like. */
  readonly readable: (caller: Caller, room_id: string) => Promise<RoomRow>
  /** The name of a room that anyone may read; null: there is none, or outsiders learn nothing of it. */
  readonly publicRoomName: (room_id: string) => Promise<string | null>
}

/** What a health check asks; `required`: without it the server is unhealthy. */
export type HealthCheck = { name: string; required: boolean; run(): Promise<void> }

/** A feature that was made. */
export type Made<Api> = {
  /** What it offers to features that name it in their `needs`. */
  readonly api: Api
  /** Every action that it declares, with its handler. */
  readonly actions?: readonly Action[]
  readonly hooks?: Listeners
  readonly forDoors?: Partial<DoorSources>
  readonly checks?: readonly HealthCheck[]
  /** Begins what it does by itself: all features are made, and nobody is let in yet. */
  start?(): void | Promise<void>
  /** Ends what it does by itself in rooms: connections are gone, requests may still run. */
  stop?(): void | Promise<void>
  /** Ends the rest: no call runs any more, and the database closes next. */
  close?(): void | Promise<void>
}

/** Answers what a feature that was made offers. */
export type ApiOf = <Api>(feature: Feature<Api>) => Api

/** One capability, as its folder hands it over. `Api` is what it offers to later ones. */
export type Feature<Api> = Declaration & {
  readonly needs: readonly Feature<unknown>[]
  make(platform: Platform, apiOf: ApiOf): Promise<Made<Api>>
}

type Needs = Readonly<Record<string, Feature<unknown>>>
type Needed<N extends Needs> = { readonly [Name in keyof N]: N[Name] extends Feature<infer Api> ? Api : never }

/**
 * A feature, and how it is made of the platform and of what the features that it needs offer (rule FE1): `needs` names them,
 * and `create` is typed from it.
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
      // Sound: under each name stands what the feature of that name offers.
      return create(platform, needed as Needed<N>)
    },
  }
}
