import { errorFaults } from '../core/catalogues/errors.ts'
import { permissionFaults } from '../core/catalogues/permissions.ts'
import type { Feature, FeatureContract, Made } from '../features/feature.ts'
import { contractsOf, eachContract, errorsOf, metricsOf, permissionsOf, ratesOf, slotsOf } from './declared.ts'
import { rateFaults } from '../core/rate.ts'
import { limitTable } from '../config/limits.ts'
import { platformMetrics } from '../platform/metrics/metrics.ts'
import { doorLimits } from '../transport/limits.ts'
import { documentedEngineLimits } from '../room/limits.ts'

/** The faults in a list of features, before any is created (rules FE2 and FE3), as sentences. */
export function listFaults(
  list: readonly Feature<unknown>[],
  contracts: readonly FeatureContract[] = eachContract(list),
): string[] {
  const { events, records, ephemerals, actions, routes } = contractsOf(list, contracts)
  const doors = [
    ...actions.flatMap(({ contract: { http = [], socket = [] } }) => [
      ...http.map(({ method, path }) => `${method} ${path}`),
      ...socket.map(({ event }) => `the event ${event}`),
    ]),
    ...routes.map(({ contract: { method, path } }) => `${method} ${path}`),
  ]
  const called = [...actions, ...routes]
  return [
    ...list.flatMap((feature, place) => faultsOf(feature, contracts[place] ?? {}, list.slice(0, place))),
    ...list.flatMap(foreignJobs),
    ...events
      .filter(({ history, audience }) => history && audience !== 'room')
      .map(
        ({ name }) =>
          `Events of ${name} are part of the history, whose pages everyone reads: their audience is the room.`,
      ),
    ...doubles(
      'types of jobs',
      list.flatMap(({ jobs = [] }) => names(jobs)),
    ),
    ...doubles('features', names(list)),
    ...doubles('actions or routes', names(called)),
    ...doubles('ways in', doors),
    ...doubles('types of events', names(events)),
    ...doubles('types of records', names(records)),
    ...doubles('ephemeral events', names(ephemerals)),
    ...doubles('presence slots', names(slotsOf(list))),
    ...doubles(
      'own fields',
      list.flatMap(({ ownFields = {} }) => Object.keys(ownFields)),
    ),
    ...errorFaults(errorsOf(list), called),
    ...doubles('metrics', names([...Object.values(platformMetrics), ...metricsOf(list)])),
    ...rateFaults(ratesOf(list), called),
    ...doubles('limits', [
      ...Object.keys({ ...documentedEngineLimits, ...doorLimits, ...limitTable }),
      ...list.flatMap(({ limits = {} }) => Object.keys(limits)),
    ]),
    ...permissionFaults(permissionsOf(list), actions),
    ...doubles(
      'bounds',
      list.flatMap(({ bounds = {} }) => Object.keys(bounds)),
    ),
    ...doubles(
      'migrations',
      list.flatMap(({ migrations = [] }) => migrations.map(({ id }) => id)),
    ),
  ]
}

function faultsOf(
  { name, needs }: Feature<unknown>,
  { actions = {}, routes = {} }: FeatureContract,
  earlier: readonly Feature<unknown>[],
): string[] {
  const foreign = Object.keys({ ...actions, ...routes }).filter((called) => !called.startsWith(`${name}.`))
  const unnamed = Object.entries(routes).filter(([, { path, link }]) => link && !`${path}/`.includes(`/:${link.id}/`))
  const later = needs.filter((needed) => !earlier.includes(needed))
  return [
    ...foreign.map((called) => `${called} is of the feature ${name}: its name must begin with ${name}.`),
    ...unnamed.map(
      ([called, { link }]) => `${called} takes signed links to its ${link?.id}, which its path does not name.`,
    ),
    ...later.map(
      (needed) => `The feature ${name} needs ${needed.name}, which must stand before it in features/list.ts.`,
    ),
  ]
}

const foreignJobs = ({ name, jobs = [] }: Feature<unknown>): string[] =>
  names(jobs)
    .filter((job) => !job.startsWith(`${name}.`))
    .map((job) => `The job ${job} is of the feature ${name}: its name must begin with ${name}.`)

/** The faults in the actions, routes and jobs that a feature created (rule FE3). */
export function madeFaults(
  { name, jobs = [] }: Pick<Feature<unknown>, 'name' | 'jobs'>,
  { actions = {}, routes = {} }: FeatureContract,
  made: Pick<Made<unknown>, 'actions' | 'routes' | 'jobs'>,
): string[] {
  return [
    ...handlerFaults(name, Object.keys(actions), names(made.actions ?? [])),
    ...handlerFaults(name, Object.keys(routes), names(made.routes ?? [])),
    ...handlerFaults(name, names(jobs), names((made.jobs ?? []).map(({ type }) => type))),
  ]
}

function handlerFaults(name: string, declared: readonly string[], implemented: readonly string[]): string[] {
  return [
    ...declared
      .filter((action) => !implemented.includes(action))
      .map((action) => `The feature ${name} declares ${action} and hands over no handler for it.`),
    ...implemented
      .filter((action) => !declared.includes(action))
      .map((action) => `The feature ${name} hands over a handler for ${action}, which its Feature does not declare.`),
    ...doubles('handlers', implemented),
  ]
}

const names = (all: readonly { name: string }[]): string[] => all.map(({ name }) => name)

function doubles(what: string, all: readonly string[]): string[] {
  const twice = all.filter((name, place) => all.indexOf(name) !== place)
  return [...new Set(twice)].map((name) => `Two ${what} are named ${name}.`)
}
