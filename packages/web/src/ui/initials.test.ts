import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initials, signOf } from './initials.ts'

test('initials are the first characters of the first and the last word, in any script', () => {
  const names = ['Ann', 'ann of  green gables', '👩‍🚀 Zoë', 'ßeta', '', ' ']
  assert.deepEqual(names.map(initials), ['A', 'AG', '👩‍🚀Z', 'SS', '?', '?'])
})

test('[W10] a room is shown by the emoji that its name begins with, else by its initials', () => {
  const names = ['👩‍🚀 Space club', '🇪🇸 Español', '⚽️', 'Sunday dinner', '7 dwarfs', '# general', '']
  assert.deepEqual(
    names.map((name) => signOf(name).text),
    ['👩‍🚀', '🇪🇸', '⚽️', 'SD', '7D', '#G', '?'],
  )
  assert.deepEqual(names.map((name) => signOf(name).isEmoji).filter(Boolean).length, 3)
})
