import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { may, mayChangeRole, mayRemove, roomRoleOf, targetOf } from '@parlor/client/permissions'
import { roomRoles, roomTargets } from '../../../../../client/src/generated/permissions.generated.ts'
import { memberActions } from './member-actions.ts'

describe('the actions on a member', () => {
  it('[W5] are those that the server allows, for every role and every target', () => {
    for (const role of roomRoles) {
      for (const target of roomTargets) {
        const allowed = {
          make_cohost: mayChangeRole(role, target) && target !== 'cohost',
          make_member: mayChangeRole(role, target) && target === 'cohost',
          make_host: may(role, 'roles'),
          remove: mayRemove(role, target) && may(role, 'remove'),
          ban: mayRemove(role, target) && may(role, 'remove'),
          send_out: mayRemove(role, target) && may(role, 'send_out') && target !== 'sent_out',
        }
        const expected = Object.entries(allowed).flatMap(([action, isAllowed]) => (isAllowed ? [action] : []))
        assert.deepEqual(memberActions(role, target), expected, `${role} on ${target}`)
      }
    }
  })
  it('[W5] let the owner hand the room to a stand-in, but neither remove a stand-in nor change their role', () => {
    for (const host_rights of ['cohost', 'order', 'controls'] as const) {
      const room = { owner_id: 'ann', host_id: 'bob', host_rights }
      assert.deepEqual(memberActions(roomRoleOf(room, 'ann', 'cohost'), targetOf(room, 'bob', 'host')), ['make_host'])
    }
  })
  it('let the owner do everything to members and co-hosts', () => {
    assert.deepEqual(memberActions('owner', 'member'), ['make_cohost', 'make_host', 'remove', 'ban'])
    assert.deepEqual(memberActions('owner', 'cohost'), ['make_member', 'make_host', 'remove', 'ban'])
  })
  it('let a stand-in host only send members and guests out, and a guest host do nothing', () => {
    for (const other of ['member', 'guest'] as const) assert.deepEqual(memberActions('host', other), ['send_out'])
    for (const other of ['owner', 'cohost', 'sent_out'] as const) assert.deepEqual(memberActions('host', other), [])
    for (const other of roomTargets) assert.deepEqual(memberActions('guest_host', other), [])
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
    for (const other of ['hosting', 'owner', 'cohost'] as const) assert.deepEqual(memberActions('cohost', other), [])
  })
  it('are none for other roles', () => {
    const unknown = roomRoleOf({ owner_id: 'ann', host_id: 'ann' }, 'dee', 'something new')
    for (const role of ['member', 'guest', unknown] as const) assert.deepEqual(memberActions(role, 'guest'), [])
  })
})
