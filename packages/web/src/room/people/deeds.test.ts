import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deedsFor } from './deeds.ts'

describe('what somebody may do about another', () => {
  it('is everything for the host', () => {
    assert.deepEqual(deedsFor('host', 'member'), ['make_cohost', 'make_host', 'remove', 'ban'])
    assert.deepEqual(deedsFor('host', 'cohost'), ['make_member', 'make_host', 'remove', 'ban'])
  })
  it('is to remove those without an office for a co-host', () => {
    assert.deepEqual(deedsFor('cohost', 'guest'), ['remove', 'ban'])
    assert.deepEqual(deedsFor('cohost', 'cohost'), [])
    assert.deepEqual(deedsFor('cohost', 'host'), [])
  })
  it('is nothing for anybody else', () => {
    for (const role of ['member', 'guest', 'something new']) assert.deepEqual(deedsFor(role, 'guest'), [])
  })
})
