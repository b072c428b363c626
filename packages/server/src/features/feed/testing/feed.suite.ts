import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import type { RoomFacts } from '../../../core/contract.ts'
import { defineFeature } from '../../feature.ts'
import { account, people, roomOf } from '../../rooms/testing/rooms.ts'
import { type Backend, createWorld } from '../../testing/world.ts'
import type { Answer } from '../../testing/doors.ts'
import { edit, editsFeature } from '../../messages/testing/edited.ts'
import { feedFeature } from '../feature.ts'
import { deleted, deletesFeature, newsOf, pass } from './feed.ts'

const inOrder = (texts: readonly string[]): string[] => texts.toSorted((a, b) => (a < b ? -1 : 1))
const ids = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id)

/** What the list of a user's rooms answers, on either database. */
export function feedSuite(name: string, backend: Backend): void {
  describe(`the list of rooms on ${name}`, () => {
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

    test('[UF11] [UF12] fields of other features are in items, and told anew to their user alone when they change', async () => {
      const words = { shown: 'old' }
      const told: { changed: (user: number, room: RoomFacts) => void } = { changed: () => {} }
      const notes = defineFeature({
        ...{ name: 'notes', needs: { feed: feedFeature }, ownFields: { note: z.string() } },
        create(_platform, { feed }) {
          feed.shows({
            of: async (_user, rooms) => new Map(rooms.map(({ num }) => [num, { note: JSON.stringify(words.shown) }])),
            changedSince: async () => [],
          })
          told.changed = feed.changed
          return { api: null }
        },
      })
      await using world = await createWorld(await backend.open(), { more: [notes] })
      const { ann, bob } = await people(world, 'ann', 'bob')
      const { id } = await roomOf(world, ann, { guest: [bob] })
      await pass(world, 2_000)
      assert.equal((await bob.does('GET', '/api/rooms/my')).items[0].note, 'old')
      const sockets = [await world.connectFeed(ann.token), await world.connectFeed(bob.token)] as const
      await pass(world, 2_000)
      words.shown = 'new'
      const room = await world.engine.find(id)
      const [row] = await world.db.all<{ num: number }>({
        sql: `SELECT num FROM users WHERE id = '${bob.id}'`,
        parameters: [],
      })
      assert.ok(room && row)
      told.changed(row.num, room)
      await pass(world, 2_000)
      const added = sockets.map(({ heard }) =>
        heard
          .filter(({ event }) => event === 'rooms_changed')
          .flatMap(({ data }) => data.added.map(({ note }: Answer) => note)),
      )
      assert.deepEqual(added, [[], ['new']])
    })
  })
}
