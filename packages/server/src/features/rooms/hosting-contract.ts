import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Answer, type Backend, createWorld, type World } from '../features-harness.ts'
import { people, type Person, roomOf } from './rooms-harness.ts'

type Socket = Awaited<ReturnType<World['connect']>>

/** Time goes on second by second until the room has this host; answers how many it took, -1 for more than `within`. */
async function secondsUntil(world: World, who: Person, path: string, host: Person, within: number): Promise<number> {
  for (let second = 0; second <= within; second += 1) {
    // What the second before set off is stored by the time that this is, for it comes first.
    for (let turn = 0; turn < 3; turn += 1) await who.does('POST', `${path}/messages`, { content: 'x' })
    if ((await who.does('GET', path)).host_id === host.id) return second
    world.advance(1_000)
  }
  return -1
}

async function enter(world: World, id: string, ...all: Person[]): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (const each of all) {
    const socket = await world.connect(each.token)
    await socket.ask('join_room', { room_id: id })
    sockets.push(socket)
  }
  return sockets
}

const rolesOf = async (who: Person, path: string): Promise<Record<string, string>> => {
  const { items } = await who.does('GET', `${path}/members`)
  return Object.fromEntries(items.map(({ user, role }: Answer) => [user.name, role]))
}

export function hostingContract(name: string, backend: Backend): void {
  describe(`hosts of rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[HO1] [HO2] a co-host stands in after 30 s, and the owner hosts again when they are back', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob], cohost: [cy] })
      const [anns, bobs] = await enter(world, id, ann, bob, cy)
      anns?.close()
      // Gone after a grace of 10 s, missed for 30 s.
      assert.equal(await secondsUntil(world, bob, path, cy, 38), -1)
      assert.notEqual(await secondsUntil(world, bob, path, cy, 5), -1)
      assert.deepEqual(await rolesOf(bob, path), { ann: 'cohost', bob: 'guest', cy: 'host' })
      const told = await bobs?.heardOf('room_updated')
      assert.deepEqual([told.by, told.room.host_id, told.room.host.name], [null, cy.id, 'cy'])
      await enter(world, id, ann)
      assert.notEqual(await secondsUntil(world, bob, path, ann, 5), -1)
      assert.deepEqual(await rolesOf(bob, path), { ann: 'host', bob: 'guest', cy: 'cohost' })
    })

    test('[HO1] without co-hosts the one who is here longest stands in; a host who leaves may come back', async () => {
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

    test('[HO1] a host who never came since the start is waited for, too', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      await enter(world, id, bob)
      assert.equal(await secondsUntil(world, bob, path, bob, 28), -1)
      assert.notEqual(await secondsUntil(world, bob, path, bob, 4), -1)
    })
  })
}
