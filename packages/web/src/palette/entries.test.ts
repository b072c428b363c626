import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Entry, fitOf, groupsFor, withRecent } from './entries.ts'

const entry = (kind: Entry['kind'], label: string): Entry => ({
  id: `${kind} ${label}`,
  kind,
  label,
  icon: 'info',
  run() {},
})
const all = [
  ...['Green tea', 'Books', 'Teapots', 'Steady'].map((label) => entry('room', label)),
  ...['Téa', 'Bob'].map((label) => entry('person', label)),
  ...['Account', 'Mark all as read'].map((label) => entry('action', label)),
]
const shown = (typed: string, recent: readonly string[] = []) =>
  groupsFor(typed, all, recent).map(({ kind, entries }) => [kind, entries.map(({ label }) => label)])

test('[SH6] what begins with the typed text comes first, then what has a word that does, without case and accents', () => {
  assert.deepEqual(shown('tea'), [
    ['room', ['Teapots', 'Green tea', 'Steady']],
    ['person', ['Téa']],
  ])
  assert.deepEqual([fitOf('ALL', 'Mark all as read'), fitOf('x', 'Books')], [1, null])
  assert.deepEqual(shown('nothing like it'), [])
})

test('[SH6] recent entries come first, each once, and decide between equals', () => {
  const recent = ['room Books', 'action Account', 'room gone']
  assert.deepEqual(shown(' ', recent)[0], ['recent', ['Books', 'Account']])
  assert.deepEqual(shown(' ', recent)[1], ['room', ['Green tea', 'Teapots', 'Steady']])
  assert.deepEqual(shown('b', recent)[0], ['room', ['Books']])
  assert.deepEqual(withRecent(['a', 'b', 'c'], 'b'), ['b', 'a', 'c'])
  assert.equal(
    withRecent(
      Array.from({ length: 20 }, (_, n) => `${n}`),
      'new',
    ).length,
    20,
  )
})
