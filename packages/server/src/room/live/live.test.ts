import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualTime } from '../../core/testing/manual-time.ts'
import { permit } from '../../core/testing/read-permit.ts'
import { createLiveHarness, note, said, whispered } from '../testing/live.ts'
import { connectTo, settle } from '../testing/live-client.ts'

test('[L1] attached members get everything newer than their snapshot, once and in order', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  await rooms.say('r', 1, 'before')
  const [a, b] = [connectTo(live, 1), connectTo(live, 2)]
  const attachment = await a.join(room)
  await b.join(room)
  assert.deepEqual(
    attachment.events.map(({ event, data }) => [event, JSON.parse(data).content]),
    [['new_message', 'before']],
  )
  await Promise.all(['x', 'y', 'z'].map((text) => rooms.say('r', 1, text)))
  await settle()
  assert.deepEqual(
    a.payloads('new_message').map(({ content }) => content),
    ['x', 'y', 'z'],
  )
  assert.deepEqual(a.seqs(), [3, 4, 5])
  assert.deepEqual(b.seqs(), a.seqs())
  assert.deepEqual(a.payloads('new_message')[0]?.['sender'], {
    id: 'u1',
    name: 'User 1',
    avatar_url: null,
    guest: false,
  })
})

test('[L1] audiences: moderators get events that members do not, live and in recovery', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [host, guest] = [connectTo(live, 1), connectTo(live, 2)]
  await host.join(room)
  await guest.join(room)
  const whisper = { op: 'append' as const, type: whispered, body: () => ({ content: 'psst' }) }
  await rooms.commit('r', 1, [whisper])
  await rooms.say('r', 1, 'aloud')
  await settle()
  assert.deepEqual(host.names(), ['user_joined', 'whisper', 'new_message'])
  assert.deepEqual(guest.names(), ['new_message'])
  const changes = async (num: number) => (await connectTo(live, num).join(room, 1, room.epoch)).events
  assert.deepEqual(
    (await changes(1)).map(({ seq }) => seq),
    [2, 3],
  )
  assert.deepEqual(
    (await changes(2)).map(({ seq }) => seq),
    [3],
  )
})

test('[L2] an event committed while a member attaches is neither lost nor duplicated', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const other = connectTo(live, 2)
  await other.join(room)
  let talking = true
  const talk = (async () => {
    for (let n = 0; talking; n += 1) await rooms.say('r', 2, `${n}`)
  })()
  const joined = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      await settle(n)
      const client = connectTo(live, 1)
      const attachment = await live.attach(permit, client.id, room, { after_seq: 0, epoch: null })
      await settle(n % 4)
      attachment.begin()
      return { client, attachment }
    }),
  )
  talking = false
  await talk
  await settle()
  const last = (await rooms.engine.find('r'))?.last_seq ?? 0
  for (const { client, attachment } of joined) {
    assert.equal(attachment.catchup.recovered, true)
    const all = [...attachment.events.map(({ seq }) => seq), ...client.seqs()]
    assert.deepEqual(
      all,
      Array.from({ length: last }, (_, n) => n + 1),
    )
  }
})

test('[L2] a member that attaches again continues from the new snapshot', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  await rooms.say('r', 1, 'a')
  await settle()
  const again = await live.attach(permit, client.id, room, { after_seq: 2, epoch: room.epoch })
  await rooms.say('r', 1, 'b')
  await settle()
  assert.deepEqual(client.seqs(), [2], 'nothing comes between the read and its end')
  again.begin()
  await settle()
  assert.deepEqual(client.seqs(), [2, 3])
})

test('[L2] a failed read does not change the position of a member', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  rooms.people.forget()
  rooms.people.fail = true
  await rooms.say('r', 1, 'a')
  await assert.rejects(live.attach(permit, client.id, room, { after_seq: 1, epoch: room.epoch }), /profiles are away/)
  rooms.people.fail = false
  await rooms.say('r', 1, 'b')
  await new Promise((resolve) => setTimeout(resolve, 400))
  assert.deepEqual(client.seqs(), [2, 3])
})

