import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { boundText, figureText, judge, usualBounds } from './figures.ts'

const idle = { isShort: false, waited: 0 }
/** Figures that meet every usual bound exactly. */
const good = Object.fromEntries(
  Object.entries(usualBounds).map(([figure, { most, least }]) => [figure, most ?? least ?? 0]),
)
const faults = (...given: Parameters<typeof judge>) =>
  judge(...given).flatMap(({ figure, holds }) => (holds ? [] : [figure]))

suite('judging figures', () => {
  test('a figure at its bound holds, one over it does not', () => {
    assert.deepEqual(faults(good, {}, idle), [])
    assert.deepEqual(faults({ ...good, heap: 20.1, alive: 0 }, {}, idle), ['alive', 'heap'])
  })

  test('a figure that was not measured does not hold, except growth', () => {
    const { 'RSS growth': _growth, heap: _heap, ...rest } = good
    assert.deepEqual(faults(rest, {}, idle), ['heap'])
  })

  test('a scenario adds bounds, changes them and lifts them', () => {
    const own = { heap: null, 'peak RSS': { most: 300 }, opened: { most: 10 } }
    assert.deepEqual(faults({ ...good, heap: 900, 'peak RSS': 300, opened: 11 }, own, idle), ['opened'])
  })

  test('in the short form times may be four times as long and memory half as much again, and nothing else', () => {
    const late = { ...good, 'send p95': 1000, 'peak RSS': 300, 'honest refused': 1 }
    assert.deepEqual(faults(late, {}, { ...idle, isShort: true }), ['honest refused'])
    assert.deepEqual(faults({ ...good, 'send p95': 1001 }, {}, { ...idle, isShort: true }), ['send p95'])
  })

  test('where the server waited for a core, times are not judged, and turns may be longer by that share', () => {
    const slow = { ...good, 'send p95': 9000, 'turn p99.9': 20, 'honest refused': 1 }
    assert.deepEqual(faults(slow, {}, { isShort: false, waited: 0.5 }), ['honest refused'])
    assert.deepEqual(faults({ ...slow, 'turn p99.9': 21 }, {}, { isShort: false, waited: 0.5 }), [
      'honest refused',
      'turn p99.9',
    ])
  })

  test('formats figures and bounds for readers', () => {
    assert.deepEqual([figureText('heap', 0.1234), figureText('send p95', 250.4)], ['0.12 MB', '250 ms'])
    assert.deepEqual([boundText({ most: 3 }), boundText({ least: 1, most: 2 })], ['≤ 3', '≥ 1, ≤ 2'])
  })
})
