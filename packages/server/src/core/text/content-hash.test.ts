import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contentHash, isSameContent } from './content-hash.ts'

const message = { room_id: 'lobby', type: 'text', content: 'hello', about: { x: 1, y: [{ b: 1, a: null }] } }

test('[I5] the order of fields and fields without a value do not change the hash', () => {
  const same = [
    { about: { y: [{ b: 1 }], x: 1 }, content: 'hello', type: 'text', room_id: 'lobby' },
    { ...message, format: null, reply_to: undefined },
  ]
  for (const one of same) assert.equal(contentHash(one), contentHash(message))
})

test('[I5] every other difference changes the hash', () => {
  const others = [
    { ...message, content: 'hello ' },
    { ...message, reply_to: '' },
    { ...message, about: { ...message.about, x: '1' } },
    { ...message, about: { ...message.about, y: [] } },
    { ...message, content: ['hello'] },
  ]
  assert.equal(new Set([message, ...others].map(contentHash)).size, others.length + 1)
})

test('[I5] a missing hash, or one of another version, counts as the same content', () => {
  const [one, other] = [contentHash({ content: 'one' }), contentHash({ content: 'other' })]
  assert.ok(isSameContent(one, one) && !isSameContent(one, other))
  for (const unknown of [null, `0${one.slice(1)}`, '2:x']) {
    assert.ok(isSameContent(unknown, one) && isSameContent(one, unknown))
  }
})

test('[I5] the hash of a version does not change between releases', () => {
  assert.equal(contentHash({ room_id: 'lobby', type: 'text', content: 'hello' }), '1:slWIynjT6wWnK5l42iTv45')
})
