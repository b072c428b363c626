import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import { wireContracts } from '../../../compose/declared.ts'
import { createMemoryBus } from '../../../platform/bus/memory.ts'
import { connectTo } from '../../../room/testing/live-client.ts'
import type { RoomMessages, RoomRow } from '../../../room/types.ts'
import { eventNamesOf } from '../../../transport/docs/event-names.ts'
import { outcome } from '../../identity/testing/register.ts'
import { account, roomOf } from '../../rooms/testing/rooms.ts'
import { type Backend, createWorld, registerAdministrator, signIn, type World } from '../../testing/world.ts'
import { eventBounds } from '../bounds.ts'

const publish = (world: World, token: string | null, body: object, more: object = {}) =>
  world.rest('POST', '/api/events/publish', { body, token, ...more })

async function roomIn({ engine }: World, id = 'lobby'): Promise<RoomRow> {
  return (await engine.find(id)) ?? assert.fail(`no room ${id}`)
}

/** What an event stream without a token hears of a room, from now on or behind a cursor. */
async function streamOf(world: World, room: RoomRow, since?: RoomRow) {
  const client = connectTo(world.live, 0, { present: false, user: null, profile: null, session_id: null })
  const { catchup, events } = await client.join(room, since?.last_seq, since?.epoch)
  return {
    recovered: catchup.recovered,
    resumed: events.map(({ event, data }) => [event, JSON.parse(data)]),
    async heard() {
      await world.settled()
      return client.heard.filter(({ seq }) => seq > 0).map(({ event, json }) => [event, JSON.parse(json)])
    },
  }
}

