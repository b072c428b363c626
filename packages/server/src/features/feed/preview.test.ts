import assert from 'node:assert/strict'
import { test } from 'node:test'
import { preview } from './preview.ts'

test('[UF2] a preview ends after 140 graphemes, never within one', () => {
  assert.equal(preview('short'), 'short')
  assert.equal(preview('x'.repeat(141)), 'x'.repeat(140))
  const family = '👩‍👩‍👧'
  assert.equal(preview(family.repeat(100)), family.repeat(100))
  assert.equal(preview(family.repeat(150)), family.repeat(125), 'and after 1,000 units')
  assert.equal(preview(`${'x'.repeat(139)}é and more`.normalize('NFD')), `${'x'.repeat(139)}é`.normalize('NFD'))
})

test('[UF2] a preview has no NUL', () => {
  assert.equal(preview('a\0b'), 'a\ufffdb')
})

test('[UF2] one grapheme that is longer than a preview leaves nothing of it', () => {
  assert.equal(preview(`ab${'\u0301'.repeat(20_000)}`), 'a')
})
