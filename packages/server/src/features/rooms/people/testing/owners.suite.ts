import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Backend, createWorld, quickPasswords, type World } from '../../../testing/world.ts'
import { enter, forgetUser, people, type Person, rolesOf, roomOf, secondsUntil } from '../../testing/rooms.ts'

/** Ann's room, in which the stranger stands in for her while she is absent. */
async function stoodIn(world: World) {
  const { ann, stranger, friend } = await people(world, 'ann', 'stranger', 'friend')
  const { id, path } = await roomOf(world, ann, { guest: [stranger, friend] }, { settings: { waiting: true } })
  const [strangers] = await enter(world, id, stranger, friend)
  assert.notEqual(await secondsUntil(world, friend, path, stranger, 32), -1)
  return { ann, stranger, friend, id, path, strangers }
}

export function ownersSuite(name: string, backend: Backend): void {
  describe(`owners of rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[HO5] [P3] absent owners keep their rights, and may take the room back or hand it over', async () => {
      await using world = await createWorld(await backend.open())
      const first = await stoodIn(world)
      const { ann, stranger, friend, path } = first
      const members = `${path}/members`
      assert.equal(await ann.code('PATCH', path, { password: 'x' }), 'ok')
      assert.equal((await ann.does('PATCH', `${members}/${friend.id}`, { role: 'cohost' })).role, 'cohost')
      assert.equal((await ann.does('PATCH', `${members}/${ann.id}`, { role: 'host' })).role, 'host')
      assert.deepEqual(await rolesOf(friend, path), { ann: 'host', stranger: 'guest', friend: 'cohost' })
      assert.equal((await ann.does('PATCH', `${members}/${ann.id}`, { role: 'host' })).role, 'host')
      assert.equal(await ann.code('DELETE', path), 'ok')
      const { path: other, ...second } = await stoodIn(world)
      await second.ann.does('PATCH', `${other}/members/${second.friend.id}`, { role: 'host' })
      const roles = { ann: 'cohost', stranger: 'guest', friend: 'host' }
      assert.deepEqual(await rolesOf(second.friend, other), roles)
      assert.equal((await second.ann.does('GET', other)).owner_id, second.friend.id)
      assert.equal(await second.ann.code('DELETE', other), 'forbidden')
      const third = await stoodIn(world)
      await third.ann.does('PATCH', `${third.path}/members/${third.stranger.id}`, { role: 'host' })
      assert.deepEqual(await rolesOf(third.friend, third.path), { ...roles, friend: 'guest', stranger: 'host' })
      assert.equal(await third.stranger.code('DELETE', third.path), 'ok')
      assert.equal(await stranger.code('GET', path), 'ok')
    })

    test('[HO5] [P2] the commit refuses an owner action of a user who is no longer the owner', async () => {
      const passwords = quickPasswords()
      const [asked, handed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      // Hashing a new password takes place between the check and the commit.
      const hold: (typeof passwords)['hold'] = async (run) => {
        asked.resolve()
        await handed.promise
        return passwords.behind.hold(run)
      }
      const options = { passwords: { ...passwords, behind: { ...passwords.behind, hold } } }
      await using world = await createWorld(await backend.open(), options)
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      const change = ann.code('PATCH', path, { password: 'x' })
      await asked.promise
      await ann.does('PATCH', `${path}/members/${bob.id}`, { role: 'host' })
      handed.resolve()
      assert.equal(await change, 'forbidden')
      assert.equal((await bob.does('GET', path)).has_password, false)
    })

    test('[HO1] a stand-in who is replaced gets their former role back', async () => {
      await using world = await createWorld(await backend.open())
      const { stranger, friend, path, strangers } = await stoodIn(world)
      strangers?.close()
      assert.notEqual(await secondsUntil(world, friend, path, friend, 50), -1)
      assert.deepEqual(await rolesOf(friend, path), { ann: 'cohost', stranger: 'guest', friend: 'host' })
      assert.equal(await friend.code('DELETE', path), 'forbidden')
      assert.equal(await stranger.code('PATCH', path, { name: 'x' }), 'forbidden')
    })

    test('[HO4] when a stand-in’s account is deleted the room stays its owner’s', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, stranger, friend, path } = await stoodIn(world)
      await remove(world, stranger)
      assert.deepEqual(await rolesOf(friend, path), { ann: 'host', friend: 'guest' })
      const other = await stoodIn(world)
      await other.ann.does('POST', `${other.path}/leave`)
      await remove(world, other.stranger)
      assert.deepEqual(await rolesOf(other.friend, other.path), { friend: 'host' })
      assert.equal(await other.friend.code('DELETE', other.path), 'forbidden')
      assert.equal((await other.friend.does('GET', other.path)).owner_id, other.ann.id)
      await remove(world, other.friend)
      assert.equal((await other.ann.does('POST', `${other.path}/join`)).host_id, other.ann.id)
      assert.equal(await ann.code('DELETE', path), 'ok')
    })

    test('[HO4] a deleted owner leaves the room to its host, also when the owner was not a member', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, stranger, friend, path } = await stoodIn(world)
      await ann.does('POST', `${path}/leave`)
      await remove(world, ann)
      const { host_id, owner_id } = await friend.does('GET', path)
      assert.deepEqual([host_id, owner_id], [stranger.id, stranger.id])
      assert.equal(await stranger.code('DELETE', path), 'ok')
    })

    test('[HO4] a room without members belongs to whoever hosts it next', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, {})
      await remove(world, ann)
      const empty = await bob.does('GET', path)
      assert.deepEqual([empty.host_id, empty.owner_id, empty.host, empty.member_count], [null, null, undefined, 0])
      await enter(world, id, bob)
      assert.equal(await bob.code('DELETE', path), 'forbidden')
      assert.notEqual(await secondsUntil(world, bob, path, bob, 32), -1)
      assert.equal((await bob.does('GET', path)).owner_id, bob.id)
      assert.equal(await bob.code('DELETE', path), 'ok')
    })
  })
}

/** Does what rooms do when the account is deleted. */
async function remove(world: World, { token }: Person): Promise<void> {
  await forgetUser(world, (await world.connect(token)).caller.user)
}
