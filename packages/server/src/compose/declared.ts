import { limitTable } from '../config/limits.ts'
import type { Bounds, LimitRow, SlotType } from '../core/contract.ts'
import { errorCatalogue, type ErrorsByPart } from '../core/catalogues/errors.ts'
import { permissionCatalogue, type PermissionsByPart } from '../core/catalogues/permissions.ts'
import type { RoomOption } from '../core/room-option.ts'
import type { AddedToRooms, EngineSources, Feature, FeatureContract, OwnFields } from '../features/feature.ts'
import { coreRates, type RatesByPart } from '../core/rate.ts'
import { features } from '../features/list.ts'
import { roomEvents, unreadableEvent } from '../room/contract.ts'
import type { DefinedMetric } from '../platform/metrics/metrics.ts'
import { roomMetrics } from '../room/metrics.ts'
import { jobMetrics } from '../platform/jobs/jobs.ts'
import { doorLimits } from '../transport/limits.ts'
import { doorMetrics } from '../transport/metrics.ts'
import { documentedEngineLimits } from '../room/limits.ts'
import { doorRates } from '../transport/guards/rates.ts'
import { roomErrors } from '../room/errors.ts'
import type { WireContracts } from '../transport/docs/asyncapi.ts'

type Features = readonly Feature<unknown>[]

/** What these features add to rooms. */
export const roomOptionsOf = (list: Features): RoomOption[] => list.flatMap(({ roomOptions = [] }) => roomOptions)

/** The presence slots of these features. */
export const slotsOf = (list: Features): SlotType[] => list.flatMap(({ slots = [] }) => slots)

/** What these features add to the items of a user's list of rooms. */
export const ownFieldsOf = (list: Features): OwnFields => Object.assign({}, ...list.map(({ ownFields }) => ownFields))

const addedBy = (list: Features): AddedToRooms => ({
  options: roomOptionsOf(list),
  slots: slotsOf(list),
  ownFields: ownFieldsOf(list),
})

/** What of a feature stands on the wire beside those of the list. */
export const contractOf = (feature: Feature<unknown>, list: Features): FeatureContract =>
  feature.contract?.(addedBy(list)) ?? feature

/** That of each feature, in the order of the list. To make these schemas takes some ms. */
export const eachContract = (list: Features): FeatureContract[] => list.map((feature) => contractOf(feature, list))

/** The wire contract of these features, from which the documents and the wire's hash are made. */
export function contractsOf(list: Features, all: readonly FeatureContract[] = eachContract(list)): WireContracts {
  return {
    actions: all.flatMap(({ actions = {} }) => Object.entries(actions).map(([name, contract]) => ({ name, contract }))),
    routes: all.flatMap(({ routes = {} }) => Object.entries(routes).map(([name, contract]) => ({ name, contract }))),
    events: [...roomEvents, ...all.flatMap(({ events = [] }) => events)],
    records: all.flatMap(({ records = [] }) => records),
    ephemerals: [unreadableEvent, ...all.flatMap(({ ephemerals = [] }) => ephemerals)],
    errors: errorCatalogue(errorsOf(list)),
  }
}

/** The error codes of the room engine and of each feature. */
export const errorsOf = (list: Features): ErrorsByPart => ({
  'the room engine': roomErrors,
  ...Object.fromEntries(list.map(({ name, errors = {} }) => [name, errors])),
})

export const wireContracts: WireContracts = contractsOf(features)

/** Bounds that clients know too, by their names. */
export const boundsOf = (list: Features): Bounds => Object.assign({}, ...list.map((feature) => feature.bounds))
export const bounds = boundsOf(features)

/** Budgets of the pipeline, of the doors and of features. */
export const ratesOf = (list: Features): RatesByPart => ({
  core: coreRates,
  'the doors': doorRates,
  ...Object.fromEntries(list.map(({ name, rates = {} }) => [name, rates])),
})
export const rates = Object.values(ratesOf(features)).flatMap((each) => Object.values(each))

/** Bounds that docs/config.md lists for operators. */
export const limits: Readonly<Record<string, LimitRow>> = Object.assign(
  { ...documentedEngineLimits, ...doorLimits, ...limitTable },
  ...features.map((feature) => feature.limits),
)

/** Metrics of the room engine, of the doors and of features. */
export const metricsOf = (list: Features): readonly DefinedMetric[] =>
  [roomMetrics, jobMetrics, doorMetrics, ...list.map(({ metrics = {} }) => metrics)].flatMap((each) =>
    Object.values<DefinedMetric>(each),
  )

/** The tables of settings that features define. */
export const featureSettings = features.flatMap(({ settings }) => (settings ? [settings] : []))

export const permissionsOf = (list: Features): PermissionsByPart =>
  Object.fromEntries(list.map(({ name, permissions = {} }) => [name, permissions]))

/** The permissions in a room, and which actions check them. */
export const permissions = permissionCatalogue(permissionsOf(features), wireContracts.actions)

/** The one part of this name that a feature provides to the engine; throws if there is none, or more than one (rule FE4). */
export function theOne<Parts extends object, Name extends keyof Parts & string>(
  name: Name,
  parts: readonly (Partial<Parts> | undefined)[],
): NonNullable<Parts[Name]> {
  const [found, other] = parts.flatMap((part) => part?.[name] ?? [])
  if (found === undefined) throw new Error(`No feature of features/list.ts hands over ${name}: one must`)
  if (other !== undefined) throw new Error(`Two features of features/list.ts hand over ${name}: one may`)
  return found
}

export const engineSource = <Name extends keyof EngineSources>(list: Features, name: Name) =>
  theOne<EngineSources, Name>(
    name,
    list.map(({ forEngine }) => forEngine),
  )
