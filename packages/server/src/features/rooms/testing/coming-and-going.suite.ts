import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { slotWindow } from '../../../room/live/presence/slots.ts'
import { defineFeature } from '../../feature.ts'
import { codeOf, type Heard } from '../../testing/doors.ts'
import { type Backend, createRoom, createWorld, signIn } from '../../testing/world.ts'

/** A feature with a presence slot of its own. */
const pointing = defineFeature({
  name: 'pointing',
  slots: [
    {
      name: 'pointer',
      summary: 'Where the pointer is.',
      value: z.object({ x: z.number(), y: z.number() }),
      size: 20,
      perSecond: 10,
      audience: 'room',
    },
  ],
  create: () => ({ api: null }),
})

const names = (heard: readonly Heard[]): string[] => heard.map(({ event }) => event)

/** Joining, leaving, and what attached connections send each other (rules J). */
export function comingAndGoingSuite(name: string, backend: Backend): void {
  describe(`coming and going on ${name}`, () => {
    after(() => backend.stop())

    test('[J1] joining makes a member, and room_joined is the same text as the answer', async () => {
      await using world = await createWorld(await backend.open())
      const room = await createRoom(world, await signIn(world, 'Ann'))
      const socket = await world.connect((await signIn(world, 'Bob')).token)
      const joined = await socket.ask('join_room', { room_id: room.id })
      assert.deepEqual(Object.keys(joined).toSorted(), [
        ...['epoch', 'events', 'history_before', 'me', 'presence', 'records', 'recovered', 'room', 'seq'],
      ])
      assert.deepEqual(await socket.hears('room_joined'), [joined])
      const { joined_at, ...me } = joined.me
      assert.ok(Date.parse(joined_at) > 0)
      assert.deepEqual(me, {
        ...{ role: 'guest', peer_id: socket.id, user_id: socket.caller.user.id },
        languages: null,
      })
      assert.deepEqual([joined.seq, joined.room.member_count, joined.recovered], [2, 2, false])
      assert.deepEqual(joined.presence, [
        { user: socket.caller.profile, peers: [{ peer_id: socket.id, state: null, slots: {} }] },
      ])
      assert.equal(joined.history_before, null)
      const again = await socket.ask('join_room', { room_id: room.id })
      assert.deepEqual([again.seq, again.room.member_count], [2, 2])
      assert.deepEqual(
        world.joined.map(({ room: { id } }) => id),
        [room.id, room.id],
      )
    })

    test('[J2] with a cursor it answers the missed events, as they were delivered', async () => {
      await using world = await createWorld(await backend.open())
      const room = await createRoom(world, await signIn(world, 'Ann'))
      const socket = await world.connect((await signIn(world, 'Bob')).token)
      const other = await world.connect((await signIn(world, 'Cy')).token)
      const { epoch, seq } = await socket.ask('join_room', { room_id: room.id })
      await socket.ask('leave_room', { room_id: room.id })
      await other.ask('join_room', { room_id: room.id })
      await other.ask('send_message', { room_id: room.id, content: 'missed' })
      const [live] = await other.hears('new_message')
      const missed = await socket.ask('join_room', { room_id: room.id, after_seq: seq, epoch })
      assert.deepEqual([missed.recovered, missed.seq], [true, 4])
      assert.deepEqual(
        missed.events.map(({ event }: Heard) => event),
        ['member_joined', 'new_message'],
      )
      assert.deepEqual(missed.events[1], { seq: 4, event: 'new_message', data: live })
      assert.equal((await socket.ask('join_room', { room_id: room.id, after_seq: 0 })).recovered, true)
      const foreign = await socket.ask('join_room', { room_id: room.id, after_seq: seq, epoch: 'another' })
      assert.deepEqual([foreign.recovered, foreign.events.length], [false, 1])
    })

    test('[J3] a join that takes over 5 s answers timeout, and room_joined still follows', async () => {
      const { promise: confirmed, resolve } = Promise.withResolvers<void>()
      await using world = await createWorld(await backend.open(), { confirmed })
      const room = await createRoom(world, await signIn(world, 'Ann'))
      const socket = await world.connect((await signIn(world, 'Bob')).token)
      const asked = codeOf(socket.ask('join_room', { room_id: room.id }))
      while (world.joined.length < 2) await new Promise((resolve) => setImmediate(resolve))
      world.advance(5_000)
      assert.equal(await asked, 'timeout')
      assert.deepEqual(await socket.hears('room_joined'), [])
      resolve()
      await socket.heardOf('room_joined')
      await socket.ask('send_message', { room_id: room.id, content: 'x' })
      assert.deepEqual(
        (await socket.hears('new_message')).map(({ seq }) => seq),
        [3],
      )
    })

    test('[J4] [J5] REST makes and ends memberships; leave_room only detaches the connection', async () => {
      await using world = await createWorld(await backend.open())
      const ann = await signIn(world, 'Ann')
      const { id } = await createRoom(world, ann)
      const bob = await signIn(world, 'Bob')
      const { body } = await world.rest('POST', `/api/rooms/${id}/join`, { token: bob.token })
      assert.deepEqual([body.id, body.member_count, body.me], [id, 2, { role: 'guest', user_id: bob.id }])
      const [tab, other] = [await world.connect(bob.token), await world.connect(bob.token)]
      const host = await world.connect(ann.token)
      for (const socket of [host, tab, other]) await socket.ask('join_room', { room_id: id })
      assert.deepEqual(await tab.ask('leave_room', { room_id: id }), { room_id: id })
      assert.deepEqual(await tab.ask('leave_room', { room_id: id }), { room_id: id })
      await host.ask('send_message', { room_id: id, content: 'x' })
      assert.deepEqual([(await tab.hears('new_message')).length, (await other.hears('new_message')).length], [0, 1])
      assert.equal((await world.rest('GET', `/api/rooms/${id}`)).body.member_count, 2)
      for (let times = 0; times < 2; times += 1) {
        const left = await world.rest('POST', `/api/rooms/${id}/leave`, { token: bob.token })
        assert.deepEqual(left, { status: 200, body: { room_id: id } })
      }
      const [gone] = await other.hears('member_left')
      assert.deepEqual([gone.user.id, gone.role, gone.by], [bob.id, 'guest', null])
      const [absent] = await host.hears('user_left')
      assert.deepEqual([absent.user.id, absent.reason, absent.member_count], [bob.id, 'left', 1])
      await host.ask('send_message', { room_id: id, content: 'y' })
      assert.equal((await other.hears('new_message')).length, 1)
      await world.rest('POST', `/api/rooms/${id}/leave`, { token: ann.token })
      const empty = (await world.rest('GET', `/api/rooms/${id}`)).body
      assert.deepEqual([empty.member_count, empty.host_id, empty.is_active], [0, ann.id, true])
      assert.equal((await world.rest('POST', `/api/rooms/${id}/join`, { token: ann.token })).body.me.role, 'host')
    })

    test('[J6] [J7] typing, presence and signals need an attached connection', async () => {
      await using world = await createWorld(await backend.open())
      const { id } = await createRoom(world, await signIn(world, 'Ann'))
      const [one, two] = [await world.connect((await signIn(world, 'Bob')).token), await world.connect()]
      const room_id = id
      const calls: [string, object][] = [
        ['typing', { room_id, typing: true }],
        ['presence', { room_id, state: { x: 1 } }],
        ['signal', { room_id, name: 'offer', data: 1 }],
      ]
      for (const [event, payload] of calls) {
        assert.equal(await codeOf(one.ask(event, payload)), 'not_a_member', event)
        assert.equal(await codeOf(one.ask(event, { ...payload, room_id: 'nowhere' })), 'not_found', event)
      }
      await one.ask('join_room', { room_id })
      assert.equal(await codeOf(one.ask('signal', { room_id, name: 'offer', data: 1 })), 'unreachable')
      await two.ask('join_room', { room_id })
      await one.ask('typing', { room_id, typing: true })
      await one.ask('presence', { room_id, state: { x: 1 } })
      assert.deepEqual(await two.hears('typing'), [{ room_id, user: one.caller.profile, typing: true }])
      const user_id = one.caller.user.id
      world.advance(slotWindow)
      const state = { x: 1 }
      assert.deepEqual(await two.hears('presence_changed'), [
        { room_id, peer_id: one.id, user_id, state, slots: { app: state } },
      ])
      for (const to of [undefined, two.id, two.caller.user.id]) {
        assert.deepEqual(await one.ask('signal', { room_id, to, name: 'offer', data: { sdp: 'v=0' } }), {
          delivered: true,
        })
      }
      const signals = await two.hears('signal')
      assert.equal(signals.length, 3)
      assert.deepEqual(signals[1], {
        ...{ room_id, to: two.id, name: 'offer', data: { sdp: 'v=0' } },
        from: { peer_id: one.id, user_id },
      })
      assert.equal(await codeOf(one.ask('signal', { room_id, to: 'nobody', name: 'x', data: 1 })), 'unreachable')
      assert.equal(await codeOf(one.ask('presence', { room_id, state: { x: 'x'.repeat(4096) } })), 'too_large')
    })

    test('[J9] presence is set in a slot, whose schema, size and rate hold, and shown to those who join', async () => {
      await using world = await createWorld(await backend.open(), { more: [pointing] })
      const { id: room_id } = await createRoom(world, await signIn(world, 'Ann'))
      const one = await world.connect()
      await one.ask('join_room', { room_id })
      const set = (slot: string | undefined, state: unknown) => one.ask('presence', { room_id, slot, state })
      await set(undefined, { status: 'here' })
      await set('pointer', { x: 0.5, y: 1, more: 'dropped' })
      await set('typing', true)
      for (const [slot, state] of [
        ['nothing', { x: 1 }],
        ['pointer', { x: 'left' }],
        ['app', 7],
        ['typing', false],
      ] as const) {
        assert.equal(await codeOf(set(slot, state)), 'validation_error', slot)
      }
      await assert.rejects(one.ask('presence', { room_id, slot: 'pointer' }), { code: 'missing_fields' })
      assert.equal(await codeOf(set('pointer', { x: 1, y: Number('1e-100') / 3 })), 'too_large')
      const two = await world.connect()
      const joined = await two.ask('join_room', { room_id })
      const slots = { app: { status: 'here' }, pointer: { x: 0.5, y: 1 }, typing: true }
      assert.deepEqual(joined.presence[0]?.peers, [{ peer_id: one.id, state: slots.app, slots }])
      await set('pointer', null)
      for (let n = 0; n < 8; n += 1) await set('pointer', { x: n, y: 0 })
      assert.equal(await codeOf(set('pointer', { x: 9, y: 0 })), 'rate_limited')
      await set('app', null)
      world.advance(1000)
      await set('pointer', { x: 9, y: 0 })
    })

    test('[J8] a signal to one peer may be larger than one to all others', async () => {
      await using world = await createWorld(await backend.open())
      const { id: room_id } = await createRoom(world, await signIn(world, 'Ann'))
      const [one, two] = [await world.connect(), await world.connect()]
      for (const socket of [one, two]) await socket.ask('join_room', { room_id })
      for (const [to, kib] of [
        [null, 8],
        [two.id, 64],
      ] as const) {
        const send = (bytes: number) =>
          one.ask('signal', { room_id, to, name: 'offer', data: 'x'.repeat(bytes - '""'.length) })
        assert.deepEqual(await send(kib * 1024), { delivered: true })
        assert.equal(await codeOf(send(kib * 1024 + 1)), 'too_large')
      }
    })

    test('presence is sent to the room, and a disconnect only after its grace', async () => {
      await using world = await createWorld(await backend.open())
      const { id } = await createRoom(world, await signIn(world, 'Ann'))
      const [one, two] = [await world.connect(), await world.connect()]
      await one.ask('join_room', { room_id: id })
      await two.ask('join_room', { room_id: id })
      const [joined] = await one.hears('user_joined')
      assert.deepEqual(joined, { room_id: id, user: two.caller.profile, member_count: 3 })
      two.close()
      assert.deepEqual(await one.hears('user_left'), [])
      world.advance(10_000)
      const [left] = await one.hears('user_left')
      assert.deepEqual([left.user.id, left.reason], [two.caller.user.id, 'disconnected'])
      assert.equal(names(one.heard).includes('member_left'), false)
    })
  })
}