test('[L2] an attachment that never begins is dropped, and does not block a later one', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const client = connectTo(live, 1)
  await client.join(room)
  const forgotten = await live.attach(permit, client.id, room, { after_seq: null, epoch: null })
  await client.join(room)
  await rooms.say('r', 1, 'a')
  await settle()
  assert.deepEqual(client.seqs(), [])
  time.advance(10_000)
  await settle()
  assert.deepEqual(client.seqs(), [2])
  forgotten.begin()
  await rooms.say('r', 1, 'b')
  await settle()
  assert.deepEqual(client.seqs(), [2, 3])
  const stranger = connectTo(live, 2)
  await live.attach(permit, stranger.id, room, { after_seq: null, epoch: null })
  time.advance(10_000)
  await settle()
  assert.deepEqual(stranger.seqs(), [])
})

test('[L5] a slow consumer is skipped, catches up, and is cut when it falls out of the ring', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [reader, sleeper, dead] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  for (const client of [reader, sleeper, dead]) await client.join(room)
  const big = 'x'.repeat(100_000)
  sleeper.stalled = dead.stalled = 65 * 1024
  for (let n = 0; n < 5; n += 1) await rooms.say('r', 1, big)
  await settle()
  assert.equal(reader.seqs().length, 5)
  assert.equal(sleeper.seqs().length, 0)
  sleeper.drain()
  await settle()
  assert.deepEqual(sleeper.seqs(), reader.seqs())
  for (let n = 0; n < 12; n += 1) await rooms.say('r', 1, big)
  await settle()
  assert.deepEqual(dead.cuts, ['slow'])
  assert.equal(live.isAttached(dead.id, room.num), false)
  assert.deepEqual([reader.cuts, sleeper.cuts], [[], []])
  assert.deepEqual(sleeper.seqs(), reader.seqs())
  assert.match(await rooms.metrics.text(), /parlor_cut_total\{reason="slow"\} 1/)
})

test('[L9] when all rings are too large, the slow consumers of the largest are cut first and their frames dropped', async () => {
  await using rooms = await createLiveHarness({ limits: { ringBytes: 1_000_000 } })
  const live = rooms.node()
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((id) => rooms.createRoom(id)))
  const [reader, sleeper, dead] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  for (const room of all) await reader.join(room)
  for (const room of all.slice(0, 3)) await dead.join(room)
  for (const room of all.slice(3)) await sleeper.join(room)
  dead.stalled = sleeper.stalled = 65 * 1024
  const big = 'x'.repeat(100_000)
  await rooms.say('d', 1, big)
  for (const id of ['a', 'b', 'c']) {
    for (let n = 0; n < 3; n += 1) await rooms.say(id, 1, big)
    await settle()
  }
  assert.deepEqual([reader.cuts, sleeper.cuts, dead.cuts], [[], [], ['slow']])
  await settle()
  assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 1\d{5}$/m, 'what is kept for the sleeper')
  sleeper.drain()
  await settle()
  await rooms.say('d', 1, 'x')
  await settle()
  assert.equal(sleeper.seqs().length, 2)
  assert.equal(reader.seqs().length, 11)
  assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 0$/m)
})

test('[L9] a ring whose last member leaves while frames are kept for them is subtracted from the sum once', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const all = await Promise.all(['a', 'b'].map((id) => rooms.createRoom(id)))
  for (const room of all) {
    const dead = connectTo(live, 1)
    await dead.join(room)
    dead.stalled = 65 * 1024
    await rooms.say(room.id, 1, 'x'.repeat(100_000))
    await settle()
    assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 1\d{5}$/m)
    live.close(dead.id)
    await settle()
    assert.match(await rooms.metrics.text(), /^parlor_ring_bytes 0$/m)
  }
})

