import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRows } from './record.ts'
import { writeDocument } from './report.ts'
import { outcomeOf, worseThanRecorded } from './run.ts'
import type { Scenario } from './scenarios.ts'

const scenario: Scenario = {
  id: 'room',
  what: 'a room',
  isShort: true,
  pair: () => Promise.reject(new Error('not run here')),
  checks: [
    { id: 'rate', figure: 'rate', unit: '/s', on: 'ratio', bound: { atLeast: 2 }, isRecorded: true },
    { id: 'delay', figure: 'delay', unit: 'ms', on: 'parlor', bound: { atMost: 10 } },
  ],
}
const pairs = [
  { parlor: { rate: 300, delay: 4 }, peer: { rate: 100, delay: Number.NaN } },
  { parlor: { rate: 100, delay: 5 }, peer: { rate: 20, delay: Number.NaN } },
  { parlor: { rate: 400, delay: 60 }, peer: { rate: 100, delay: Number.NaN } },
]
const machine = { cpu: 'a CPU', cores: 2, node: 'v26', syncMs: 0.2 }
const options = {
  pairs: 3,
  only: [],
  isShort: false,
  isWriting: true,
  generators: 1,
  profileTo: undefined,
}

test('a ratio is the median of the ratios of the pairs, an own figure the median of its values', () => {
  const { rows } = outcomeOf(scenario, pairs, machine.syncMs)
  assert.deepEqual(
    rows.map(({ id, ratio, weakest, parlor, peer, verdict }) => ({ id, ratio, weakest, parlor, peer, verdict })),
    [
      { id: 'room.rate', ratio: 4, weakest: 3, parlor: 300, peer: 100, verdict: 'reached' },
      { id: 'room.delay', ratio: null, weakest: null, parlor: 5, peer: null, verdict: 'reached' },
    ],
  )
})

test('compares a later run with the document, for recorded figures only', () => {
  const outcome = outcomeOf(scenario, pairs, machine.syncMs)
  const recorded = readRows(writeDocument(machine, options, [outcome], ''))
  assert.deepEqual(worseThanRecorded(outcome, recorded), [])
  const slowed = (factor: number) => {
    const slower = pairs.map(({ parlor, peer }) => ({ parlor: { rate: parlor.rate * factor, delay: 9 }, peer }))
    return worseThanRecorded(outcomeOf(scenario, slower, machine.syncMs), recorded)
  }
  assert.deepEqual(slowed(0.55), [], 'its best pair, 2.75×, comes within 10 % of the weakest, 3×')
  assert.match(slowed(0.5).join(), /^room\.rate: 2\.5× at best/)
})

test('leaves out pairs disturbed by other processes; when most were, compares nothing with the record', () => {
  const recorded = readRows(writeDocument(machine, options, [outcomeOf(scenario, pairs, machine.syncMs)], ''))
  const disturbed = { parlor: { rate: 1, delay: 900, waited: 0.4 }, peer: { rate: 1, delay: Number.NaN, waited: 0 } }
  const mostlyCalm = outcomeOf(scenario, [...pairs, disturbed], machine.syncMs)
  assert.equal(mostlyCalm.isBusy, false)
  assert.equal(mostlyCalm.rows[0]?.ratio, 4)
  const busy = outcomeOf(scenario, [...pairs, disturbed, disturbed, disturbed, disturbed], machine.syncMs)
  assert.equal(busy.isBusy, true)
  assert.equal(busy.rows[0]?.ratio, 1)
  assert.deepEqual(worseThanRecorded(busy, recorded), [])
})

test('keeps hand-written parts of the document', () => {
  const outcome = outcomeOf(scenario, pairs, machine.syncMs)
  const first = writeDocument(machine, options, [outcome], '')
  const withNotes = `${first}\n## What was tried\n\nA note.\n`
  const second = writeDocument(machine, options, [outcome], withNotes)
  assert.equal(second, withNotes)
})
