import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { DatabaseKind } from '../harness/databases.ts'
import { outcomeText } from './report/report.ts'
import { type Outcome, runScenarios } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

/** The short form of these scenarios as tests: one round each, all on one server, with bounds that a busy machine meets. */
export function attacksOn(kind: DatabaseKind, names: readonly string[]): void {
  const named = names.map((name) => scenarios.find((one) => one.name === name) ?? assert.fail(`no scenario ${name}`))
  const isLinux = process.platform === 'linux' ? false : 'the attacks read /proc and come from addresses of 127/8'
  const possible = named.filter(({ missing }) => !missing)

  suite(`attacks on ${kind.name}`, { skip: kind.missing || isLinux, timeout: 280_000 }, () => {
    const outcomes = new Map<string, Outcome>()
    before(async () => {
      for (const outcome of await runScenarios(possible, kind, { isShort: true }))
        outcomes.set(outcome.scenario.name, outcome)
    })
    after(() => outcomes.clear())
    for (const { name, what, missing = false } of named)
      test(`${name}: ${what}`, { skip: missing }, () => {
        const outcome = outcomes.get(name) ?? assert.fail(`${name} was not run`)
        const faults = outcome.verdicts.filter(({ holds }) => !holds)
        assert.ok(outcome.failure === null && faults.length === 0, outcomeText(outcome))
      })
  })
}
