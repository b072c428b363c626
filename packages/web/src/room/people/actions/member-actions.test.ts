import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deedsFor } from './member-actions.ts'
import { roomRoleOf } from '@parlor/client/permissions'

describe('what somebody may do about another', () => {
  it('is everything for the owner, but to remove who stands in for them', () => {
    assert.deepEqual(deedsFor('owner', 'member'), ['make_cohost', 'make_host', 'remove', 'ban'])
    assert.deepEqual(deedsFor('owner', 'cohost'), ['make_member', 'make_host', 'remove', 'ban'])
    assert.deepEqual(deedsFor('owner', 'host'), ['make_host'])
  })
  it('is to send members and guests out for who stands in, and nothing for who has the controls alone', () => {
    for (const other of ['member', 'guest'] as const) assert.deepEqual(deedsFor('host', other), ['send_out'])
    for (const other of ['owner', 'cohost', 'sent_out'] as const) assert.deepEqual(deedsFor('host', other), [])
    for (const other of ['member', 'guest', 'cohost', 'owner'] as const)
      assert.deepEqual(deedsFor('guest_host', other), [])
  })
  it('follows from what the room says of its host', () => {
    const room = { owner_id: 'ann', host_id: 'bob' }
    const roles = (['cohost', 'order', 'controls'] as const).map((host_rights) =>
      roomRoleOf({ ...room, host_rights }, 'bob', 'host'),
    )
    assert.deepEqual(roles, ['cohost', 'host', 'guest_host'])
    assert.equal(roomRoleOf({ ...room, host_rights: 'order' }, 'ann', 'cohost'), 'owner')
    assert.equal(roomRoleOf({ ...room, host_rights: 'order' }, 'cy', 'cohost'), 'cohost')
  })
  it('is to remove those without an office for a co-host', () => {
    assert.deepEqual(deedsFor('cohost', 'guest'), ['remove', 'ban'])
    assert.deepEqual(deedsFor('cohost', 'cohost'), [])
    for (const other of ['host', 'owner'] as const) assert.deepEqual(deedsFor('cohost', other), [])
  })
  it('is nothing for anybody else', () => {
    const unknown = roomRoleOf({ owner_id: 'ann', host_id: 'ann' }, 'dee', 'something new')
    for (const role of ['member', 'guest', unknown] as const) assert.deepEqual(deedsFor(role, 'guest'), [])
  })
})
