import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { AppError } from '../../../../core/error.ts'
import { type Backend, createWorld } from '../../../testing/world.ts'
import { enter, people, rolesOf, roomOf, secondsUntil } from '../../testing/rooms.ts'

export function hostingSuite(name: string, backend: Backend): void {
  describe(`hosts of rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[HO1] [HO2] a co-host stands in after 30 s, and the owner hosts again on return', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob], cohost: [cy] })
      const [anns, bobs] = await enter(world, id, ann, bob, cy)
      anns?.close()
      // Not present after 10 s of grace, then absent for 30 s.
      assert.equal(await secondsUntil(world, bob, path, cy, 38), -1)
      assert.notEqual(await secondsUntil(world, bob, path, cy, 5), -1)
      assert.deepEqual(await rolesOf(bob, path), { ann: 'cohost', bob: 'guest', cy: 'host' })
      const told = await bobs?.heardOf('room_updated')
      assert.deepEqual([told.by, told.room.host_id, told.room.host.name], [null, cy.id, 'cy'])
      await enter(world, id, ann)
      assert.notEqual(await secondsUntil(world, bob, path, ann, 5), -1)
      assert.deepEqual(await rolesOf(bob, path), { ann: 'host', bob: 'guest', cy: 'cohost' })
    })

    test('[HO1] without co-hosts the member present longest stands in; a host who left may come back', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob, cy] })
      await enter(world, id, ann, cy, bob)
      await ann.does('POST', `${path}/leave`)
      assert.notEqual(await secondsUntil(world, bob, path, cy, 32), -1)
      assert.equal((await ann.does('POST', `${path}/join`)).me.role, 'guest')
      await enter(world, id, ann)
      assert.notEqual(await secondsUntil(world, bob, path, ann, 5), -1)
      assert.deepEqual(await rolesOf(bob, path), { ann: 'host', bob: 'guest', cy: 'guest' })
    })

    test('[HO1] a host who comes back in time stays the host', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const [anns] = await enter(world, id, ann, bob)
      anns?.close()
      assert.equal(await secondsUntil(world, bob, path, bob, 30), -1)
      await enter(world, id, ann)
      assert.equal(await secondsUntil(world, bob, path, bob, 60), -1)
    })

    test('[HO1] a host who has not connected since the server started also keeps the 30 s', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      await enter(world, id, bob)
      assert.equal(await secondsUntil(world, bob, path, bob, 28), -1)
      assert.notEqual(await secondsUntil(world, bob, path, bob, 4), -1)
    })

    test('[HO1] [HO3] an absent host is replaced although the database was away when a user arrived', async () => {
      const db = await backend.open()
      let isAway = false
      const all: typeof db.all = (query) =>
        isAway ? Promise.reject(new AppError('storage_unavailable')) : db.all(query)
      const failures: unknown[] = []
      await using world = await createWorld({ ...db, all }, { failures })
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const row = await world.engine.find(id)
      assert.ok(row)
      isAway = true
      world.rooms.onPresence(row, (await world.connect(bob.token)).caller.user.num, true)
      world.advance(15_000)
      await world.settled()
      isAway = false
      assert.notEqual(await secondsUntil(world, ann, path, bob, 40), -1)
      assert.ok(failures.length > 0)
    })

    test('[HO3] a timer whose users all came after it was due starts over', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob, cy] })
      const [anns, bobs] = await enter(world, id, ann, bob)
      await anns?.ask('leave_room', { room_id: id })
      await bobs?.ask('leave_room', { room_id: id })
      // Nobody is there to run it for.
      for (let second = 0; second < 33; second += 1) {
        await world.settled()
        world.advance(1_000)
      }
      await enter(world, id, cy)
      assert.equal(await secondsUntil(world, cy, path, cy, 28), -1)
      assert.notEqual(await secondsUntil(world, cy, path, cy, 12), -1)
    })
  })
}
