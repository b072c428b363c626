import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { features } from '../features/list.ts'
import { contractsOf, featureSettings, metricsOf, permissions, rates } from './declared.ts'
import { exportedParts } from './testing/exported-parts.ts'

for (const feature of features) {
  test(`[FE7] the Feature ${feature.name} hands over all that its folder exports`, async () => {
    const { actions, events, records, ephemerals, errors } = contractsOf(features)
    const declared = new Set([
      ...errors.map(({ code }) => code),
      ...[...permissions, ...rates, ...metricsOf(features)].map(({ name }) => name),
      ...featureSettings.flatMap((table) => Object.values(table).map(({ env }) => env)),
      ...[...actions, ...events, ...records, ...ephemerals].map(({ name }) => name),
      ...features.flatMap(({ settings = {} }) => Object.values(settings).map(({ env }) => env)),
      ...features.flatMap(({ roomOptions = [] }) => roomOptions.map(({ name }) => name)),
      ...features.flatMap(({ migrations = [] }) => migrations.map(({ id }) => id)),
    ])
    const forgotten = (await exportedParts(feature.name)).filter(({ name }) => !declared.has(name))
    const told = forgotten.map(
      ({ file, kind, name }) =>
        `${file} exports the ${kind} ${name}: features/${feature.name}/feature.ts must hand it over.`,
    )
    assert.deepEqual(told, [], told.join('\n'))
  })

  test(`[FE7] the folder of ${feature.name} has a README`, () => {
    const readme = new URL(`../features/${feature.name}/README.md`, import.meta.url)
    assert.ok(
      existsSync(readme),
      `features/${feature.name}/README.md is missing: say there what it does, and its rules with ids.`,
    )
  })
}
