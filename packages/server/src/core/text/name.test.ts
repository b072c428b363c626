import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confusablesVersion } from './confusables.generated.ts'
import { lookalikeKeysOf } from './lookalike-keys.ts'
import { cleanName, hasVisibleText, nameText } from './name.ts'

test('a text of invisible characters alone is not visible', () => {
  const unseen = ['', ' ', '\u200b', '\u3164', '\u2800', '\u00ad', '\u200f', '\u{e0041}\u{e007f}', '\ufe0f', '\u0301']
  for (const text of [...unseen, unseen.join('')]) assert.equal(hasVisibleText(text), false, JSON.stringify(text))
  for (const text of ['a', '.', '1', '👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '\u3042', 'é', '\u200ba']) assert.ok(hasVisibleText(text), text)
})

test('a name is stored in NFC, with single spaces and without bidirectional controls', () => {
  assert.equal(cleanName('  Zoe\u0308 \u00a0\u3000 Q '), 'Zoë Q')
  assert.equal(cleanName('\u202eAnn\u202c\u2066\u2069'), 'Ann')
  // What letters and emoji of the world need stays.
  for (const name of ['می\u200cخواهم', '👩‍👩‍👧', '❤\ufe0f', '\u200fעברית']) assert.equal(cleanName(name), name)
})

test('a name has a visible character, and its length is bounded before it is processed', () => {
  const name = nameText(5)
  assert.equal(name.parse(' Ann\u2069 '), 'Ann')
  for (const bad of ['', ' ', '\u202e', '\u200b', '\u3164', 'abcdef', 'x'.repeat(1e6), 'a\nb', 'a\u0000', '\ufffd'])
    assert.equal(name.safeParse(bad).success, false, JSON.stringify(bad.slice(0, 9)))
})

test('names that look the same to a reader share a key', () => {
  const isLike = (a: string, b: string) => {
    const [one, other] = [lookalikeKeysOf(a), lookalikeKeysOf(b)]
    return one.look_key === other.look_key || one.shown_key === other.shown_key
  }
  const alike: [string, string][] = [
    ['Ann', 'ANN'],
    ['Ann', 'A\u200bnn'],
    ['Ann', 'Аnn'],
    ['Ann Q', 'ann  q'],
    ['Ann Q', 'Ann\u00a0Q'],
    ['Zoë', 'zoe\u0308'],
    ['Straße', 'STRASSE'],
    ['Ａｎｎ', 'ann'],
    ['Iris', 'lris'],
    ['Bob', 'B0b'],
    ['paypal', 'раураl'],
    ['modern', 'modem'],
    ['Ελένη', 'ΕΛΈΝΗ'],
  ]
  for (const [a, b] of alike) assert.ok(isLike(a, b), `${a} ${b}`)
  for (const [a, b] of [
    ['Ann', 'Anna'],
    ['Lia', 'Ila'],
    ['Ann Q', 'AnnQ'],
    ['Bob', 'Rob'],
    ['李', '木子'],
  ] as const)
    assert.equal(isLike(a, b), false, `${a} ${b}`)
  assert.match(confusablesVersion, /^\d+\.\d+\.\d+$/)
})
