import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { account, enter, people, type Person, roomOf, secondsUntil } from '../../rooms/testing/rooms.ts'
import { seeded } from '../../../../../../test/harness/random.ts'
import { type Backend, createRoom, createWorld } from '../../testing/world.ts'
import type { Answer } from '../../testing/doors.ts'
import { edit, editsFeature } from '../../messages/testing/edited.ts'
import { feedLimits } from '../limits.ts'
import { deleted, deletesFeature, FeedModel, newsOf, pass, twoNodes } from './feed.ts'

const inOrder = (texts: readonly string[]): string[] => texts.toSorted((a, b) => (a < b ? -1 : 1))
const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id)

export function feedSuite(name: string, backend: Backend): void {
  describe(`the feed on ${name}`, () => {
    after(() => backend.stop())

    test('[UF1] [UF2] rooms are listed by their last message, with a preview of it', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const rooms: { id: string; path: string }[] = []
      for (let room = 0; room < 3; room += 1) {
        rooms.push(await roomOf(world, ann, { guest: [bob] }))
        world.advance(1_000)
      }
      const [first, second, third] = rooms
      assert.ok(first && second && third)
      const long = 'é'.repeat(200)
      await bob.does('POST', `${first.path}/messages`, { content: long })
      const page = await ann.does('GET', '/api/rooms/my?limit=2')
      assert.deepEqual(ids(page.items), [first.id, third.id])
      const [item, quiet] = page.items
      const { id, seq, ...rest } = item.last_message
      assert.deepEqual(
        [typeof id, seq, rest, item.me],
        [
          'string',
          item.last_seq,
          { sender: { id: bob.id, name: 'bob' }, type: 'text', text: 'é'.repeat(140) },
          { role: 'host' },
        ],
      )
      assert.equal(Date.parse(item.last_message_at), world.clock.now())
      assert.deepEqual([quiet.last_message, quiet.last_message_at, page.gone], [null, null, []])
      const rest2 = await ann.does('GET', `/api/rooms/my?limit=2&cursor=${page.next_cursor}`)
      assert.deepEqual([ids(rest2.items), rest2.next_cursor], [[second.id], null])
      assert.equal(await ann.code('GET', '/api/rooms/my?cursor=none'), 'validation_error')
      assert.equal((await world.rest('GET', '/api/rooms/my')).status, 401)
    })

    test('[UF2] a preview follows an edit of the last message, and is null once that was deleted', async () => {
      await using world = await createWorld(await backend.open(), { more: [editsFeature, deletesFeature] })
      const ann = await account(world, 'Ann')
      const { id, path } = await roomOf(world, ann, {})
      const { seq } = await ann.does('POST', `${path}/messages`, { content: 'first' })
      const room = await world.engine.find(id)
      assert.ok(room)
      const socket = await world.connectFeed(ann.token)
      await pass(world, 1_000)
      const news = newsOf(socket)
      news()
      const commit = async (content: string | null) => {
        const [event] = (await world.engine.readLog(room.num, seq - 1, 10)).entries
        assert.ok(event?.kind === 'event')
        const op = edit(event.event, seq, content ?? '', world.clock.now())
        const plain = { action: 'x', client_id: null, members_only: false, actor: event.event.actor }
        await world.engine.commit({ room_id: id, ...plain, ops: [op] })
        await pass(world, 2_000)
        return (await ann.does('GET', '/api/rooms/my')).items[0].last_message
      }
      assert.equal((await commit('other words')).text, 'other words')
      assert.equal(news().at(-1).rooms[0].last_message.text, 'other words')
      await world.engine.commit({
        ...{ room_id: id, action: 'x', client_id: null, members_only: false, actor: 0 },
        ops: [{ op: 'redact', seq: seq + 1, position: seq, as: deleted, body: () => ({}) }],
      })
      await pass(world, 2_000)
      const { last_message } = (await ann.does('GET', '/api/rooms/my')).items[0]
      assert.deepEqual([last_message.seq, last_message.text], [seq, null])
      assert.equal(news().at(-1).rooms[0].last_message.text, null)
    })

    test('[UF3] since tells what changed and what ended; a token that is too old begins anew', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const [kept, left, closed, taken] = [
        await roomOf(world, ann, { guest: [bob] }),
        await roomOf(world, ann, { guest: [bob] }),
        await roomOf(world, ann, { guest: [bob] }),
        await roomOf(world, ann, { guest: [bob] }),
      ]
      const { since } = await bob.does('GET', '/api/rooms/my')
      world.advance(20_000)
      const read = () => bob.does('GET', `/api/rooms/my?since=${since}`)
      // The creation of rooms is within the overlap; the others are told only once they change.
      await bob.does('POST', `${left.path}/leave`)
      await ann.does('DELETE', closed.path)
      await ann.does('DELETE', `${taken.path}/members/${bob.id}`)
      const gone = Object.fromEntries(
        (await read()).gone.map((each: { room_id: string; reason: string }) => [each.room_id, each.reason]),
      )
      assert.deepEqual(gone, { [left.id]: 'left', [closed.id]: 'closed', [taken.id]: 'removed' })
      world.advance(60_000)
      const later = (await bob.does('GET', '/api/rooms/my')).since
      const none = await bob.does('GET', `/api/rooms/my?since=${later}`)
      assert.deepEqual([none.items, none.gone, none.reset], [[], [], undefined])
      await ann.does('POST', `${kept.path}/messages`, { content: 'x' })
      await bob.does('POST', `${left.path}/join`)
      const changed = await bob.does('GET', `/api/rooms/my?since=${later}`)
      assert.deepEqual([inOrder(ids(changed.items)), changed.gone], [inOrder([kept.id, left.id]), []])
      const old = Number(later) - 8 * 86_400_000
      const anew = await bob.does('GET', `/api/rooms/my?since=${old}`)
      assert.deepEqual([anew.reset, anew.items.length, anew.gone], [true, 2, []])
      assert.equal(await bob.code('GET', '/api/rooms/my?since=now'), 'validation_error')
    })

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

    for (const seed of [1, 2, 3])
      test(`[UF3] [UF4] [UF6] what was read and told equals a fresh read, whatever happens, with seed ${seed}`, async () => {
        await using nodes = await twoNodes(backend)
        const random = seeded(seed)
        const pick = random.oneOf
        const likely = (percent: number) => random.between(1, 100) <= percent
        const ann = await account(nodes.one, 'Ann')
        const others = Object.values(await people(nodes.one, 'Bob', 'Cy', 'Dan'))
        const rooms: string[] = []
        for (let room = 0; room < 5; room += 1) rooms.push((await createRoom(nodes.one, ann)).id)
        const clients = others.map((who) => ({ who, model: new FeedModel(), socket: null as Feed | null }))
        for (let step = 0; step < 60; step += 1) {
          const { who } = pick(clients)
          const world = pick([nodes.one, nodes.two])
          const call = (by: Person, method: string, path: string, body = {}) =>
            world.rest(method, path, { token: by.token, body })
          const path = `/api/rooms/${pick(rooms)}`
          await pick<() => Promise<unknown>>([
            () => call(who, 'POST', `${path}/join`),
            () => call(who, 'POST', `${path}/join`),
            () => call(who, 'POST', `${path}/leave`),
            () => call(ann, 'DELETE', `${path}/members/${who.id}`),
            () => call(ann, 'PATCH', `${path}/members/${who.id}`, { role: pick(['cohost', 'member']) }),
            () => call(ann, 'POST', `${path}/messages`, { content: `m${step}` }),
            () => call(ann, 'POST', `${path}/messages`, { content: `m${step}` }),
            () => call(ann, 'PATCH', path, { name: `Room ${step}` }),
            async () => {
              if (likely(20)) await call(ann, 'DELETE', path)
            },
          ])()
          const client = pick(clients)
          if (likely(15)) {
            client.socket?.socket.close()
            client.socket = null
          } else if (!client.socket && likely(50)) {
            const socket = await pick([nodes.one, nodes.two]).connectFeed(client.who.token)
            client.socket = { socket, news: newsOf(socket), hasRead: false }
          }
          if (likely(50)) await nodes.pass(500)
          for (const each of clients) await follow(each)
        }
        await nodes.pass(4_000)
        for (const each of clients) {
          await follow(each)
          if (!each.socket) await each.model.read(each.who)
          const fresh = new FeedModel()
          await fresh.read(each.who)
          assert.deepEqual(sorted(each.model), sorted(fresh))
        }
      })
  })
}

type Feed = { hasRead: boolean; socket: { close(): void }; news: () => ReturnType<ReturnType<typeof newsOf>> }

/** As a client does: it reads on the first event of a connection, and applies the others. */
async function follow({ who, model, socket }: { who: Person; model: FeedModel; socket: Feed | null }): Promise<void> {
  for (const event of socket?.news() ?? []) {
    if (socket && !socket.hasRead) await model.read(who)
    if (socket) socket.hasRead = true
    model.apply(event)
  }
}

const sorted = ({ rooms }: FeedModel) => [...rooms.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
