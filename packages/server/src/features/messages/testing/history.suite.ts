import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { StoredEvent } from '../../../core/contract.ts'
import { messageSent } from '../contract.ts'
import { edit, editsFeature } from './edited.ts'
import type { Answer } from '../../testing/doors.ts'
import { type Backend, createWorld } from '../../testing/world.ts'
import { contents, post, roomWith } from './said.ts'

export function historySuite(name: string, backend: Backend): void {
  describe(`history on ${name}`, () => {
    after(() => backend.stop())

    test('[H1] [H2] [H3] history is read in both directions, oldest first, to both ends', async () => {
      await using world = await createWorld(await backend.open())
      const { id, said } = await roomWith(world, 125)
      const page = async (query: string) => (await world.rest('GET', `/api/rooms/${id}/messages?${query}`)).body
      const newest = await page('')
      assert.deepEqual(contents(newest.messages), said.slice(75))
      assert.equal(newest.next_cursor, newest.messages[0].seq)
      const down = await page(`before=${newest.next_cursor}&limit=75`)
      assert.deepEqual([contents(down.messages), down.next_cursor], [said.slice(0, 75), null])
      const up = await page('after=0&limit=100')
      assert.deepEqual([contents(up.messages), up.next_cursor], [said.slice(0, 100), up.messages[99].seq])
      const rest = await page(`after=${up.next_cursor}`)
      assert.deepEqual([contents(rest.messages), rest.next_cursor], [said.slice(100), null])
      assert.equal((await page('limit=200')).messages.length, 125)
      assert.equal((await page('limit=1000')).next_cursor, null)
      assert.deepEqual(await page('after=100000'), { messages: [], next_cursor: null })
      const body = { room_id: id, before: newest.next_cursor, limit: 75 }
      assert.deepEqual((await world.rest('POST', '/api/get-chatroom-messages', { body })).body, down)
      for (const bad of ['before=x', 'after=-1', 'limit=0', 'limit=1.5']) {
        assert.equal((await page(bad)).code, 'validation_error', bad)
      }
      const missing = (await world.rest('POST', '/api/get-chatroom-messages')).body
      assert.deepEqual([missing.error, missing.required], ['Missing required fields', ['room_id']])
    })

    test('[H5] an edited message keeps its place and event name everywhere, and a retry is answered with it', async () => {
      await using world = await createWorld(await backend.open(), { more: [editsFeature] })
      const { id, host, said } = await roomWith(world, 60)
      const room = await world.engine.find(id)
      assert.ok(room)
      const retried = { content: 'sent', client_id: 'k' }
      await post(world, host, id, retried)
      const { entries } = await world.engine.readLog(room.num, 0, 100)
      const events = entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []))
      const socket = await world.connect()
      const away = await socket.ask('join_room', { room_id: id })
      const change = async (first: StoredEvent, seq: number, content: string) => {
        world.advance(1000)
        const ops = [edit(first, seq, content, world.clock.now())]
        const call = { room_id: id, actor: 1, action: 'edits.edit', client_id: null, members_only: false, ops }
        return (await world.engine.commit(call)).events[0]?.seq ?? 0
      }
      const firsts = events.filter(({ type }) => type === messageSent.name)
      const [oldest, , later] = firsts
      const last = firsts.at(-1)
      assert.ok(oldest && later && last)
      await change(oldest, oldest.seq, 'the oldest, edited')
      await change(last, await change(last, last.seq, 'edited once'), 'edited twice')
      const live = (await socket.hears('message_edited')).at(-1)
      assert.deepEqual([live.message_seq, live.message.content], [last.seq, 'edited twice'])

      const page = async (query: string) => (await world.rest('GET', `/api/rooms/${id}/messages?${query}`)).body
      const all = ['the oldest, edited', ...said.slice(1), 'edited twice']
      const pages = [await page('limit=200'), await page('after=0&limit=200')]
      for (const { messages } of pages) assert.deepEqual(contents(messages), all)
      const [first] = pages[1].messages
      assert.deepEqual([first.seq, first.sender.name], [oldest.seq, 'Ann'])
      assert.deepEqual([first.created_at, first.edited_at], ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'])
      assert.deepEqual(contents((await page(`before=${later.seq}`)).messages), all.slice(0, 2))
      const snapshot = await (await world.connect()).ask('join_room', { room_id: id })
      assert.deepEqual(
        snapshot.events.map(({ seq, event, data }: Answer) => [seq, event, data]),
        pages[0].messages.slice(-50).map((message: Answer) => [message.seq, 'new_message', message]),
      )
      const cursor = { after_seq: away.seq, epoch: away.epoch }
      const changes = await (await world.connect()).ask('join_room', { room_id: id, ...cursor })
      assert.deepEqual(
        changes.events.flatMap(({ event, data }: Answer) =>
          event === 'member_joined' ? [] : [[event, data.message_seq, data.message.content]],
        ),
        [
          ['message_edited', oldest.seq, 'the oldest, edited'],
          ['message_edited', last.seq, 'edited twice'],
        ],
      )
      assert.deepEqual((await post(world, host, id, retried)).body, pages[0].messages.at(-1))
      const other = await post(world, host, id, { ...retried, content: 'other' })
      assert.equal(other.body.code, 'client_id_reused')
    })

    test('[H4] long messages are split over several pages, none of them empty', async () => {
      await using world = await createWorld(await backend.open())
      const { id, host } = await roomWith(world, 0)
      const said = Array.from({ length: 40 }, (_, index) => `${index} ${'\u4e2d'.repeat(19_990)}`)
      await Promise.all(said.map((content) => post(world, host, id, { content })))
      for (const direction of ['before', 'after']) {
        const pages: string[][] = []
        let cursor: number | null = direction === 'before' ? 1_000_000 : 0
        while (cursor !== null) {
          const { body } = await world.rest('GET', `/api/rooms/${id}/messages?${direction}=${cursor}&limit=200`)
          pages.push(contents(body.messages))
          cursor = body.next_cursor
        }
        assert.deepEqual((direction === 'before' ? pages.toReversed() : pages).flat(), said)
        // 60 kB each: four are 256 KiB.
        assert.deepEqual(
          pages.map(({ length }) => length),
          Array.from({ length: 10 }, () => 4),
        )
      }
    })

    test('a snapshot holds the newest 128 KiB of long messages, and history_before leads to older ones', async () => {
      await using world = await createWorld(await backend.open())
      const { id, host } = await roomWith(world, 0)
      // Each is stored as an escape of six bytes.
      const said = Array.from({ length: 5 }, (_, index) => `${index} ${'\u0001'.repeat(19_990)}`)
      for (const content of said) await post(world, host, id, { content })
      const socket = await world.connect()
      const { events, history_before } = await socket.ask('join_room', { room_id: id })
      assert.deepEqual(
        events.map(({ data }: Answer) => data.content),
        said.slice(4),
      )
      const older = (await world.rest('GET', `/api/rooms/${id}/messages?before=${history_before}`)).body
      assert.deepEqual(contents(older.messages), said.slice(2, 4))
    })

    test('a snapshot holds the last 50 messages and the cursor of older ones', async () => {
      await using world = await createWorld(await backend.open())
      const { id, said } = await roomWith(world, 60)
      const socket = await world.connect()
      const { events, history_before } = await socket.ask('join_room', { room_id: id })
      assert.deepEqual(
        events.map(({ data }: Answer) => data.content),
        said.slice(10),
      )
      const older = (await world.rest('GET', `/api/rooms/${id}/messages?before=${history_before}`)).body
      assert.deepEqual([contents(older.messages), older.next_cursor], [said.slice(0, 10), null])
    })
  })
}
