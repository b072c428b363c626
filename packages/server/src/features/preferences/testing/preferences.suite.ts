import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld } from '../../testing/world.ts'
import { FeedModel, newsOf, pass, twoNodes } from '../../feed/testing/feed.ts'
import { account, enter, people, type Person, roomOf, secondsUntil } from '../../rooms/testing/rooms.ts'
import { preferenceLimits } from '../limits.ts'

const nothing = { notify: 'all', until: null, favorite: false, group: null, changed_at: null }
const day = 86_400_000

const set = (who: Person, room: string, changes: object): Promise<Answer> =>
  who.does('PATCH', `/api/rooms/${room}/preferences`, changes)
const read = (who: Person, room: string): Promise<Answer> => who.does('GET', `/api/rooms/${room}/preferences`)
const codeOf = (who: Person, room: string, changes: object) =>
  who.code('PATCH', `/api/rooms/${room}/preferences`, changes)
/** The fields of the room's item in the list. */
async function item(who: Person, room: string): Promise<Answer> {
  const { items } = await who.does('GET', '/api/rooms/my')
  const { notify, notify_until, favorite, group, preferences_at } = items.find(({ id }: Answer) => id === room)
  return { notify, until: notify_until, favorite, group, changed_at: preferences_at }
}

/** What people set for themselves in rooms, on either database. */
export function preferencesSuite(name: string, backend: Backend): void {
  suite(`preferences on ${name}`, () => {
    after(() => backend.stop())

    test('[PF1] [PF3] [PF4] a change sets what it names, and the list shows it to nobody else', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await roomOf(world, ann, { guest: [bob] })
      assert.deepEqual(await read(bob, id), { room_id: id, ...nothing })
      assert.deepEqual(await item(bob, id), nothing)
      const at = new Date(world.clock.now()).toISOString()
      const favorite = await set(bob, id, { favorite: true })
      assert.deepEqual(favorite, { room_id: id, ...nothing, favorite: true, changed_at: at })
      const grouped = await set(bob, id, { group: '  Book   club ' })
      assert.deepEqual([grouped.favorite, grouped.group], [true, 'Book club'])
      assert.ok(grouped.changed_at > at, 'a later change has a later time, also in the same millisecond')
      const quiet = await set(bob, id, { notify: 'none' })
      assert.deepEqual(quiet, { ...grouped, notify: 'none', changed_at: quiet.changed_at })
      assert.deepEqual({ room_id: id, ...(await item(bob, id)) }, quiet)
      assert.deepEqual((await set(bob, id, { group: null, favorite: false })).group, null)
      assert.deepEqual([await read(ann, id), await item(ann, id)], [{ room_id: id, ...nothing }, nothing])
    })

    test('[PF2] notify is all or none, and a time ends none', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { id } = await roomOf(world, ann, {})
      const until = new Date(world.clock.now() + 1_800_000).toISOString()
      for (const given of [until, until.replace('T', ' ').slice(0, 16)]) {
        assert.deepEqual((await set(ann, id, { notify: 'none', until: given })).until, until)
      }
      await set(ann, id, { favorite: true })
      world.advance(1_799_999)
      assert.deepEqual((await item(ann, id)).until, until)
      world.advance(1)
      const { notify, until: ended } = await read(ann, id)
      assert.deepEqual([notify, ended, (await item(ann, id)).notify], ['all', null, 'all'])
      await set(ann, id, { notify: 'none', until: new Date(world.clock.now() + 1_000).toISOString() })
      assert.equal((await set(ann, id, { notify: 'none' })).until, null)
      for (const bad of [
        { notify: 'mentions' },
        { notify: 'all', until: '2030-01-01T00:00:00Z' },
        { until: '2030-01-01T00:00:00Z' },
        { notify: 'none', until },
        { notify: 'none', until: 'tomorrow' },
        { group: '' },
        { group: 'x'.repeat(51) },
        { favorite: 'yes' },
      ])
        assert.equal(await codeOf(ann, id, bad), 'validation_error', JSON.stringify(bad))
    })

    test('[PF1] only members who are in an open room set preferences', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, cy] = [await account(world, 'ann'), await account(world, 'cy')]
      const { bob, eve } = await people(world, 'bob', 'eve')
      const { id, path } = await roomOf(world, ann, { member: [cy], guest: [bob] })
      assert.equal(await codeOf(eve, id, { favorite: true }), 'not_a_member')
      assert.equal(await eve.code('GET', `${path}/preferences`), 'not_a_member')
      for (const room of ['lobby', 'none']) {
        assert.equal(await codeOf(ann, room, { favorite: true }), room === 'none' ? 'not_found' : 'not_a_member')
      }
      // Ann is absent, so Cy stands in for her, and only sends out whom he removes.
      await enter(world, id, cy)
      assert.notEqual(await secondsUntil(world, ann, path, cy, 32), -1)
      await cy.does('DELETE', `${path}/members/${bob.id}`)
      assert.equal(await codeOf(bob, id, { favorite: true }), 'sent_out')
      assert.equal(await bob.code('GET', `${path}/preferences`), 'sent_out')
      await ann.does('DELETE', path)
      assert.equal(await codeOf(ann, id, { favorite: true }), 'room_closed')
      assert.deepEqual(await read(ann, id), { room_id: id, ...nothing })
    })

    test('[PF4] [UF11] [UF12] a change is told to all devices of the person on every node, and to nobody else', async () => {
      await using nodes = await twoNodes(backend)
      const { ann, bob } = await people(nodes.one, 'ann', 'bob')
      const { id } = await roomOf(nodes.one, ann, { guest: [bob] })
      const [here, there, other] = [
        await nodes.one.connect(bob.token),
        await nodes.two.connectFeed(bob.token),
        await nodes.two.connectFeed(ann.token),
      ]
      const model = new FeedModel()
      // Until the news of the room's making have been told.
      await nodes.pass(5_000)
      await model.read(bob)
      const [news, others] = [newsOf(there), newsOf(other)]
      for (const each of [news, others]) each()
      const set1 = await here.ask('update_preferences', { room_id: id, favorite: true, group: 'Tea' })
      const set2 = await set(bob, id, { notify: 'none' })
      for (const socket of [here, there]) assert.deepEqual(await socket.hears('preferences_changed'), [set1, set2])
      assert.deepEqual(await other.hears('preferences_changed'), [])
      await nodes.pass(3_000)
      for (const each of news()) model.apply(each)
      assert.deepEqual([...model.rooms.values()], (await bob.does('GET', '/api/rooms/my')).items)
      assert.equal(model.rooms.get(id).group, 'Tea')
      assert.deepEqual(others(), [])
    })

    test('[UF11] since lists rooms in which only preferences changed', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const [kept, changed] = [await roomOf(world, ann, { guest: [bob] }), await roomOf(world, ann, { guest: [bob] })]
      world.advance(60_000)
      const { since } = await bob.does('GET', '/api/rooms/my')
      world.advance(60_000)
      await set(bob, changed.id, { favorite: true })
      await set(ann, kept.id, { favorite: true })
      const { items } = await bob.does('GET', `/api/rooms/my?since=${since}`)
      assert.deepEqual(
        items.map((each: Answer) => [each.id, each.favorite]),
        [[changed.id, true]],
      )
    })

    test('[PF5] preferences end with the membership and the account, and a guest who registers keeps them', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, cat] = [await account(world, 'ann'), await account(world, 'cat')]
      const { bob, dan } = await people(world, 'bob', 'dan')
      const { id, path } = await roomOf(world, ann, { guest: [bob, dan], member: [cat] })
      for (const who of [bob, cat, dan]) await set(who, id, { group: 'Tea' })
      await bob.does('POST', `${path}/leave`)
      await bob.does('POST', `${path}/join`)
      assert.equal((await read(bob, id)).group, null)
      await ann.does('DELETE', `${path}/members/${dan.id}`)
      await dan.does('POST', `${path}/join`)
      assert.equal((await read(dan, id)).group, null)
      await set(bob, id, { favorite: true })
      const registered = { username: 'Bob', email: 'bob@example.org', password: 'an unusual password' }
      const { access_token: token } = await bob.does('POST', '/api/auth/register', registered)
      assert.equal((await world.rest('GET', `${path}/preferences`, { token })).body.favorite, true)
      const count = async () =>
        (await world.db.all({ sql: 'SELECT room FROM room_preferences', parameters: [] })).length
      assert.equal(await count(), 2)
      await cat.does('POST', '/api/delete-account', { password: 'an unusual password' })
      await pass(world, 30_000)
      assert.equal(await count(), 1)
    })

    test('[PF3] [PF6] groups and rooms with preferences are bounded, and what is not needed makes space', async () => {
      const bounds = new Map([[preferenceLimits.preferenceRooms, 51]])
      await using world = await createWorld(await backend.open(), { bounds })
      const ann = await account(world, 'Ann')
      const rooms: string[] = []
      for (let n = 0; n < 52; n += 1) rooms.push((await createRoom(world, ann)).id)
      const [first = '', second = '', last = ''] = [rooms[0], rooms[1], rooms[51]]
      for (const [n, room] of rooms.slice(0, 50).entries()) await set(ann, room, { group: `Group ${n}` })
      assert.equal(await codeOf(ann, rooms[50] ?? '', { group: 'Another' }), 'too_many_groups')
      assert.equal((await set(ann, first, { group: 'Another' })).group, 'Another', 'it takes the place of its own')
      assert.equal((await set(ann, rooms[50] ?? '', { group: 'Another' })).group, 'Another')
      assert.equal(await codeOf(ann, last, { favorite: true }), 'too_many_preferences')
      assert.equal((await set(ann, second, { favorite: true })).favorite, true)
      // A room in which nothing is set is told by `since` for a week, and makes space afterwards.
      await set(ann, second, { group: null, favorite: false })
      assert.equal(await codeOf(ann, last, { favorite: true }), 'too_many_preferences')
      await world.db.write([
        { sql: `UPDATE room_preferences SET changed_at = changed_at - ${9 * day}`, parameters: [] },
      ])
      assert.equal((await set(ann, last, { favorite: true })).favorite, true)
      await ann.does('DELETE', `/api/rooms/${first}`)
      assert.equal((await set(ann, second, { favorite: true })).favorite, true)
    })

    test('[PF7] what a later release stored reads as all, and stays', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { id } = await roomOf(world, ann, {})
      await set(ann, id, { favorite: true })
      await world.db.write([{ sql: `UPDATE room_preferences SET notify = 'mentions'`, parameters: [] }])
      assert.deepEqual([(await read(ann, id)).notify, (await item(ann, id)).notify], ['all', 'all'])
      await set(ann, id, { favorite: false })
      const [row] = await world.db.all({ sql: 'SELECT notify FROM room_preferences', parameters: [] })
      assert.equal(row?.['notify'], 'mentions')
    })
  })
}
