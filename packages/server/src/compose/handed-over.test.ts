import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { features } from '../features/list.ts'
import { exportedParts, handedOver, type FeaturePart } from './testing/exported-parts.ts'

const keyOf = ({ kind, name }: FeaturePart): string => `${kind} ${name}`
const all = new Set(features.flatMap((feature) => handedOver(feature, features)).map(keyOf))

for (const feature of features) {
  test(`[FE7] the Feature ${feature.name} hands over all that its folder exports`, async () => {
    const forgotten = (await exportedParts(feature.name)).filter((part) => !all.has(keyOf(part)))
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

test('[FE7] the kind of every part that a Feature hands over is recognized where a file exports it', () => {
  const parts = features.flatMap((feature) => handedOver(feature, features))
  assert.deepEqual(
    parts.filter(({ kind }) => kind === 'unknown'),
    [],
  )
})
