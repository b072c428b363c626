import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memberActions } from './member-actions.ts'
import { roomRoleOf } from '@parlor/client/permissions'

describe('the actions on a member', () => {
  it('let the owner do everything but remove the stand-in host', () => {
    assert.deepEqual(memberActions('owner', 'member'), ['make_cohost', 'make_host', 'remove', 'ban'])
    assert.deepEqual(memberActions('owner', 'cohost'), ['make_member', 'make_host', 'remove', 'ban'])
    assert.deepEqual(memberActions('owner', 'host'), ['make_host'])
  })
  it('let a stand-in host only send members and guests out, and a guest host do nothing', () => {
    for (const other of ['member', 'guest'] as const) assert.deepEqual(memberActions('host', other), ['send_out'])
    for (const other of ['owner', 'cohost', 'sent_out'] as const) assert.deepEqual(memberActions('host', other), [])
    for (const other of ['member', 'guest', 'cohost', 'owner'] as const)
      assert.deepEqual(memberActions('guest_host', other), [])
  })
  it('follow the rights that the room gives to its host', () => {
    const room = { owner_id: 'ann', host_id: 'bob' }
    const roles = (['cohost', 'order', 'controls'] as const).map((host_rights) =>
      roomRoleOf({ ...room, host_rights }, 'bob', 'host'),
    )
    assert.deepEqual(roles, ['cohost', 'host', 'guest_host'])
    assert.equal(roomRoleOf({ ...room, host_rights: 'order' }, 'ann', 'cohost'), 'owner')
    assert.equal(roomRoleOf({ ...room, host_rights: 'order' }, 'cy', 'cohost'), 'cohost')
  })
  it('let a co-host remove and ban members and guests only', () => {
    assert.deepEqual(memberActions('cohost', 'guest'), ['remove', 'ban'])
    assert.deepEqual(memberActions('cohost', 'cohost'), [])
    for (const other of ['host', 'owner'] as const) assert.deepEqual(memberActions('cohost', other), [])
  })
  it('are none for other roles', () => {
    const unknown = roomRoleOf({ owner_id: 'ann', host_id: 'ann' }, 'dee', 'something new')
    for (const role of ['member', 'guest', unknown] as const) assert.deepEqual(memberActions(role, 'guest'), [])
  })
})