test('[L5] a member that is skipped in several rooms waits once, and catches up in all', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const all = await Promise.all(['a', 'b', 'c'].map((id) => rooms.createRoom(id)))
  const client = connectTo(live, 1)
  for (const room of all) await client.join(room)
  client.stalled = 65 * 1024
  for (const { id } of all) await rooms.say(id, 1, 'x')
  await settle()
  assert.deepEqual([client.waiters(), client.seqs()], [1, []])
  client.drain()
  await settle()
  assert.deepEqual(client.seqs(), [2, 2, 2])
})

test('[L5] a member cut while it was attaching again gets nothing after the cut', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [client, sleeper] = [connectTo(live, 1), connectTo(live, 2)]
  for (const each of [client, sleeper]) await each.join(room)
  await settle()
  await live.attach(permit, client.id, room, { after_seq: null, epoch: null })
  client.heard = []
  live.tell(room.num, 'new_reaction', {})
  for (let n = 0; n < 15; n += 1) await rooms.say('r', 1, 'x'.repeat(100_000))
  await settle()
  live.tell(room.num, 'new_reaction', {})
  time.advance(10_000)
  await settle()
  assert.deepEqual([client.cuts, client.names()], [['slow'], []])
})

test('[L3] a connection that cannot be written to is cut alone, and the failure is reported', async () => {
  const time = manualTime()
  await using rooms = await createLiveHarness(time)
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const [first, broken, last] = [connectTo(live, 1), connectTo(live, 2), connectTo(live, 3)]
  for (const client of [first, broken, last]) await client.join(room)
  await settle()
  broken.broken = true
  await rooms.say('r', 1, 'a')
  await settle()
  assert.deepEqual([first.seqs(), last.seqs(), broken.cuts, rooms.failures.length], [[2], [2], ['failed'], 1])
  const [flushed, ended, quiet] = [connectTo(live, 4), connectTo(live, 5), connectTo(live, 6)]
  flushed.broken = ended.broken = true
  live.emit(flushed.id, 'pong', '{}')
  await settle()
  live.cutSessions(['s5'])
  assert.deepEqual([flushed.cuts, ended.cuts, rooms.failures.length], [['failed'], ['failed'], 3])
  await quiet.join(room)
  await rooms.commit('r', 1, [{ op: 'append', type: whispered, body: () => ({}) }])
  await settle()
  quiet.broken = true
  time.advance(50_000)
  assert.deepEqual([quiet.cuts, last.names().at(-1), rooms.failures.length], [['failed'], 'room_position', 4])
})

test('[L5] a client that asks and does not read the replies is cut, and nobody is cut for one large reply', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const [reader, dead] = [connectTo(live, 1), connectTo(live, 2)]
  const large = JSON.stringify('x'.repeat(5 * 1024 * 1024))
  live.emit(reader.id, 'room_joined', large)
  live.queued(reader.id, large.length)
  await settle()
  reader.stalled = dead.stalled = 8 * 1024 * 1024
  live.emit(reader.id, 'pong', '{}')
  const reply = JSON.stringify('€'.repeat(130_000))
  for (const send of [
    () => live.emit(dead.id, 'message_received', reply),
    () => live.queued(dead.id, Buffer.byteLength(reply)),
  ])
    send()
  assert.deepEqual(dead.cuts, [])
  live.emit(dead.id, 'message_received', reply)
  assert.deepEqual([reader.cuts, dead.cuts], [[], ['slow']])
})

test('[L5] a frame or burst larger than the ring cuts nobody who reads', async () => {
  await using rooms = await createLiveHarness()
  const live = rooms.node()
  const room = await rooms.createRoom('r')
  const clients = Array.from({ length: 600 }, (_, n) => connectTo(live, n + 1))
  for (const client of clients) await client.join(room)
  const big = 'x'.repeat(120_000)
  await Promise.all(Array.from({ length: 30 }, () => rooms.say('r', 1, big)))
  for (let n = 0; n < 1000 && clients.some((client) => client.seqs().length < 30); n += 1) await settle()
  for (const client of clients) {
    assert.equal(client.seqs().length, 30)
    assert.deepEqual(client.cuts, [])
  }
})

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
