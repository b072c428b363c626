import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { account, enter, people, roomOf, secondsUntil } from '../../rooms/testing/rooms.ts'
import { type Backend, createRoom, createWorld } from '../../testing/world.ts'
import type { Answer } from '../../testing/doors.ts'
import { feedLimits } from '../limits.ts'
import { newsOf, pass, twoNodes } from './feed.ts'

const inOrder = (texts: readonly string[]): string[] => texts.toSorted((a, b) => (a < b ? -1 : 1))
const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id)

/** What connections hear of rooms that they have not joined, on either database. */
export function newsSuite(name: string, backend: Backend): void {
  describe(`news of rooms on ${name}`, () => {
    after(() => backend.stop())

    test('[UF4] [UF5] [UF8] who asks for the feed hears of all their rooms without joining, once a second', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const one = await roomOf(world, ann, { guest: [bob] })
      const other = await roomOf(world, ann, { guest: [bob] })
      await pass(world, 2_000)
      const socket = await world.connectFeed(bob.token)
      const plain = await world.connect(bob.token)
      await pass(world, 1_000)
      const news = newsOf(socket)
      const [first] = news()
      assert.deepEqual([first.added, first.rooms, first.gone], [[], [], []])
      for (let sent = 0; sent < 5; sent += 1) await ann.does('POST', `${one.path}/messages`, { content: `m${sent}` })
      await pass(world, 2_000)
      const told = news()
      const texts = told.flatMap(({ rooms }) =>
        rooms.map((room: { last_message: { text: string } }) => room.last_message.text),
      )
      assert.equal(texts.at(-1), 'm4')
      assert.ok(told.length <= 2)
      await ann.does('PATCH', other.path, { name: 'Another name' })
      await pass(world, 2_000)
      const [renamed] = news().flatMap(({ rooms }) => rooms)
      assert.deepEqual([renamed.room_id, renamed.name, 'last_message' in renamed], [other.id, 'Another name', false])
      const { id } = await createRoom(world, bob)
      await pass(world, 2_000)
      assert.deepEqual(
        news().flatMap(({ added }) => added.map((room: { id: string; me: object }) => [room.id, room.me])),
        [[id, { role: 'host' }]],
      )
      assert.deepEqual(await plain.hears('rooms_changed'), [])
      assert.deepEqual(await socket.hears('new_message'), [])
    })

    test('[UF4] the first event is empty also when a room changed before it, and the change follows', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { id, path } = await roomOf(world, ann, {})
      await pass(world, 2_000)
      const first = await world.connectFeed(ann.token)
      await pass(world, 1_000)
      // Its user's rooms are known on the node, so lines that come before its first event are told to it.
      const second = await world.connectFeed(ann.token)
      await ann.does('POST', `${path}/messages`, { content: 'early' })
      await pass(world, 3_000)
      for (const socket of [first, second]) {
        const [begins, ...told] = newsOf(socket)()
        assert.deepEqual([begins.added, begins.rooms, begins.gone], [[], [], []])
        assert.deepEqual(
          told.flatMap(({ rooms }) => rooms.map((room: { room_id: string }) => room.room_id)),
          [id],
        )
      }
    })

    test('[UF4] a guest who is stored with the first room hears of it', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { id } = await createRoom(world, ann)
      const socket = await world.connectFeed(null)
      await pass(world, 1_000)
      await socket.ask('join_room', { room_id: id })
      await pass(world, 2_000)
      assert.deepEqual(
        newsOf(socket)().flatMap(({ added }) => ids(added)),
        [id],
      )
    })

    test('[UF6] a member who left, was removed, sent out or whose room closed hears nothing more of the room', async () => {
      await using nodes = await twoNodes(backend)
      const { ann, bob } = await people(nodes.one, 'ann', 'bob')
      const all = [
        await roomOf(nodes.one, ann, { guest: [bob] }),
        await roomOf(nodes.one, ann, { guest: [bob] }),
        await roomOf(nodes.one, ann, { guest: [bob] }),
      ]
      const socket = await nodes.two.connectFeed(bob.token)
      await nodes.pass(1_000)
      const news = newsOf(socket)
      news()
      const [left, removed, closed] = all
      assert.ok(left && removed && closed)
      await ann.does('POST', `${left.path}/messages`, { content: 'before' })
      await bob.does('POST', `${left.path}/leave`)
      await ann.does('DELETE', `${removed.path}/members/${bob.id}`)
      await ann.does('DELETE', closed.path)
      for (const { path } of [left, removed]) await ann.does('POST', `${path}/messages`, { content: 'secret' })
      await nodes.pass(3_000)
      const told = news()
      assert.ok(!JSON.stringify(told).includes('secret'))
      assert.deepEqual(
        told.flatMap(({ rooms }) => rooms),
        [],
      )
      const reasons = told.flatMap(({ gone }) => gone.map(({ reason }: { reason: string }) => reason))
      assert.deepEqual(inOrder(reasons), ['closed', 'left', 'removed'])
    })

    test('[UF6] a member who was banned or sent out hears nothing more of the room', async () => {
      await using world = await createWorld(await backend.open())
      const [ann, cy] = [await account(world, 'ann'), await account(world, 'cy')]
      const { bob } = await people(world, 'bob')
      const out = await roomOf(world, ann, { member: [cy], guest: [bob] })
      const banned = await roomOf(world, ann, { guest: [bob] })
      // Ann is absent, so Cy stands in for her, and only sends out whom he removes.
      await enter(world, out.id, cy)
      assert.notEqual(await secondsUntil(world, ann, out.path, cy, 32), -1)
      const socket = await world.connectFeed(bob.token)
      await pass(world, 1_000)
      const news = newsOf(socket)
      news()
      await cy.does('DELETE', `${out.path}/members/${bob.id}`)
      await ann.does('DELETE', `${banned.path}/members/${bob.id}?ban=true`)
      for (const { path } of [out, banned]) await ann.does('POST', `${path}/messages`, { content: 'secret' })
      await pass(world, 3_000)
      const told = news()
      assert.ok(!JSON.stringify(told).includes('secret'))
      const gone = told.flatMap((event) => event.gone.map((each: Answer) => [each.room_id, each.reason]))
      assert.deepEqual(Object.fromEntries(gone), { [out.id]: 'sent_out', [banned.id]: 'banned' })
      assert.deepEqual((await bob.does('GET', '/api/rooms/my')).items, [])
    })

    test('[UF6] news of another node come only after memberships were read, when the line of a removal was lost', async () => {
      await using nodes = await twoNodes(backend)
      const { ann, bob } = await people(nodes.one, 'ann', 'bob')
      const { id, path } = await roomOf(nodes.one, ann, { guest: [bob] })
      const socket = await nodes.two.connectFeed(bob.token)
      await nodes.pass(1_000)
      const news = newsOf(socket)
      news()
      nodes.loseLines(true)
      await ann.does('DELETE', `${path}/members/${bob.id}`)
      await nodes.pass(2_000)
      nodes.loseLines(false)
      await ann.does('POST', `${path}/messages`, { content: 'secret' })
      await nodes.pass(3_000)
      const told = news()
      assert.ok(!JSON.stringify(told).includes('secret'))
      assert.deepEqual(
        told.flatMap(({ gone }) => gone),
        [{ room_id: id, reason: 'removed' }],
      )
    })

    test('[UF7] a client that does not keep up is skipped, and told the state when it has read its backlog', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      const socket = await world.connectFeed(bob.token)
      await pass(world, 1_000)
      const news = newsOf(socket)
      news()
      socket.fallBehind(100_000)
      for (const content of ['one', 'two']) {
        await ann.does('POST', `${path}/messages`, { content })
        await pass(world, 2_000)
      }
      assert.deepEqual(news(), [])
      socket.fallBehind(0)
      await pass(world, 2_000)
      const [told, ...more] = news()
      assert.deepEqual([told.rooms[0].last_message.text, more], ['two', []])
    })

    test('[UF10] who connects when a node follows as many memberships as it may waits until others have left', async () => {
      const bounds = new Map([[feedLimits.feedMemberships, 1]])
      await using world = await createWorld(await backend.open(), { bounds })
      const { ann, bob } = await people(world, 'ann', 'bob')
      await roomOf(world, ann, { guest: [bob] })
      await pass(world, 2_000)
      const first = await world.connectFeed(ann.token)
      await pass(world, 1_000)
      const second = await world.connectFeed(bob.token)
      await pass(world, 12_000)
      assert.deepEqual([newsOf(first)().length, newsOf(second)().length], [1, 0])
      assert.equal((await bob.does('GET', '/api/rooms/my')).items.length, 1)
      first.close()
      await pass(world, 12_000)
      assert.equal(newsOf(second)().length, 1)
    })
  })
}
