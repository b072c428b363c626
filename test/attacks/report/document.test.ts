import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { writeDocument } from './document.ts'
import { judge } from './figures.ts'
import type { Outcome } from '../run-scenario.ts'
import type { Scenario } from '../scenario.ts'

const machine = { cpu: 'A processor', cores: 2, node: 'v26.0.0', syncMs: 0.1 }
const scenario = (name: string): Scenario => ({
  ...{ name, what: `What ${name} does.`, setup: async () => null, attack: async () => {} },
  bounds: { opened: { most: 3 } },
})
const scenarios = [scenario('first'), scenario('second')]

function outcome(index: number, figures: Readonly<Record<string, number>>): Outcome {
  const of = scenarios[index] ?? assert.fail()
  const verdicts = judge(figures, of.bounds ?? {}, { isShort: false, waited: 0 }).filter(
    ({ figure }) => figure in figures,
  )
  return {
    ...{ scenario: of, database: 'SQLite', addresses: 1, rounds: 10, figures, verdicts },
    ...{ told: { rate_limited: 7 }, worst: {}, refusals: {}, waited: 0, resident: [], failure: null },
  }
}

suite('the document of attacks', () => {
  const rowOf = (document: string, start: string) =>
    document.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? ''

  test('says plainly what a scenario missed', () => {
    const document = writeDocument(machine, scenarios, [outcome(0, { heap: 21, opened: 3 })], '')
    assert.match(rowOf(document, 'first'), /\*\*missed: heap 21 MB \(≤ 20\)\*\*/)
    assert.match(document, /- \*\*first\*\*: What first does\. Of its own: opened ≤ 3\./)
  })

  test('keeps rows that were not taken again, in the order of the scenarios, and what was written by hand', () => {
    const begun = `${writeDocument(machine, scenarios, [outcome(1, { heap: 5 })], '')}By hand.\n`
    const document = writeDocument(machine, scenarios, [outcome(0, { heap: 21 }), outcome(0, { heap: 4 })], begun)
    assert.ok(document.indexOf('| first') < document.indexOf('| second'))
    assert.match(rowOf(document, 'second'), /\| 5 MB \|.*\| hold \|/)
    assert.match(rowOf(document, 'first'), /\| 4 MB \|.*\| hold \|/)
    assert.ok(document.endsWith('By hand.\n'))
  })
})
