import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deedsFor } from './deeds.ts'

describe('what somebody may do about another', () => {
  it('is everything for the owner, but to remove who stands in for them', () => {
    assert.deepEqual(deedsFor('owner', 'member'), ['make_cohost', 'make_host', 'remove', 'ban'])
    assert.deepEqual(deedsFor('owner', 'cohost'), ['make_member', 'make_host', 'remove', 'ban'])
    assert.deepEqual(deedsFor('owner', 'host'), ['make_host'])
  })
  it('is to remove everyone but the owner for a host who stands in', () => {
    assert.deepEqual(deedsFor('host', 'cohost'), ['remove', 'ban'])
    assert.deepEqual(deedsFor('host', 'owner'), [])
  })
  it('is to remove those without an office for a co-host', () => {
    assert.deepEqual(deedsFor('cohost', 'guest'), ['remove', 'ban'])
    assert.deepEqual(deedsFor('cohost', 'cohost'), [])
    for (const other of ['host', 'owner']) assert.deepEqual(deedsFor('cohost', other), [])
  })
  it('is nothing for anybody else', () => {
    for (const role of ['member', 'guest', 'something new']) assert.deepEqual(deedsFor(role, 'guest'), [])
  })
})
