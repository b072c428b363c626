import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld } from '../../testing/world.ts'
import { type Hearing, heardTimes, people, roomOf } from './rooms.ts'

/** Of the page that begins with the first record. */
const firstCursor = Buffer.from(JSON.stringify(['', ''])).toString('base64url')

const names = ({ heard }: Hearing) => heard.map(({ event }) => event)
const typesOf = ({ records }: Answer): string[] => records.map(({ type }: { type: string }) => type)

/** Members whose view changes. */
export function viewsSuite(name: string, backend: Backend): void {
  describe(`views of members on ${name}`, () => {
    after(() => backend.stop())

    test('[J10] [V4] a member who becomes co-host gets the moderators’ records in place, and loses them with the role', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy, dee } = await people(world, 'ann', 'bob', 'cy', 'dee')
      const { id, path } = await roomOf(world, ann, { guest: [bob, cy] })
      await ann.does('DELETE', `${path}/members/${dee.id}`, { ban: true })
      const [bobs, cys] = [await world.connect(bob.token), await world.connect(cy.token)]
      for (const socket of [bobs, cys]) await socket.ask('join_room', { room_id: id })
      assert.deepEqual(typesOf(await heardTimes(bobs, 'room_joined', 1)), [])
      await ann.does('PATCH', `${path}/members/${bob.id}`, { role: 'cohost' })
      const promoted = await heardTimes(bobs, 'room_joined', 2)
      assert.deepEqual([promoted.recovered, promoted.me.role, typesOf(promoted)], [false, 'cohost', ['ban']])
      await ann.does('PATCH', `${path}/members/${bob.id}`, { role: 'member' })
      const demoted = await heardTimes(bobs, 'room_joined', 3)
      assert.deepEqual([demoted.recovered, demoted.me.role, typesOf(demoted)], [false, 'guest', []])
      assert.deepEqual(
        names(bobs).filter((event) => event === 'member_changed' || event === 'room_joined'),
        ['room_joined', 'member_changed', 'room_joined', 'member_changed', 'room_joined'],
      )
      assert.equal(names(cys).filter((event) => event === 'room_joined').length, 1)
      assert.deepEqual(await bobs.hears('user_left'), [], 'starting over in place is no absence')
    })

    test('[J10] a connection that has closed before its turn starts over nowhere, and that is no failure', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await roomOf(world, ann, { guest: [bob] })
      const socket = await world.connect(bob.token)
      await socket.ask('join_room', { room_id: id })
      const room = await world.engine.find(id)
      assert.ok(room)
      socket.close()
      await world.rooms.viewChanged(room, { id: socket.id, user_id: bob.id, present: true })
      assert.equal((await heardTimes(socket, 'room_joined', 1)).recovered, false)
    })

    test('[V3] who became co-host while away is not told that their cursor covers what moderators see', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, dee } = await people(world, 'ann', 'bob', 'dee')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const first = await world.connect(bob.token)
      const { epoch, seq } = await first.ask('join_room', { room_id: id })
      first.close()
      await ann.does('DELETE', `${path}/members/${dee.id}`, { ban: true })
      const again = async (after_seq: number) =>
        (await world.connect(bob.token)).ask('join_room', { room_id: id, after_seq, epoch })
      const asBefore = await again(seq)
      assert.deepEqual([asBefore.recovered, typesOf(asBefore)], [true, []])
      await ann.does('PATCH', `${path}/members/${bob.id}`, { role: 'cohost' })
      const promoted = await again(asBefore.seq)
      assert.deepEqual([promoted.recovered, typesOf(promoted)], [false, ['ban']])
      await ann.does('POST', `${path}/messages`, { content: 'to all' })
      const { seq: later } = await again(promoted.seq)
      assert.equal((await again(later)).recovered, true)
    })

    test('[V1] pages of the state hold what the reader may see and nothing else', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, dee } = await people(world, 'ann', 'bob', 'dee')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      await ann.does('DELETE', `${path}/members/${dee.id}`, { ban: true })
      const typesFor = async (who: typeof ann) => {
        const { items } = await who.does('GET', `${path}/state?cursor=${firstCursor}`)
        return items.map(({ type }: { type: string }) => type)
      }
      assert.deepEqual([await typesFor(ann), await typesFor(bob)], [['ban'], []])
    })

    test('[P8] [V2] languages are a setting of the member, whom alone they are shown', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob, cy } = await people(world, 'ann', 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const [host, bobs, other] = [
        await world.connect(ann.token),
        await world.connect(bob.token),
        await world.connect(bob.token),
      ]
      for (const socket of [host, bobs, other]) await socket.ask('join_room', { room_id: id })
      const languages = { speaks: ['pt-br'], reads: ['es', 'en-GB'] }
      const named = { ...languages, speaks: ['pt-BR'] }
      const answer = await bobs.ask('update_me', { room_id: id, languages })
      assert.deepEqual(answer, { room_id: id, role: 'guest', languages: named })
      for (const socket of [bobs, other]) {
        const { seq, ...told } = await socket.heardOf('member_languages')
        assert.deepEqual(told, { room_id: id, languages: named })
        const again = await heardTimes(socket, 'room_joined', 2)
        assert.deepEqual([again.recovered, again.me.languages, again.seq >= seq], [false, named, true])
      }
      // Other languages to speak do not change what is shown.
      const speaks = { speaks: [], reads: ['en-GB', 'es'] }
      assert.equal((await bob.does('PATCH', `${path}/me`, { languages: speaks })).role, 'guest')
      assert.deepEqual((await heardTimes(bobs, 'member_languages', 2)).languages, speaks)
      await bob.does('PATCH', `${path}/me`, { languages: speaks })
      assert.equal((await bobs.hears('member_languages')).length, 2, 'the same languages change nothing')
      assert.equal((await bobs.hears('room_joined')).length, 2)
      assert.ok(!names(host).includes('member_languages'))
      assert.ok(!JSON.stringify(await ann.does('GET', `${path}/members`)).includes('en-GB'))
      const tooMany = { speaks: [], reads: ['de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt', 'sv'] }
      for (const wrong of [tooMany, { speaks: ['?'], reads: [] }])
        assert.equal(await bob.code('PATCH', `${path}/me`, { languages: wrong }), 'validation_error')
      assert.equal(await cy.code('PATCH', `${path}/me`, { languages }), 'not_a_member')
    })
  })
}
