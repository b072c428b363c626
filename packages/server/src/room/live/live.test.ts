import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { createLiveHarness, note, said, whispered } from '../testing/live.ts'
import { connectTo, settle } from '../testing/live-client.ts'

test('[L6] room_position goes to members that got nothing, at most once in 25 s', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [host, guest] = [connectTo(live, 1), connectTo(live, 2)]
  await host.join(room)
  await guest.join(room)
  time.advance(25_000)
  const whisper = { op: 'append' as const, type: whispered, body: () => ({ content: 'psst' }) }
  await rooms.commit('r', 1, [whisper])
  await settle()
  time.advance(25_000)
  time.advance(25_000)
  assert.deepEqual(guest.payloads('room_position'), [{ room_id: 'r', seq: 2 }])
  assert.deepEqual(guest.seqs(), [2], 'the frame moves a stream cursor as well')
  assert.deepEqual(host.payloads('room_position'), [])
})

test('a listener gets one event type of a room and nothing else, until it attaches', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const lobby = await rooms.createRoom('lobby', 'lobby')
  const [listener, member] = [connectTo(live, 2), connectTo(live, 3)]
  live.listen(listener.id, lobby, 'message')
  await settle()
  await member.join(lobby)
  live.tell(lobby.num, 'new_reaction', {})
  await rooms.say('lobby', 1, 'a')
  await rooms.commit('lobby', 4, [{ op: 'admit', user: 4, role: 'member', capacity: null }])
  await settle()
  assert.deepEqual(listener.names(), ['message'])
  assert.deepEqual(member.names(), ['new_reaction', 'message', 'member_joined'])
  await listener.join(lobby)
  await rooms.say('lobby', 1, 'b')
  await settle()
  assert.deepEqual(listener.names(), ['message', 'message'], 'heard once, as a member')
  live.detach(listener.id, lobby.num, 'left')
  await rooms.say('lobby', 1, 'c')
  live.tell(lobby.num, 'new_reaction', {})
  await settle()
  assert.deepEqual(listener.names(), ['message', 'message', 'message'])
})

test('limits: rooms per connection, attached connections per room', async () => {
  await using rooms = await createLiveHarness({ limits: { attachedPerRoom: 2, roomsPerConnection: 2 } })
  const live = rooms.node()
  const [a, b, c] = [await rooms.createRoom('a'), await rooms.createRoom('b'), await rooms.createRoom('c')]
  const [one, two, three] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  await one.join(a)
  await one.join(b)
  await one.join(a)
  await assert.rejects(one.join(c), { code: 'too_many_rooms' })
  await two.join(a)
  await assert.rejects(three.join(a), { code: 'room_full' })
  live.detach(two.id, a.num, 'left')
  await three.join(a)
})

test('[L7] closing a room sends room_closed to everyone after the last events and detaches them', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  await rooms.say('r', 1, 'last words')
  await rooms.commit('r', 1, [{ op: 'close' }])
  await settle()
  assert.deepEqual(client.names(), ['new_message', 'room_closed'])
  assert.deepEqual(client.payloads('room_closed'), [{ room_id: 'r', seq: 3, reason: 'closed' }])
  assert.equal(live.isAttached(client.id, room.num), false)
  const closed = await rooms.engine.find('r')
  assert.ok(closed)
  await assert.rejects(client.join(closed), { code: 'room_closed' })
})

test('the end of sessions and a stop of the server cut the connections', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const [a, b] = [connectTo(live, 1), connectTo(live, 2)]
  live.cutSessions(['s1', 's9'])
  assert.deepEqual([a.cuts, b.cuts], [['session_ended'], []])
  assert.deepEqual(a.told('error')[0]?.['code'], 'session_ended')
  await live.stop()
  assert.deepEqual([a.cuts, b.cuts], [['session_ended'], ['shutdown']])
})

test('[L4] frames for one client alone leave before frames of its rooms, in one write', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [sender, other] = [connectTo(live, 1), connectTo(live, 2)]
  await sender.join(room)
  await other.join(room)
  await rooms.say('r', 1, 'warm')
  await settle()
  sender.writes = []
  other.writes = []
  await rooms.say('r', 1, 'a').then(() => live.emit(sender.id, 'message_received', '{}'))
  await settle()
  assert.deepEqual(sender.writes, [['message_received', 'new_message']])
  assert.deepEqual(other.writes, [['new_message']])
})

test('[R1] record changes arrive as record_changed in the order of the log, and in recovery as latest values', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  const change = (next: Record<string, unknown>) => [
    { op: 'change' as const, type: note, key: 'k"1', next: () => next },
  ]
  await rooms.commit('r', 1, change({ a: 1, b: 2 }))
  await rooms.say('r', 1, 'between')
  await rooms.commit('r', 1, change({ a: 1, c: [3] }))
  await rooms.commit('r', 1, [{ op: 'remove', type: note, key: 'k"1' }])
  await settle()
  const head = { room_id: 'r', type: 'note', key: 'k"1' }
  assert.deepEqual(client.payloads('record_changed'), [
    { ...head, seq: 2, set: { a: 1, b: 2 }, unset: [] },
    { ...head, seq: 4, set: { c: [3] }, unset: ['b'] },
    { ...head, seq: 5, deleted: true },
  ])
  assert.deepEqual(client.seqs(), [2, 3, 4, 5])
  const { records } = await connectTo(live, 2).join(room, 1, room.epoch)
  assert.deepEqual(
    records.map(({ key, seq, value }) => ({ key, seq, value })),
    [{ key: 'k"1', seq: 5, value: null }],
  )
})

test('[UN1] one encoding serves the reply and the room, and an event of an unknown type is sent as unreadable', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  let encoded = 0
  const counted = { ...said, name: 'test.unknown', encode: () => ((encoded += 1), '{}') }
  await rooms.commit('r', 1, [{ op: 'append', type: counted, body: () => ({ content: 'x' }) }])
  const { events } = await rooms.say('r', 1, 'known')
  await settle()
  assert.deepEqual(client.seqs(), [2, 3])
  assert.deepEqual(client.heard.at(-2)?.event, 'unreadable')
  assert.equal(encoded, 0)
  const [event] = events
  assert.ok(event)
  assert.equal(await rooms.encoder.payload(room, event), client.heard.at(-1)?.json)
})
