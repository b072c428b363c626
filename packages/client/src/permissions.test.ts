import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { permissions } from '../../server/src/compose/declared.ts'
import * as server from '../../server/src/features/rooms/permissions/permissions.ts'
import * as deciding from '../../server/src/features/rooms/permissions/room-permissions.ts'
import * as sdk from './generated/permissions.generated.ts'
import { isModerator, may, mayChangeRole, mayRemove, type Permission, roomRoleOf, targetOf } from './permissions.ts'

const isPermission = (name: string): name is Permission => name in sdk.permissions

describe('[T3] the SDK answers as the server decides', () => {
  it('for every role and permission', () => {
    for (const role of server.roles) {
      for (const { name, who } of permissions) {
        assert.ok(isPermission(name), name)
        assert.equal(may(role, name), who.includes(role), `${role} ${name}`)
      }
    }
  })

  it('for whom each role may remove, and whose role it may change', () => {
    for (const role of server.roles) {
      for (const target of server.targets) {
        assert.equal(mayRemove(role, target), deciding.mayRemove(role, target), `${role} removes ${target}`)
        assert.equal(mayChangeRole(role, target), deciding.mayChangeRole(role, target), `${role} changes ${target}`)
      }
    }
  })

  it('for the role and target role of an owner, a host with any rights, and a member with an unknown role', () => {
    const [owner, host, other] = [1, 2, 3]
    const ids = ['', 'ann', 'bob', 'cy']
    for (const host_rights of server.hostRights) {
      for (const user of [owner, host, other]) {
        for (const role of ['host', 'cohost', 'member', 'guest', 'sent_out', 'speaker']) {
          // Only the host has the role `host` in the engine.
          if (role === 'host' && user === other) continue
          const [room, told] = [
            { owner, host, host_rights },
            { owner_id: 'ann', host_id: 'bob', host_rights },
          ]
          const who = `${host_rights} ${user} ${role}`
          assert.equal(roomRoleOf(told, ids[user] ?? '', role), server.roleOf({ user, role }, room), who)
          assert.equal(targetOf(told, ids[user] ?? '', role), server.targetOf(user, { user, role }, room), who)
        }
      }
    }
  })

  it('for which roles are moderators', () => {
    for (const role of ['host', 'cohost', 'member', 'guest', 'sent_out']) {
      assert.equal(isModerator(role), server.isModerator(role), role)
    }
  })
})
