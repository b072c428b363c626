import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Backend, createWorld } from '../../../testing/world.ts'
import { forgetUser, heardTimes, people, roomOf } from '../../testing/rooms.ts'

/** Roles, removals and bans. */
export function peopleSuite(name: string, backend: Backend): void {
  describe(`people of rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[P3] only the owner gives and takes the role of co-host', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob, cy] })
      const socket = await world.connect(bob.token)
      await socket.ask('join_room', { room_id: id })
      const made = await ann.does('PATCH', `${path}/members/${bob.id}`, { role: 'cohost' })
      assert.deepEqual([made.role, made.user.id], ['cohost', bob.id])
      assert.deepEqual(made, await cy.does('GET', `${path}/members/${bob.id}`))
      const { user, role, by } = await socket.heardOf('member_changed')
      assert.deepEqual([user.id, role, by], [bob.id, 'cohost', ann.id])
      for (const [who, whom, to] of [
        [bob, cy, 'cohost'],
        [bob, ann, 'member'],
        [bob, bob, 'host'],
        [cy, cy, 'cohost'],
        [ann, ann, 'member'],
      ] as const) {
        assert.equal(await who.code('PATCH', `${path}/members/${whom.id}`, { role: to }), 'forbidden')
      }
      assert.equal((await ann.does('PATCH', `${path}/members/${bob.id}`, { role: 'member' })).role, 'guest')
      assert.equal(await ann.code('PATCH', `${path}/members/nobody`, { role: 'member' }), 'not_found')
      assert.equal(await ann.code('PATCH', `${path}/members/${bob.id}`, { role: 'king' }), 'validation_error')
    })

    test('[P3] a host hands the room over for good', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const socket = await world.connect(bob.token)
      await socket.ask('join_room', { room_id: id })
      assert.equal(await ann.code('PATCH', `${path}/members/${cy.id}`, { role: 'host' }), 'not_found')
      assert.equal((await ann.does('PATCH', `${path}/members/${bob.id}`, { role: 'host' })).role, 'host')
      // A new host sees other things than before: what follows the change of role is in the room that they get anew (rule V4).
      const { recovered, room } = await heardTimes(socket, 'room_joined', 2)
      assert.deepEqual([recovered, room.host_id, room.host.name], [false, bob.id, 'bob'])
      assert.equal((await ann.does('GET', path)).host.id, bob.id)
      const roles = (await ann.does('GET', `${path}/members`)).items.map(({ role }: { role: string }) => role)
      assert.deepEqual(roles, ['cohost', 'host'])
      assert.equal(await ann.code('DELETE', path), 'forbidden')
      assert.equal(await ann.code('DELETE', `${path}/members/${bob.id}`), 'forbidden')
      assert.equal(await bob.code('DELETE', path), 'ok')
    })

    test('[P5] the host removes anyone, a co-host guests and members, and removed users are detached', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy, dee, eve } = await people(world, 'ann', 'bob', 'cy', 'dee', 'eve')
      const { id, path } = await roomOf(world, ann, { cohost: [bob, cy], guest: [dee] })
      const [host, dees] = [await world.connect(ann.token), await world.connect(dee.token)]
      for (const socket of [host, dees]) await socket.ask('join_room', { room_id: id })
      for (const [who, whom, code] of [
        [dee, bob, 'forbidden'],
        [eve, dee, 'not_a_member'],
        [bob, cy, 'forbidden'],
        [bob, ann, 'forbidden'],
        [bob, eve, 'not_found'],
        [bob, dee, 'ok'],
        [ann, bob, 'ok'],
        [ann, ann, 'forbidden'],
      ] as const) {
        assert.equal(await who.code('DELETE', `${path}/members/${whom.id}`), code, `${who.name} ${whom.name}`)
      }
      const { reason, by } = await dees.heardOf('member_left')
      assert.deepEqual([reason, by, (await host.heardOf('user_left')).reason], ['removed', bob.id, 'removed'])
      await assert.rejects(dees.ask('typing', { room_id: id, typing: true }), { code: 'not_a_member' })
      assert.equal(await dee.code('POST', `${path}/join`), 'ok')
    })

    test('[P6] a ban lasts until it is lifted, also of a user who is not in the room', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy, dee } = await people(world, 'ann', 'bob', 'cy', 'dee')
      const { id, path } = await roomOf(world, ann, { cohost: [cy], guest: [bob] })
      const invite = await ann.does('POST', `${path}/invites`)
      const bobs = await world.connect(bob.token)
      await bobs.ask('join_room', { room_id: id })
      await (await world.connect(cy.token)).ask('remove_member', { room_id: id, user_id: bob.id, ban: true })
      assert.equal((await bobs.heardOf('member_left')).reason, 'banned')
      await ann.does('DELETE', `${path}/members/${dee.id}?ban=true`)
      assert.equal(await ann.code('DELETE', `${path}/members/${dee.id}?ban=true`), 'ok')
      assert.equal(await bob.code('POST', `${path}/join`, { invite: invite.code }), 'banned')
      assert.equal(await dee.code('POST', `${path}/join`), 'banned')
      const { items } = await cy.does('GET', `${path}/bans`)
      const listed = items.map((item: { user: { id: string }; by: string }) => [item.user.id, item.by])
      assert.deepEqual(listed, [
        [bob.id, cy.id],
        [dee.id, ann.id],
      ])
      assert.deepEqual(await ann.does('DELETE', `${path}/bans/${bob.id}`), { room_id: id, user_id: bob.id })
      assert.equal(await ann.code('DELETE', `${path}/bans/${bob.id}`), 'not_found')
      assert.equal(await bob.code('POST', `${path}/join`), 'ok')
      assert.equal(await bob.code('GET', `${path}/bans`), 'forbidden')
    })

    test('[P2] the commit refuses an action whose role was taken away meanwhile', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, { cohost: [bob] })
      const [demoted, changed] = await Promise.all([
        ann.call('PATCH', `${path}/members/${bob.id}`, { role: 'member' }),
        bob.call('PATCH', path, { name: 'Mine' }),
      ])
      assert.equal(demoted.status, 200)
      const { name } = await ann.does('GET', path)
      assert.equal(name === 'Mine', changed.status === 200)
      assert.equal(await bob.code('PATCH', path, { name: 'Mine' }), 'forbidden')
    })

    test('[RM3] [P1] co-hosts change settings and speak where only hosts may, but cannot change privacy', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { path } = await roomOf(world, ann, { cohost: [bob], guest: [cy] })
      assert.equal(await bob.code('PATCH', path, { settings: { chat: 'host' } }), 'ok')
      assert.equal(await bob.code('POST', `${path}/messages`, { content: 'x' }), 'ok')
      assert.equal(await cy.code('POST', `${path}/messages`, { content: 'x' }), 'chat_disabled')
      for (const privacy of [{ is_private: true }, { password: 'x' }, { password: null }]) {
        assert.equal(await bob.code('PATCH', path, privacy), 'forbidden')
      }
      assert.equal(await cy.code('PATCH', path, { name: 'x' }), 'forbidden')
      assert.equal((await world.rest('PATCH', path, { body: { name: 'x' } })).body.code, 'not_authenticated')
      assert.equal(await ann.code('PATCH', '/api/rooms/lobby', { name: 'x' }), 'forbidden')
      assert.equal(await ann.code('PATCH', '/api/rooms/nowhere', { name: 'x' }), 'not_found')
    })

    test('[P7] rooms receive a new profile; a deleted account leaves its rooms, and others host them', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob], cohost: [cy] })
      const other = await roomOf(world, bob, { guest: [ann] })
      const [anns, bobs] = [await world.connect(ann.token), await world.connect(bob.token)]
      for (const socket of [anns, bobs]) await socket.ask('join_room', { room_id: id })
      const profile = { ...anns.caller.profile, name: 'Anna' }
      await world.rooms.profileChanged(anns.caller.user, profile)
      assert.deepEqual(await bobs.heardOf('user_updated'), { room_id: id, user: profile })
      await forgetUser(world, anns.caller.user)
      const room = await bob.does('GET', path)
      assert.deepEqual([room.host_id, room.member_count], [cy.id, 2])
      assert.equal((await cy.does('GET', `${path}/members/${cy.id}`)).role, 'host')
      assert.deepEqual((await ann.does('GET', '/api/rooms/my')).items, [])
      assert.equal((await bob.does('GET', other.path)).host_id, bob.id)
      assert.equal((await ann.does('POST', `${path}/join`)).me.role, 'guest')
    })

    test('[P7] a new profile goes to the rooms where the user is present, without reading rooms', async () => {
      const db = await backend.open()
      let reads = 0
      await using world = await createWorld({
        ...db,
        all(query) {
          reads += 1
          return db.all(query)
        },
      })
      const { ann, bob } = await people(world, 'ann', 'bob')
      const [here, left] = [await roomOf(world, ann, { guest: [bob] }), await roomOf(world, ann, { guest: [bob] })]
      const [anns, bobs] = [await world.connect(ann.token), await world.connect(bob.token)]
      for (const { id } of [here, left]) await bobs.ask('join_room', { room_id: id })
      await anns.ask('join_room', { room_id: here.id })
      await bobs.hears('user_joined')
      const before = reads
      await world.rooms.profileChanged(anns.caller.user, { ...anns.caller.profile, name: 'Anna' })
      const told = await bobs.hears('user_updated')
      assert.deepEqual(
        told.map(({ room_id, user }) => [room_id, user.name]),
        [[here.id, 'Anna']],
      )
      assert.equal(reads, before)
      // A user who disconnected for less than the grace is still present.
      anns.close()
      await world.rooms.profileChanged(anns.caller.user, { ...anns.caller.profile, name: 'Annie' })
      assert.deepEqual((await bobs.hears('user_updated')).length, 2)
    })

    test('[P1] the list shows all members, or only those present', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      await (await world.connect(bob.token)).ask('join_room', { room_id: id })
      const listed = async (query: string) =>
        (await ann.does('GET', `${path}/members${query}`)).items.map(
          ({ user }: { user: { name: string } }) => user.name,
        )
      assert.deepEqual([await listed(''), await listed('?online=1')], [['ann', 'bob'], ['bob']])
      assert.equal(await ann.code('GET', `${path}/members/nobody`), 'not_found')
    })
  })
}
