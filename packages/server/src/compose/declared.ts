import type { EngineSources, Feature } from '../features/feature.ts'
import { features } from '../features/list.ts'
import { roomEvents } from '../room/contract.ts'
import type { WireContracts } from '../transport/docs/asyncapi.ts'

type Features = readonly Feature<unknown>[]

/** All that the wire says of these features: what the documents and the wire's hash are made of. */
export const contractsOf = (list: Features): WireContracts => ({
  actions: list.flatMap(({ actions = {} }) => Object.entries(actions).map(([name, contract]) => ({ name, contract }))),
  events: [...roomEvents, ...list.flatMap(({ events = [] }) => events)],
  records: list.flatMap(({ records = [] }) => records),
  ephemerals: list.flatMap(({ ephemerals = [] }) => ephemerals),
})

export const wireContracts: WireContracts = contractsOf(features)

/** The one part of this name among those that features hand over; throws when there is none, or more than one (rule FE4). */
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
