import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { deletesFeature, pass, twoNodes } from '../../feed/testing/feed.ts'
import { edit, editsFeature } from '../../messages/testing/edited.ts'
import { account, people, person, type Person, roomOf } from '../../rooms/testing/rooms.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld } from '../../testing/world.ts'
import { erase } from './erase.ts'

/** What a person's list says of one room. */
async function listed(who: Person, id: string): Promise<Pick<Answer, string>> {
  const { items } = await who.does('GET', '/api/rooms/my')
  const { read_seq, unread_from, unread } = items.find((item: { id: string }) => item.id === id)
  return { read_seq, unread_from, unread }
}
const unreadOf = async (who: Person, path: string): Promise<number> => (await who.does('GET', `${path}/read`)).unread

/** Sends so many messages; answers the seq of the last. */
async function say(who: Person, path: string, count = 1): Promise<number> {
  let seq = 0
  for (let sent = 0; sent < count; sent += 1)
    seq = (await who.does('POST', `${path}/messages`, { content: `message ${sent}` })).seq
  return seq
}

/** How far members have read, on either database. */
export function readStateSuite(name: string, backend: Backend): void {
  describe(`read state on ${name}`, () => {
    after(() => backend.stop())

    test('[RS1] [RS4] a member begins at the seq of joining; messages of others count, own ones and other events do not', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob, cy } = await people(world, 'bob', 'cy')
      const { id, path } = await roomOf(world, ann, {})
      await say(ann, path, 3)
      await bob.does('POST', `${path}/join`)
      const { read_seq, unread } = await listed(bob, id)
      assert.deepEqual([read_seq > 3, unread], [true, 0])
      await say(ann, path, 2)
      await say(bob, path)
      await cy.does('POST', `${path}/join`)
      await ann.does('PATCH', path, { name: 'Another name' })
      assert.deepEqual(await listed(bob, id), { read_seq, unread_from: null, unread: 2 })
      assert.deepEqual([await unreadOf(ann, path), await unreadOf(cy, path)], [1, 0])
    })

    test('[RS1] removed members, and those who left, begin anew with the next joining', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      for (const leave of [
        () => bob.does('POST', `${path}/leave`),
        () => ann.does('DELETE', `${path}/members/${bob.id}`),
      ]) {
        const seq = await say(ann, path, 2)
        await bob.does('POST', `${path}/unread`, { from_seq: seq })
        await leave()
        await say(ann, path)
        assert.equal(await bob.code('POST', `${path}/read`, { read_seq: 1 }), 'not_a_member')
        await bob.does('POST', `${path}/join`)
        const { unread, unread_from } = await bob.does('GET', `${path}/read`)
        assert.deepEqual([unread, unread_from], [0, null])
        await say(ann, path)
        assert.equal(await unreadOf(bob, path), 1)
      }
    })

    test('[RS1] a guest who makes an account keeps it, and an account that is deleted loses it', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      const first = await say(ann, path, 3)
      await bob.does('POST', `${path}/read`, { read_seq: first - 1 })
      const body = { username: 'Bob', email: 'bob@example.org', password: 'an unusual password' }
      const { body: made } = await world.rest('POST', '/api/auth/register', { token: bob.token, body })
      const { body: state } = await world.rest('GET', `${path}/read`, { token: made.access_token })
      assert.deepEqual([made.user.id, state.read_seq, state.unread], [bob.id, first - 1, 1])
      const rows = async () => (await world.db.all({ sql: 'SELECT room FROM read_pointers', parameters: [] })).length
      assert.equal(await rows(), 2)
      const gone = { password: 'an unusual password' }
      await world.rest('POST', '/api/delete-account', { token: made.access_token, body: gone })
      for (let seconds = 0; seconds < 30; seconds += 1) {
        world.advance(1_000)
        await world.settled()
      }
      assert.equal(await rows(), 1)
    })

    test('[RS1] a member without a pointer, of an earlier release, has read everything', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const last = await say(ann, path, 3)
      await world.db.write([{ sql: 'DELETE FROM read_pointers', parameters: [] }])
      assert.deepEqual(await listed(bob, id), { read_seq: last, unread_from: null, unread: 0 })
      assert.equal((await bob.does('POST', `${path}/read`, { read_seq: 1 })).unread, 0)
      await say(ann, path)
      await bob.does('POST', `${path}/unread`, { from_seq: last })
      assert.equal(await unreadOf(bob, path), 2)
    })

    test('[RS1] a member without a pointer gets one by reading, and by reading all rooms', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const readsRoom = (read_seq: number) => bob.does('POST', `${path}/read`, { read_seq })
      const readsAll = () => bob.does('POST', '/api/rooms/my/read')
      for (const reads of [readsRoom, readsAll]) {
        const last = await say(ann, path, 2)
        await world.db.write([{ sql: 'DELETE FROM read_pointers', parameters: [] }])
        await reads(last)
        assert.deepEqual(await listed(bob, id), { read_seq: last, unread_from: null, unread: 0 })
        await say(ann, path)
        assert.deepEqual(await listed(bob, id), { read_seq: last, unread_from: null, unread: 1 })
      }
    })

    test('[RS2] the pointer moves forward only, at most to the last seq, and a repeat tells nothing', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      const last = await say(ann, path, 4)
      const socket = await world.connect(bob.token)
      const read = async (read_seq: number) => {
        const { read_seq: at, unread } = await bob.does('POST', `${path}/read`, { read_seq })
        return [at, unread]
      }
      assert.deepEqual(await read(last - 2), [last - 2, 2])
      assert.deepEqual(await read(last - 3), [last - 2, 2])
      assert.deepEqual(await read(last + 1_000), [last, 0])
      assert.deepEqual(await read(last + 1_000), [last, 0])
      const heard = await socket.hears('read_changed')
      assert.deepEqual(
        heard.map(({ unread }) => unread),
        [2, 0],
      )
      await say(ann, path)
      assert.equal(await unreadOf(bob, path), 1, 'what came later is unread')
    })

    test('[RS3] a mark stays while one reads on, until it is cleared', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const last = await say(ann, path, 4)
      await bob.does('POST', `${path}/read`, { read_seq: last })
      const socket = await world.connect(bob.token)
      assert.equal((await socket.ask('mark_unread', { room_id: id, from_seq: last - 1 })).unread, 2)
      const more = await say(ann, path)
      assert.equal((await socket.ask('mark_read', { room_id: id, read_seq: more })).unread, 3)
      assert.deepEqual(await listed(bob, id), { read_seq: more, unread_from: last - 1, unread: 3 })
      const cleared = await socket.ask('mark_read', { room_id: id, read_seq: 0, clear_unread: true })
      assert.deepEqual([cleared.read_seq, cleared.unread_from, cleared.unread], [more, null, 0])
      const beyond = await bob.does('POST', `${path}/unread`, { from_seq: more + 50 })
      assert.deepEqual([beyond.unread_from, beyond.unread], [more, 1])
    })

    test('[RS4] [H6] a deleted message counts no more, an edited one counts once, and 1,000 are the most', async () => {
      await using world = await createWorld(await backend.open(), { more: [deletesFeature, editsFeature] })
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      const last = await say(ann, path, 3)
      const room = await world.engine.find(id)
      const first = room && (await world.engine.historyItem(room.num, last - 1))
      assert.ok(first)
      const ops = [edit(first.event, last - 1, 'other', world.clock.now())]
      const call = {
        room_id: id,
        actor: first.event.actor,
        action: 'edits.edit',
        client_id: null,
        members_only: false,
        ops,
      }
      await world.engine.commit(call)
      assert.equal(await unreadOf(bob, path), 3)
      await erase(world, id, last)
      assert.equal(await unreadOf(bob, path), 2)
      await say(ann, path, 2)
      assert.equal(await unreadOf(bob, path), 4)
      for (let batch = 0; batch < 2; batch += 1) await Promise.all(Array.from({ length: 505 }, () => say(ann, path)))
      assert.equal(await unreadOf(bob, path), 1_000)
    })

    test('[RS4] [H6] a message without a number, of an earlier release, takes nothing off when it is deleted', async () => {
      await using world = await createWorld(await backend.open(), { more: [deletesFeature] })
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const { id, path } = await roomOf(world, ann, { guest: [bob] })
      await say(ann, path, 2)
      const old = await say(ann, path)
      await world.db.write([{ sql: `UPDATE messages SET n = NULL, author = NULL WHERE seq = ${old}`, parameters: [] }])
      await say(ann, path)
      assert.equal(await unreadOf(bob, path), 3)
      await erase(world, id, old)
      assert.equal(await unreadOf(bob, path), 3)
    })

    test('[RS5] reads all rooms, tells those in which something was unread, and removes marks', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await account(world, 'Ann')
      const { bob } = await people(world, 'bob')
      const rooms = [
        await roomOf(world, ann, { guest: [bob] }),
        await roomOf(world, ann, { guest: [bob] }),
        await roomOf(world, ann, { guest: [bob] }),
      ]
      const [one, two, three] = rooms
      assert.ok(one && two && three)
      const last = await say(ann, one.path, 2)
      const marked = await say(ann, two.path)
      await bob.does('POST', `${two.path}/read`, { read_seq: marked })
      await bob.does('POST', `${two.path}/unread`, { from_seq: marked })
      await ann.does('PATCH', three.path, { name: 'nothing to read' })
      const socket = await world.connect(bob.token)
      const { items } = await bob.does('POST', '/api/rooms/my/read')
      const told = [
        { room_id: one.id, read_seq: last, unread_from: null, unread: 0 },
        { room_id: two.id, read_seq: marked, unread_from: null, unread: 0 },
      ]
      const inOrder = (all: Answer[]) => all.toSorted((a, b) => (a.room_id < b.room_id ? -1 : 1))
      assert.deepEqual(inOrder(items), inOrder(told))
      assert.deepEqual(inOrder(await socket.hears('read_changed')), inOrder(told))
      for (const { id } of rooms) assert.equal((await listed(bob, id))['unread'], 0)
      assert.deepEqual((await bob.does('POST', '/api/rooms/my/read')).items, [])
    })

    test('[RS6] a mark is heard by oneself on all nodes, and found by a client that was away', async () => {
      await using nodes = await twoNodes(backend)
      const { ann, bob } = await people(nodes.one, 'ann', 'bob')
      const { id, path } = await roomOf(nodes.one, ann, { guest: [bob] })
      const last = await say(ann, path, 3)
      await nodes.pass(60_000)
      const { since } = await bob.does('GET', '/api/rooms/my')
      await nodes.pass(60_000)
      const [here, there, other] = [
        await nodes.one.connect(bob.token),
        await nodes.two.connect(bob.token),
        await nodes.two.connect(ann.token),
      ]
      await bob.does('POST', `${path}/read`, { read_seq: last - 1 })
      for (const socket of [here, there]) {
        const told = { room_id: id, read_seq: last - 1, unread_from: null, unread: 1 }
        assert.deepEqual(await socket.hears('read_changed'), [told])
      }
      assert.deepEqual(await other.hears('read_changed'), [])
      const changed = await bob.does('GET', `/api/rooms/my?since=${since}`)
      assert.deepEqual(
        changed.items.map(({ id, unread }: Answer) => [id, unread]),
        [[id, 1]],
      )
    })

    test('[RS7] the lobby and rooms of others have no read state', async () => {
      await using world = await createWorld(await backend.open())
      const { ann } = await people(world, 'ann')
      const stranger = await person(world, 'stranger')
      const open = await createRoom(world, ann)
      const closed = await createRoom(world, ann, { is_private: true })
      for (const id of ['lobby', open.id, closed.id])
        assert.equal(await stranger.code('GET', `/api/rooms/${id}/read`), 'not_a_member')
      assert.equal(await stranger.code('POST', '/api/rooms/nothing/read', { read_seq: 1 }), 'not_found')
    })

    test('[UF13] news say what is unread for each reader, also right after a mark', async () => {
      await using world = await createWorld(await backend.open())
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { path } = await roomOf(world, ann, { guest: [bob] })
      await pass(world, 2_000)
      const sockets = [await world.connectFeed(ann.token), await world.connectFeed(bob.token)] as const
      await pass(world, 1_000)
      const last = await say(ann, path, 2)
      await pass(world, 2_000)
      const news = () =>
        sockets.map(({ heard }) => {
          const all = heard.filter(({ event }) => event === 'rooms_changed').flatMap(({ data }) => data.rooms)
          return all.at(-1)?.unread
        })
      assert.deepEqual(news(), [0, 2])
      await say(ann, path)
      await bob.does('POST', `${path}/read`, { read_seq: last })
      await pass(world, 2_000)
      assert.deepEqual(news(), [0, 1])
      await say(bob, path)
      await say(ann, path)
      await pass(world, 2_000)
      assert.deepEqual(news(), [1, 2])
    })
  })
}
