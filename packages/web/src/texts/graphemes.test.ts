import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginningOf, graphemes } from './graphemes.ts'
import { initials } from '../ui/initials.ts'

const family = '👨‍👩‍👧‍👦'

test('a text is cut between characters, never inside one', () => {
  assert.equal(beginningOf('short', 200), 'short')
  assert.equal(beginningOf('x'.repeat(300), 200), 'x'.repeat(200))
  for (const one of ['😀', '🇪🇸', 'ñ'.normalize('NFD'), family]) {
    for (let before = 200 - one.length - 1; before <= 201; before += 1) {
      const text = `${'x'.repeat(before)}${one}${'y'.repeat(40)}`
      const cut = beginningOf(text, 200)
      const isInside = before < 200 && before + one.length > 200
      assert.equal(cut.length, isInside ? before : 200, `${before} before ${one}`)
      assert.ok(text.startsWith(cut) && cut.isWellFormed())
    }
  }
})

test('one character that is longer than the maximum is cut', () => {
  const stacked = `a${'\u0301'.repeat(300)}`
  assert.equal(beginningOf(stacked, 200), stacked.slice(0, 200))
  assert.equal(beginningOf('\u{1d165}'.repeat(300), 199).length, 198)
})

test('without a segmenter no surrogate pair is cut', (t) => {
  t.mock.property(Intl, 'Segmenter', undefined)
  assert.deepEqual([...graphemes('a😀b')], ['a', '😀', 'b'])
  assert.equal(beginningOf(`${'x'.repeat(199)}😀`, 200), 'x'.repeat(199))
  assert.equal(initials('😀 Ann'), '😀A')
})
