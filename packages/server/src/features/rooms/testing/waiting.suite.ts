import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { type Backend, createWorld } from '../../testing/world.ts'
import { people, person, roomOf } from './rooms.ts'

export function waitingSuite(name: string, backend: Backend): void {
  const settings = { waiting: true }

  describe(`waiting rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[W1] [W2] a joining user waits, and only moderators see it', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy, dee } = await people(world, 'ann', 'bob', 'cy', 'dee')
      const { id, path } = await roomOf(world, ann, { cohost: [cy], guest: [dee] }, { settings })
      const [moderator, member] = [await world.connect(cy.token), await world.connect(dee.token)]
      for (const socket of [moderator, member]) await socket.ask('join_room', { room_id: id })
      const waits = { waiting: true, room: { id, name: 'A room' } }
      const waiter = await world.connect(bob.token)
      assert.deepEqual(await waiter.ask('join_room', { room_id: id }), waits)
      assert.deepEqual(await bob.does('POST', `${path}/join`), waits)
      const value = { user: waiter.caller.profile, since: '2026-01-01T00:00:00.000Z' }
      const [told, ...more] = await moderator.hears('record_changed')
      assert.deepEqual([told.type, told.key, told.set, more], ['waiting', bob.id, value, []])
      assert.deepEqual(await member.hears('record_changed'), [])
      assert.deepEqual((await ann.does('GET', `${path}/waiting`)).items, [value])
      assert.equal(await dee.code('GET', `${path}/waiting`), 'forbidden')
      const { records } = await (await world.connect(ann.token)).ask('join_room', { room_id: id })
      assert.deepEqual(records, [{ type: 'waiting', key: bob.id, seq: told.seq, value }])
      assert.equal(await bob.code('GET', `${path}/members`), 'not_a_member')
      assert.equal(await bob.code('POST', `${path}/messages`, { content: 'x' }), 'not_a_member')
    })

    test('[W3] a user who is let in is attached with the cursor that they sent', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id, path } = await roomOf(world, ann, {}, { settings })
      const { last_seq } = await ann.does('GET', path)
      await ann.does('POST', `${path}/messages`, { content: 'missed' })
      const [one, two] = [await world.connect(bob.token), await world.connect(bob.token)]
      const { epoch } = await (await world.connect(ann.token)).ask('join_room', { room_id: id })
      await one.ask('join_room', { room_id: id, after_seq: last_seq, epoch })
      await two.ask('join_room', { room_id: id })
      const host = await world.connect(ann.token)
      await host.ask('admit', { room_id: id, user_id: bob.id })
      const joined = await one.heardOf('room_joined')
      assert.deepEqual([joined.recovered, joined.me.role, joined.me.peer_id], [true, 'guest', one.id])
      assert.equal(joined.events[0].data.content, 'missed')
      assert.equal((await two.heardOf('room_joined')).me.peer_id, two.id)
      await host.ask('send_message', { room_id: id, content: 'hello' })
      assert.equal((await one.heardOf('new_message')).content, 'hello')
      assert.deepEqual((await ann.does('GET', `${path}/waiting`)).items, [])
      assert.equal(world.joined.at(-1)?.room.id, id)
      assert.equal(await ann.code('POST', `${path}/waiting/${bob.id}/admit`), 'not_found')
    })

    test('[W3] a decision on another node takes effect within a second', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await roomOf(world, ann, {}, { settings })
      const socket = await world.connect(bob.token)
      await socket.ask('join_room', { room_id: id })
      // Committed as by another node: this node gets no notification.
      const user = socket.caller.user.num || (world.live.owner(socket.id)?.user?.num ?? 0)
      const { waitingRecord: type } = await import('../contract/events.ts')
      await world.engine.commit({
        ...{ room_id: id, actor: user, action: 'test', client_id: null, members_only: false },
        ops: [
          { op: 'remove', type, key: bob.id },
          { op: 'admit', user, role: 'guest', capacity: null },
        ],
      })
      world.advance(500)
      assert.equal((await socket.heardOf('room_joined')).room.id, id)
    })

    test('[W3] a refused user is told why, and may ask again', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, {}, { settings })
      const [bobs, cys] = [await world.connect(bob.token), await world.connect(cy.token)]
      await bobs.ask('join_room', { room_id: id })
      await ann.does('POST', `${path}/waiting/${bob.id}/deny`)
      const denied = { room_id: id, error: 'You were not let in', code: 'denied' }
      assert.deepEqual(await bobs.heardOf('join_denied'), denied)
      await bobs.ask('join_room', { room_id: id })
      await ann.does('DELETE', `${path}/members/${bob.id}`, { ban: true })
      world.advance(500)
      while ((await bobs.hears('join_denied')).length < 2) await ann.does('GET', path)
      await cys.ask('join_room', { room_id: id })
      await ann.does('DELETE', path)
      world.advance(500)
      await cys.heardOf('join_denied')
      const codes = async (socket: typeof bobs) => (await socket.hears('join_denied')).map(({ code }) => code)
      assert.deepEqual([await codes(bobs), await codes(cys)], [['denied', 'banned'], ['room_closed']])
    })

    test('[W5] one address cannot fill the waiting list', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const { path } = await roomOf(world, ann, {}, { settings })
      const come = async (address: string, token?: string) => {
        const guest = token ?? (await person(world, 'a guest')).token
        const { body } = await world.rest('POST', `${path}/join`, { token: guest, address })
        return [body.code ?? 'ok', guest]
      }
      const [, first] = await come('2001:db8:0:1::1')
      for (let each = 2; each <= 50; each += 1) assert.equal((await come(`2001:db8:0:1::${each}`))[0], 'ok')
      assert.equal((await come('2001:db8:0:1::99'))[0], 'rate_limited')
      assert.equal((await come('2001:db8:0:1::99', first))[0], 'ok')
      assert.equal((await come('2001:db8:0:2::1'))[0], 'ok')
      const other = await roomOf(world, ann, {}, { settings })
      const { token } = await person(world, 'a guest')
      const elsewhere = { token, address: '2001:db8:0:1::1' }
      assert.equal((await world.rest('POST', `${other.path}/join`, elsewhere)).status, 200)
      world.advance(10_000)
      assert.equal((await come('2001:db8:0:1::99'))[0], 'ok')
    })

    test('[W4] a user who leaves is removed from the list at once, one who disconnects after 30 s', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, {}, { settings })
      const waiting = async () => {
        // Work triggered before is stored by the time this commit is.
        await ann.does('POST', `${path}/messages`, { content: 'x' })
        return (await ann.does('GET', `${path}/waiting`)).items.length
      }
      const [bobs, cys, cyToo] = [
        await world.connect(bob.token),
        await world.connect(cy.token),
        await world.connect(cy.token),
      ]
      for (const socket of [bobs, cys, cyToo]) await socket.ask('join_room', { room_id: id })
      assert.equal(await waiting(), 2)
      await bobs.ask('leave_room', { room_id: id })
      assert.equal(await waiting(), 1)
      cys.close()
      world.advance(500)
      await cys.hears('x')
      world.advance(30_000)
      await cys.hears('x')
      assert.equal(await waiting(), 1)
      cyToo.close()
      for (let seconds = 0; seconds < 50 && (await waiting()) > 0; seconds += 1) world.advance(1_000)
      assert.equal(await waiting(), 0)
    })
  })
}
