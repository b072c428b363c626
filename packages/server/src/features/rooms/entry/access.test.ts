import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomErrors } from '../../../room/errors.ts'
import { identityErrors } from '../../identity/contract.ts'
import { entryErrors } from '../errors.ts'
import { admission, type JoinFacts } from './access.ts'
import {
  type HostRights,
  hasPermission,
  hostRights,
  roleOf,
  roles,
  targetOf,
  targets,
} from '../permissions/permissions.ts'
import { mayChangeRole, mayRemove, roomPermissions } from '../permissions/room-permissions.ts'
import { createRoomOptions } from '../options.ts'
import { newProfile, type NewRoom, profileOf } from '../state.ts'

const options = createRoomOptions([])

const stranger: JoinFacts = {
  ...{
    member: null,
    isHost: false,
    isBanned: false,
    isSentOut: false,
    isFull: false,
    invite: 'none',
    password: 'none',
  },
}
const given = { kind: null, movie_source: null, is_private: null, password: null, capabilities: null }
const room = (settings: NonNullable<NewRoom['settings']> = {}, privacy: { is_private?: true; hash?: string } = {}) => ({
  profile: newProfile(
    'chat',
    { ...given, name: 'x', settings, is_private: privacy.is_private ?? null },
    { num: 1, id: 'host' },
    privacy.hash ?? null,
    options,
  ),
})
const member = { user: 2, role: 'member', joined_at: 0 }

test('[A1] to [A6] the access checks run in their order', () => {
  const strict = room({ locked: true, waiting: true, capacity: 1 }, { hash: 'hash' })
  const all: JoinFacts = {
    ...stranger,
    isBanned: true,
    isSentOut: true,
    isFull: true,
    invite: 'holds',
    password: 'right',
  }
  assert.equal(admission(strict, { ...all, member }), roomErrors.banned)
  assert.equal(admission(strict, { ...all, isBanned: false, member }), roomErrors.sent_out)
  const free = { ...all, isBanned: false, isSentOut: false }
  assert.equal(admission(strict, { ...free, member }), 'in')
  assert.equal(admission(strict, { ...free, isHost: true }), 'in')
  assert.equal(admission(strict, free), entryErrors.room_locked)
  const unlocked = room({ waiting: true, capacity: 1 }, { hash: 'hash' })
  const asked: JoinFacts = { ...stranger, isFull: true }
  assert.equal(admission(unlocked, { ...asked, invite: 'holds' }), 'in')
  assert.equal(admission(unlocked, { ...asked, invite: 'bad', password: 'right' }), entryErrors.invite_invalid)
  assert.equal(admission(unlocked, asked), entryErrors.password_required)
  assert.equal(admission(unlocked, { ...asked, password: 'unchecked' }), 'check_password')
  assert.equal(admission(unlocked, { ...asked, password: 'wrong' }), identityErrors.invalid_password)
  assert.equal(admission(unlocked, { ...asked, password: 'right' }), roomErrors.room_full)
  assert.equal(admission(unlocked, { ...asked, isFull: false, password: 'right' }), 'wait')
  assert.equal(
    admission(room({}, { is_private: true }), { ...asked, password: 'unchecked' }),
    entryErrors.invite_required,
  )
  assert.equal(admission(room(), { ...stranger, invite: 'bad', password: 'unchecked' }), 'in')
})

test('[P1] a higher role has all permissions of a lower one; non-members and anonymous callers change nothing', () => {
  const order = ['sent_out', 'guest', 'member', 'guest_host', 'host', 'cohost', 'owner'] as const
  for (const [name, { who }] of Object.entries(roomPermissions)) {
    // Roles that may remove members do not need to send them out.
    if (name === 'send_out') continue
    const allowed: readonly string[] = who
    for (const [at, role] of order.entries()) {
      const next = order[at + 1]
      if (next && allowed.includes(role)) assert.ok(allowed.includes(next), `${name}: ${role}, but not ${next}`)
    }
    const isRead = name === 'read_public' || name === 'join'
    assert.equal(allowed.includes('non_member'), isRead, name)
    assert.equal(allowed.includes('anonymous'), name === 'read_public', name)
  }
  const of = (host_rights: HostRights) => ({ owner: 1, host: 3, host_rights })
  const roleFor = (user: number, role: string, rights: HostRights = 'all') => roleOf({ user, role }, of(rights))
  assert.deepEqual(
    [roleOf(null, of('all')), roleFor(2, 'cohost'), roleFor(2, 'king'), roleFor(2, 'host'), roleFor(2, 'sent_out')],
    ['non_member', 'cohost', 'guest', 'guest', 'sent_out'],
  )
  assert.deepEqual(
    [roleFor(3, 'host', 'cohost'), roleFor(3, 'host', 'order'), roleFor(3, 'guest', 'controls')],
    ['cohost', 'host', 'guest_host'],
  )
  assert.deepEqual([roleFor(1, 'host'), roleFor(1, 'cohost'), roleFor(1, 'guest')], ['owner', 'owner', 'owner'])
  assert.equal(hasPermission('cohost', roomPermissions.privacy), false)
})

test('[P5] [HO6] only the owner removes co-hosts, nobody removes the host, and a guest_host removes nobody', () => {
  for (const role of roles) {
    const kept = targets.filter((target) => !mayRemove(role, target))
    if (role === 'owner') assert.deepEqual(kept, ['hosting', 'owner'])
    else if (role === 'cohost' || role === 'host') assert.deepEqual(kept, ['hosting', 'owner', 'cohost'])
    else assert.deepEqual(kept, targets)
  }
})

test('[P3] [P5] whoever hosts a room is `hosting` to others, also a co-host who stands in', () => {
  for (const host_rights of hostRights) {
    const room = { owner: 1, host: 3, host_rights }
    const of = (user: number, role: string) => targetOf(user, { user, role }, room)
    assert.deepEqual([of(3, 'host'), of(1, 'cohost'), of(2, 'cohost')], ['hosting', 'owner', 'cohost'])
    assert.deepEqual([targetOf(3, null, room), targetOf(1, null, room)], ['hosting', 'owner'])
    assert.deepEqual([targetOf(2, null, room), of(2, 'sent_out'), of(2, 'king')], ['non_member', 'sent_out', 'guest'])
  }
  assert.equal(targetOf(1, { user: 1, role: 'host' }, { owner: 1, host: 1, host_rights: 'all' }), 'hosting')
  for (const role of roles) {
    const changed = targets.filter((target) => mayChangeRole(role, target))
    assert.deepEqual(changed, role === 'owner' ? targets.filter((target) => target !== 'hosting') : [])
  }
})

test('[RM2] a stored movie source that is not a web address is not shown', () => {
  const shownOf = (url: string) => {
    const kept = newProfile('watch', { ...given, name: 'Film', settings: null }, { num: 1, id: 'ann' }, null, options)
    const stored = { ...kept.stored, movie_source: { type: 'uploadLater', url } }
    return profileOf('watch', stored, options, () => assert.fail()).movie_source?.url
  }
  assert.equal(shownOf('https://example.org/a'), 'https://example.org/a')
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'https://ann:pw@example.org/'])
    assert.equal(shownOf(url), null)
})