export function eventsSuite(name: string, backend: Backend): void {
  suite(`published events on ${name}`, () => {
    after(() => backend.stop())

    test('[PE1] [PE3] [PE4] [V6] they reach streams of every node in order, and no socket, page or snapshot', async () => {
      const db = await backend.open()
      const bus = createMemoryBus<RoomMessages>()
      await using world = await createWorld(db, { bus })
      await using other = await createWorld({ ...db, close: async () => undefined }, { bus })
      const admin = await registerAdministrator(world)
      const streams = [await streamOf(world, await roomIn(world)), await streamOf(other, await roomIn(other))]
      const before = await roomIn(world)
      const [listener, member] = [await world.connect(), await other.connect()]
      world.live.listen(listener.id, before, 'message')
      await member.ask('join_room', { room_id: 'lobby' })
      const data = { text: 'Ünï "quoted"', list: [1, null, { deep: true }], seq: 'theirs' }
      const { status, body } = await publish(world, admin.token, { event_type: 'build.finished', data })
      assert.deepEqual([status, body], [201, { id: body.id, event_type: 'build.finished' }])
      await world.rest('POST', '/api/message', { token: admin.token, body: { content: 'between' } })
      for (const [event_type, given] of [
        ['List', [1, 2]],
        ['a:b-c_9', 'text'],
        ['n', null],
      ] as const)
        assert.equal((await publish(world, admin.token, { event_type, data: given })).status, 201)
      for (const stream of streams) {
        const heard = await stream.heard()
        assert.deepEqual(
          heard.map(([event]) => event),
          ['build.finished', 'message', 'List', 'a:b-c_9', 'n'],
        )
        assert.deepEqual([heard[0]?.[1], ...heard.slice(2).map(([, given]) => given)], [data, [1, 2], 'text', null])
      }
      for (const socket of [listener, member]) {
        const heard = socket.heard.map(({ event }) => event)
        assert.deepEqual(
          heard.filter((event) => !['connected', 'room_joined', 'user_joined'].includes(event)),
          ['message'],
        )
      }
      const again = await world.connect()
      const resumed = await again.ask('join_room', {
        ...{ room_id: 'lobby', after_seq: before.last_seq, epoch: before.epoch },
      })
      assert.deepEqual([resumed.recovered, resumed.events.length, resumed.seq], [true, 1, before.last_seq + 5])
      const fresh = await (await world.connect()).ask('join_room', { room_id: 'lobby' })
      assert.equal(fresh.events.length, 1)
      const { messages } = (await world.rest('GET', '/api/rooms/lobby/messages')).body
      assert.equal(messages.length, 1)
    })

    test('[PE2] [DC5] no event takes the name of one of the server, or a name that is none', async () => {
      await using world = await createWorld(await backend.open())
      const admin = await registerAdministrator(world)
      const before = await roomIn(world)
      const taken = eventNamesOf(wireContracts)
      for (const event of ['message', 'broadcast', 'record_changed', 'send_text', 'ready', 'reset', 'error', 'open'])
        assert.ok(taken.has(event), event)
      for (const event_type of taken) {
        assert.match(event_type, /^[a-z_]+$/)
        const { body } = await publish(world, admin.token, { event_type, data: {} })
        assert.deepEqual([body.code, Object.keys(body.errors)], ['validation_error', ['event_type']], event_type)
      }
      for (const event_type of ['', 'two words', 'x'.repeat(65), 'é', 'a\nb', 'a"b', 7, null])
        assert.equal(outcome(await publish(world, admin.token, { event_type, data: {} })), '400 validation_error')
      assert.equal((await roomIn(world)).last_seq, before.last_seq)
    })

    test('[PE1] only who may broadcast publishes, and to any open room', async () => {
      await using world = await createWorld(await backend.open(), { env: 'development' })
      const [admin, ann] = [await registerAdministrator(world), await account(world, 'Ann')]
      const gus = await signIn(world, 'Gus')
      const { id } = await roomOf(world, ann, {})
      const event = { event_type: 'Go', data: {}, room_id: id }
      assert.equal(outcome(await publish(world, gus.token, event)), '403 forbidden')
      assert.equal(outcome(await publish(world, null, event)), '401 not_authenticated')
      const stream = await streamOf(world, await roomIn(world, id))
      assert.equal((await publish(world, admin.token, event)).status, 201)
      assert.equal((await publish(world, null, event, { address: '127.0.0.1' })).status, 201)
      assert.deepEqual(await stream.heard(), [
        ['Go', {}],
        ['Go', {}],
      ])
      assert.equal(outcome(await publish(world, admin.token, { ...event, room_id: 'none' })), '404 not_found')
      await ann.does('DELETE', `/api/rooms/${id}`)
      assert.equal(outcome(await publish(world, admin.token, event)), '410 room_closed')
    })

    test('[PE3] data that is absent, too large or too deep is refused', async () => {
      await using world = await createWorld(await backend.open())
      const { token } = await registerAdministrator(world)
      const of = async (data: unknown) => outcome(await publish(world, token, { event_type: 'X', data }))
      const { body } = await publish(world, token, { event_type: 'X' })
      assert.deepEqual([body.code, body.required], ['missing_fields', ['event_type', 'data']])
      const { value } = eventBounds.event_data
      assert.equal((await publish(world, token, { event_type: 'X', data: 'x'.repeat(value - 2) })).status, 201)
      assert.equal(await of('x'.repeat(value - 1)), '413 too_large')
      const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
      assert.equal((await publish(world, token, { event_type: 'X', data: nested(100) })).status, 201)
      for (const levels of [101, 1000]) assert.equal(await of(nested(levels)), '400 validation_error')
    })

    test('[PE5] [D4] a stream resumes behind an event for 24 hours, and is told when it cannot', async () => {
      await using world = await createWorld(await backend.open())
      const { token } = await registerAdministrator(world)
      const away = await roomIn(world)
      await publish(world, token, { event_type: 'One', data: { n: 1 } })
      world.advance(24 * 3600_000 - 1)
      await world.engine.prune()
      const resumed = await streamOf(world, away, away)
      assert.deepEqual([resumed.recovered, resumed.resumed], [true, [['One', { n: 1 }]]])
      world.advance(1)
      await world.engine.prune()
      assert.equal((await streamOf(world, away, away)).recovered, false)
      const now = await roomIn(world)
      assert.equal((await streamOf(world, now, now)).recovered, true)
    })

    test('[PE7] [DT3] it costs bytes times streams, not times sockets, and so many calls', async () => {
      await using world = await createWorld(await backend.open(), { env: 'development', limited: true })
      const room = await roomIn(world)
      const event = { event_type: 'X', data: 'x'.repeat(65_000) }
      const send = async (data: unknown = event.data) =>
        (await publish(world, null, { ...event, data }, { address: '127.0.0.1' })).status
      const times = async (count: number, data?: unknown) => {
        const all: number[] = []
        for (let n = 0; n < count; n += 1) all.push(await send(data))
        return all
      }
      for (let n = 0; n < 60; n += 1) world.live.listen(connectTo(world.live, n).id, room, 'message')
      assert.deepEqual(new Set(await times(20)), new Set([201]))
      for (let n = 0; n < 60; n += 1) await streamOf(world, room)
      assert.deepEqual((await times(12)).slice(-2), [429, 429])
      world.advance(60_000)
      assert.deepEqual((await times(61, null)).slice(-2), [201, 429])
    })

    test('[PE6] [I1] [I5] a retry is recognized by its client_id or key, as long as the event is kept', async () => {
      await using world = await createWorld(await backend.open(), { env: 'development' })
      const event = { event_type: 'Once', data: { n: 1 } }
      const here = { address: '127.0.0.1' }
      const again = (other: object = {}) => publish(world, null, { ...event, ...other }, { ...here, key: 'k' })
      const first = await again()
      assert.equal(first.status, 201)
      assert.deepEqual(await again(), first)
      assert.deepEqual(await publish(world, null, { ...event, client_id: 'k' }, here), first)
      for (const other of [{ event_type: 'Other' }, { data: { n: 2 } }])
        assert.equal(outcome(await again(other)), '409 client_id_reused')
      world.advance(24 * 3600_000)
      await world.engine.prune()
      assert.equal(outcome(await again()), '404 not_found')
    })
  })
}
