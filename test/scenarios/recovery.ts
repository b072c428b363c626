import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { openStream } from '../harness/event-stream.ts'
import { createRoom, type Guest, ok, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Joined, JsonObject, Message, Page, Room } from '../harness/wire.ts'

/** What a client with a cursor gets, case by case, through sockets and streams. */
export function recovery(kind: DatabaseKind): void {
  suite(`on ${kind.name}, resuming with a cursor`, { skip: kind.missing, timeout: 120_000 }, () => {
    let database: Database
    let server: Server
    let ann: Guest
    let bob: Guest
    let sender: SocketClient

    before(async () => {
      database = await kind.open()
      server = await startServer({ env: database.env })
      ann = await signInGuest(server.url, 'Ann')
      bob = await signInGuest(server.url, 'Bob')
      sender = await connect(server.url, { token: ann.token })
    })
    after(async () => {
      sender[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    })

    const newRoom = () => createRoom(server.url, ann)
    /** Joins as a new client, which disconnects once it has its answer. */
    async function join(room_id: string, cursor: JsonObject = {}): Promise<Joined> {
      using client = await connect(server.url, { token: bob.token })
      // `await`, because the client is disposed at the end of this block.
      return await client.ask<Joined>('join_room', { room_id, ...cursor })
    }
    async function send(room_id: string, count: number, content = 'message'): Promise<Message[]> {
      const all = Array.from({ length: count }, (_, n) => n)
      const sent: Message[] = []
      for (let n = 0; n < count; n += 100) {
        const slice = all.slice(n, n + 100)
        const acks = slice.map((m) => sender.ask<Message>('send_message', { room_id, content: `${content} ${m}` }))
        sent.push(...(await Promise.all(acks)))
      }
      return sent.toSorted((a, b) => a.seq - b.seq)
    }
    const dataOf = ({ events }: Joined) => events.map(({ data }) => data)

    test('a client that never received an event gets everything sent since its snapshot', async () => {
      const { id } = await newRoom()
      const first = await join(id)
      const sent = await send(id, 10)
      const again = await join(id, { after_seq: first.seq, epoch: first.epoch })
      assert.equal(again.recovered, true)
      assert.deepEqual(dataOf(again), sent)
      assert.deepEqual(
        again.events.map(({ event }) => event),
        sent.map(() => 'new_message'),
      )
      assert.equal(again.seq, sent.at(-1)?.seq)
      assert.equal(again.epoch, first.epoch)
    })

    test('in an idle room the answer is recovered, with no events', async () => {
      const { id } = await newRoom()
      const first = await join(id)
      const again = await join(id, { after_seq: first.seq, epoch: first.epoch })
      assert.deepEqual([again.recovered, again.events, again.records, again.seq], [true, [], [], first.seq])
    })

    test('`after_seq: 0` without an epoch gets everything', async () => {
      const { id } = await newRoom()
      const sent = await send(id, 3)
      const all = await join(id, { after_seq: 0 })
      assert.equal(all.recovered, true)
      assert.deepEqual(
        dataOf(all).filter((data) => data['content']),
        sent,
      )
      // From the first number on, without a hole: membership is in the sequence too.
      assert.deepEqual(
        all.events.map(({ seq }) => seq),
        Array.from({ length: all.seq }, (_, n) => n + 1),
      )
    })

    test('500 changes are served; with 501 the client gets a snapshot of the last 50 messages', async () => {
      const { id } = await newRoom()
      const first = await join(id)
      const sent = await send(id, 500)
      const cursor = { after_seq: first.seq, epoch: first.epoch }
      const served = await join(id, cursor)
      assert.equal(served.recovered, true)
      assert.deepEqual(dataOf(served), sent)

      sent.push(...(await send(id, 1, 'one more')))
      const snapshot = await join(id, cursor)
      assert.equal(snapshot.recovered, false)
      assert.deepEqual(dataOf(snapshot), sent.slice(-50))
      assert.equal(snapshot.seq, sent.at(-1)?.seq)
      assert.equal(snapshot.history_before, sent.at(-50)?.seq)
      const path = `/api/rooms/${id}/messages?before=${snapshot.history_before}&limit=200`
      const older = await ok<Page>(server.url, 'GET', path)
      assert.deepEqual(older.messages, sent.slice(-250, -50))
      assert.equal((await join(id, { after_seq: 0 })).recovered, false)
    })

    test('[RC1] [RC2] with changes over 256 KiB the client gets a snapshot, with messages up to 128 KiB', async () => {
      const { id } = await newRoom()
      const first = await join(id)
      const sent = await send(id, 16, 'y'.repeat(19_000))
      const again = await join(id, { after_seq: first.seq, epoch: first.epoch })
      assert.equal(again.recovered, false)
      const { length } = again.events
      assert.ok(length > 5 && length < 8, `${length} messages of 19 kB`)
      assert.deepEqual(dataOf(again), sent.slice(-length))
      assert.equal(again.history_before, again.events[0]?.seq)
      const older = await ok<Page>(server.url, 'GET', `/api/rooms/${id}/messages?before=${again.history_before}`)
      assert.deepEqual(older.messages, sent.slice(0, -length))
    })

    test('a cursor that does not fit the history gets a snapshot', async () => {
      const { id } = await newRoom()
      const { seq, epoch } = await join(id)
      const [message] = await send(id, 1)
      for (const cursor of [
        { after_seq: seq + 100, epoch },
        { after_seq: seq, epoch: 'another' },
        { after_seq: seq },
        { after_seq: 0, epoch: 'another' },
        { epoch },
        {},
      ]) {
        const reply = await join(id, cursor)
        assert.deepEqual(
          [reply.recovered, dataOf(reply), reply.seq],
          [false, [message], seq + 1],
          JSON.stringify(cursor),
        )
      }
    })

    test('after a restore (another epoch) or pruning (a raised floor) clients are told of the gap', async () => {
      const [restored, pruned, other] = [await newRoom(), await newRoom(), await newRoom()]
      const joins = new Map<string, Joined>()
      const ids = new Map<string, string>()
      for (const { id } of [restored, pruned, other]) {
        using stream = await openStream(server.url, `/api/events?room_id=${id}`)
        const [message] = await send(id, 1)
        const { id: eventId } = await stream.hear('new_message', ({ seq }) => seq === message?.seq)
        assert.ok(eventId)
        ids.set(id, eventId)
        joins.set(id, await join(id))
        await send(id, 3)
      }
      await server.stop()
      const epoch = "update rooms set epoch = 'renewed' where id = "
      const floor = 'update rooms set floor_seq = last_seq - 1 where id = '
      await database.execute(server.dataDir, `${epoch}'${restored.id}'; ${floor}'${pruned.id}'`)
      await server.start()
      sender[Symbol.dispose]()
      sender = await connect(server.url, { token: ann.token })

      const answers = new Map<string, Joined>()
      for (const [id, { seq, epoch: before }] of joins)
        answers.set(id, await join(id, { after_seq: seq, epoch: before }))
      const outcome = (room: Room) => answers.get(room.id)?.recovered
      assert.deepEqual([outcome(restored), outcome(pruned), outcome(other)], [false, false, true])
      assert.equal(answers.get(restored.id)?.epoch, 'renewed')
      assert.equal((await join(restored.id, { after_seq: 0 })).recovered, true)

      for (const { id } of [restored, pruned]) {
        const lastId = ids.get(id) ?? null
        using stream = await openStream(server.url, `/api/events?room_id=${id}`, { lastId })
        const { data } = await stream.hear('reset')
        assert.deepEqual(data, { room_id: id, last_seq: answers.get(id)?.seq })
        const [message] = await send(id, 1, 'after the hole')
        await stream.hear('new_message', ({ seq }) => seq === message?.seq)
        assert.equal(stream.heard.items.filter(({ event }) => event === 'new_message').length, 1)
      }
      using stream = await openStream(server.url, `/api/events?room_id=${other.id}`, {
        lastId: ids.get(other.id) ?? null,
      })
      await stream.hear('new_message', ({ seq }) => seq === answers.get(other.id)?.seq)
      assert.equal(stream.heard.items.filter(({ event }) => event === 'new_message').length, 3)
    })

    test('a stream of several rooms resumes where it was, and is told of the gap in a room over 500 events behind', async () => {
      const rooms = [await newRoom(), await newRoom()]
      const path = `/api/events?${rooms.map(({ id }) => `room_id=${id}`).join('&')}`
      let lastId: string | null
      {
        using stream = await openStream(server.url, path)
        const sent = await Promise.all(rooms.map(({ id }) => send(id, 2)))
        await stream.heard.until(
          () => stream.heard.items.filter(({ event }) => event === 'new_message').length === 4,
          'four messages',
        )
        assert.equal(sent.flat().length, 4)
        lastId = stream.lastId
      }
      const [quiet, busy] = rooms
      assert.ok(quiet && busy && lastId)
      const missed = await send(quiet.id, 5)
      await send(busy.id, 501)
      using stream = await openStream(server.url, path, { lastId })
      const { data } = await stream.hear('reset')
      const { last_seq } = await ok<Room>(server.url, 'GET', `/api/rooms/${busy.id}`)
      assert.deepEqual(data, { room_id: busy.id, last_seq })
      await stream.hear('new_message', ({ seq, room_id }) => room_id === quiet.id && seq === missed.at(-1)?.seq)
      const heard = stream.heard.items.filter(({ event }) => event === 'new_message').map((item) => item.data)
      assert.deepEqual(heard, missed, 'all missed events of one room, and none from the gap of the other')
    })
  })
}
