import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as server from '../../server/src/features/rooms/permissions.ts'
import { isModerator, may, mayRemove, type Permission, roomRoleOf } from './permissions.ts'

const isPermission = (name: string): name is Permission => name in server.permissions

describe('[T3] what the SDK says of permissions is what the server decides', () => {
  it('of every role and permission', () => {
    for (const role of server.roles) {
      for (const permission of Object.keys(server.permissions).filter(isPermission)) {
        assert.equal(may(role, permission), server.may(role, permission), `${role} ${permission}`)
      }
    }
  })

  it('of every role that removes another', () => {
    for (const role of server.roles) {
      for (const other of server.roles) {
        assert.equal(mayRemove(role, other), server.mayRemove(role, other), `${role} ${other}`)
      }
    }
  })

  it('of what a member is, as owner, as host with any rights, and by a role that is not known yet', () => {
    const [owner, host, other] = [1, 2, 3]
    const ids = ['', 'ann', 'bob', 'cy']
    for (const host_rights of server.hostRights) {
      for (const user of [owner, host, other]) {
        for (const role of ['host', 'cohost', 'member', 'guest', 'sent_out', 'speaker']) {
          // The engine gives `host` to who hosts, and to nobody else.
          if (role === 'host' && user === other) continue
          const decided = server.roleOf({ user, role }, { owner, host, host_rights })
          const told = roomRoleOf({ owner_id: 'ann', host_id: 'bob', host_rights }, ids[user] ?? '', role)
          assert.equal(told, decided, `${host_rights} ${user} ${role}`)
        }
      }
    }
  })

  it('of who sees what only moderators see', () => {
    for (const role of ['host', 'cohost', 'member', 'guest', 'sent_out']) {
      assert.equal(isModerator(role), server.isModerator(role), role)
    }
  })
})
