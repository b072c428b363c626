import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOfBase64Url } from './base64url.ts'

test('bytes have one base64url spelling, and any other is refused', () => {
  assert.deepEqual(bytesOfBase64Url('_-8'), Buffer.from([0xff, 0xef]))
  assert.deepEqual(bytesOfBase64Url(''), Buffer.alloc(0))
  // Padding, the other alphabet, junk, white space, and unused bits that are set.
  for (const text of ['_-8=', '_-8==', '/+8', '_-8!', '_-8 ', ' _-8', '_-8\n', '_-9', '_-8A=', '_', 'é'])
    assert.equal(bytesOfBase64Url(text), null, JSON.stringify(text))
})
