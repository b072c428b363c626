import { contractOf } from '../../../packages/server/src/compose/declared.ts'
import { existsSync } from 'node:fs'
import { features } from '../../../packages/server/src/features/list.ts'
import type { Actions, DoorsOf, FeatureTrials, FloodEntry, RolesEntry, RolesOf, StandingEntry } from '../trials.ts'
import type { JsonObject } from '../wire.ts'

const trialsByFeature = await Promise.all(
  features
    .filter((feature) => Object.keys(contractOf(feature, features).actions ?? {}).length > 0)
    .map(({ name }) => trialsOf(name)),
)

async function trialsOf(name: string): Promise<FeatureTrials<Actions>> {
  const file = new URL(`../../../packages/server/src/features/${name}/testing/trials.ts`, import.meta.url)
  if (!existsSync(file))
    throw new Error(
      `features/${name}/testing/trials.ts is missing: it tells the tests of all actions about those of ${name}`,
    )
  const { trials }: { trials?: FeatureTrials<Actions> } = await import(file.href)
  if (!trials) throw new Error(`features/${name}/testing/trials.ts exports no trials`)
  return trials
}

/** Every action's entries, by its name. */
export const doorsTable: DoorsOf<Actions> = Object.assign({}, ...trialsByFeature.map(({ doors }) => doors))
const allRoles: RolesOf<Actions> = Object.assign({}, ...trialsByFeature.map(({ roles }) => roles))
const isStanding = (entry: readonly RolesEntry[] | StandingEntry): entry is StandingEntry => 'input' in entry

/** Actions about a room, or that are called in rooms. */
export const rolesTable: { readonly [action: string]: readonly RolesEntry[] } = Object.fromEntries(
  Object.entries(allRoles).flatMap(([name, entry]) => (isStanding(entry) ? [] : [[name, entry]])),
)
/** Actions that concern only their caller. */
export const elsewhere: { readonly [action: string]: StandingEntry } = Object.fromEntries(
  Object.entries(allRoles).flatMap(([name, entry]) => (isStanding(entry) ? [[name, entry]] : [])),
)
/** Valid values by field name, for all fields except the one under test. */
export const samples: JsonObject = Object.assign({ user_id: 'someone' }, ...trialsByFeature.map((one) => one.samples))
export const floodFields: JsonObject = Object.assign({}, ...trialsByFeature.map(({ floods }) => floods?.fields))
export const floodTable: { readonly [action: string]: FloodEntry } = Object.assign(
  {},
  ...trialsByFeature.map(({ floods }) => floods?.actions),
)
