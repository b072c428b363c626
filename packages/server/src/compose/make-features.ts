import type { Action } from '../core/action.ts'
import type { Route } from '../core/route.ts'
import type { ApiOf, DoorSources, Feature, FeatureContract, HealthCheck, Made } from '../features/feature.ts'
import type { Hooks } from '../features/hooks.ts'
import type { JobHandler } from '../platform/jobs/jobs.ts'
import type { Platform } from '../features/platform.ts'
import { eachContract, theOne } from './declared.ts'
import { listFaults, madeFaults } from './list-faults.ts'

export type MadeFeatures = {
  actions: readonly Action[]
  routes: readonly Route[]
  jobs: readonly JobHandler[]
  checks: readonly HealthCheck[]
  forDoors: DoorSources
  apiOf: ApiOf
  /** In the order of the list; `stop` and `close` in the opposite one (rule FE5). */
  start(): Promise<void>
  stop(): Promise<void>
  close(): Promise<void>
}

/** Creates each feature with the APIs that it needs, in the order of the list. Throws the faults of `listFaults` and `madeFaults`. */
export async function makeFeatures(
  list: readonly Feature<unknown>[],
  platform: Platform,
  listen: Hooks['listen'],
  contracts: readonly FeatureContract[] = eachContract(list),
): Promise<MadeFeatures> {
  refuse(listFaults(list, contracts))
  const made = new Map<Feature<unknown>, Made<unknown>>()
  const backwards = () => [...made.values()].toReversed()
  const all = () => [...made.values()]
  const apiOf = <Api>(feature: Feature<Api>): Api => {
    const found = made.get(feature)
    if (!found) throw new Error(`The feature ${feature.name} is not made`)
    // Sound: it is what this very feature's `make` answered.
    return found.api as Api
  }
  const stop = () => inTurn(backwards(), (each) => each.stop?.())
  const close = () => inTurn(backwards(), (each) => each.close?.())
  try {
    for (const [place, feature] of list.entries()) {
      const one = await feature.make(platform, apiOf)
      made.set(feature, one)
      refuse(madeFaults(feature, contracts[place] ?? {}, one))
      if (one.hooks) listen(one.hooks)
    }
    const parts = all().map(({ forDoors }) => forDoors)
    const source = <Name extends keyof DoorSources>(name: Name) => theOne<DoorSources, Name>(name, parts)
    return {
      actions: all().flatMap(({ actions = [] }) => actions),
      routes: all().flatMap(({ routes = [] }) => routes),
      jobs: all().flatMap(({ jobs = [] }) => jobs),
      checks: all().flatMap(({ checks = [] }) => checks),
      forDoors: {
        keys: source('keys'),
        authenticate: source('authenticate'),
        authenticateSocket: source('authenticateSocket'),
        lobby: source('lobby'),
        feed: source('feed'),
        readable: source('readable'),
        publicRoomName: source('publicRoomName'),
      },
      apiOf,
      start: () => inTurn(all(), (each) => each.start?.()),
      stop,
      close,
    }
  } catch (error) {
    await stop()
    await close()
    throw error
  }
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

async function inTurn(
  all: readonly Made<unknown>[],
  act: (one: Made<unknown>) => void | Promise<void> | undefined,
): Promise<void> {
  for (const one of all) await act(one)
}
