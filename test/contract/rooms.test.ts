import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createRoom, type Guest, ok, rest, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Failure, Joined, JsonObject, Message, Room } from '../harness/wire.ts'

let count = 0

suite('rooms', { timeout: 60_000, concurrency: true }, () => {
  let server: Server
  let ann: Guest
  let bob: Guest
  before(async () => {
    server = await startServer()
    ann = await signInGuest(server.url, 'Ann')
    bob = await signInGuest(server.url, 'Bob')
  })
  after(() => server[Symbol.asyncDispose]())

  const stranger = () => signInGuest(server.url, `Stranger ${++count}`)
  const socketOf = ({ token }: Guest, options = {}) => connect(server.url, { token, ...options })
  const join = (client: SocketClient, room_id: string, more: JsonObject = {}) =>
    client.ask<Joined>('join_room', { room_id, ...more })
  const profile = ({ id, name }: Guest) => ({ id, name, avatar_url: null, guest: true })

  test('are created with a name; the creator is host and member', async () => {
    const { status, body } = await rest<Room>(server.url, 'POST', '/api/rooms', {
      token: ann.token,
      body: { name: ' Tea ' },
    })
    assert.equal(status, 201)
    const { id, name, kind, is_private, has_password, host_id, member_count, is_active } = body
    const { capabilities, settings, last_seq, created_at } = body
    assert.deepEqual(
      { name, kind, host_id, member_count },
      { name: 'Tea', kind: 'chat', host_id: ann.id, member_count: 1 },
    )
    assert.deepEqual(
      { is_private, has_password, is_active },
      { is_private: false, has_password: false, is_active: true },
    )
    assert.ok(id && created_at && last_seq >= 1)
    assert.deepEqual(Object.keys(capabilities).toSorted(), [
      'call',
      'captions',
      'chat',
      'playback',
      'polls',
      'reactions',
      'shared_state',
      'whiteboard',
    ])
    assert.equal(typeof settings, 'object')
    const members = await ok<{ items: { user: JsonObject; role: string }[] }>(
      server.url,
      'GET',
      `/api/rooms/${id}/members`,
      { token: ann.token },
    )
    assert.deepEqual(
      members.items.map(({ user, role }) => [user['id'], role]),
      [[ann.id, 'host']],
    )
    const mine = await ok<{ items: Room[] }>(server.url, 'GET', '/api/rooms/my', { token: ann.token })
    assert.ok(mine.items.some((room) => room.id === id))
    const all = await ok<{ items: Room[] }>(server.url, 'GET', '/api/rooms')
    assert.ok(all.items.some((room) => room.id === id))
  })

  test('can have each kind, and be public, by password or by invitation', async () => {
    const make = (body: JsonObject) =>
      rest<Room & Failure>(server.url, 'POST', '/api/rooms', { token: ann.token, body: { name: 'x', ...body } })
    for (const kind of ['chat', 'meeting', 'call', 'game']) assert.equal((await make({ kind })).body.kind, kind)
    for (const type of ['googleDrive', 'directLink', 'uploadLater']) {
      const url = type === 'directLink' ? { url: 'https://example.org/film.mp4' } : {}
      const file = type === 'googleDrive' ? { file_id: '1AbC' } : {}
      const made = await make({ movie_source: { type, ...url, ...file } })
      assert.deepEqual([made.status, made.body.kind], [201, 'watch'], type)
    }
    for (const kind of ['lobby', 'watch', 'castle', '']) {
      const { status, body } = await make({ kind })
      assert.deepEqual([status, body.code], [400, 'validation_error'], kind)
    }
    for (const [more, has_password] of [
      [{ is_private: true }, false],
      [{ is_private: true, password: 'secret' }, true],
    ] as const) {
      const { status, body } = await make(more)
      assert.deepEqual([status, body.is_private, body.has_password], [201, true, has_password])
      const { id, name, kind } = body
      const { body: seen } = await rest(server.url, 'GET', `/api/rooms/${id}`)
      assert.deepEqual(seen, { id, name, kind, is_private: true, has_password, member_count: 1 })
    }
    assert.equal((await make({ is_private: false })).status, 201)
  })

  test('join_room and room_joined contain everything that a client needs', async () => {
    const room = await createRoom(server.url, ann)
    using client = await socketOf(ann)
    const { epoch, seq, me, ...joined } = await join(client, room.id)
    assert.equal(joined.recovered, false)
    assert.deepEqual([joined.events, joined.records, joined.history_before], [[], [], null])
    assert.deepEqual({ ...joined.room, last_seq: seq }, { ...room, last_seq: seq })
    assert.ok(epoch)
    assert.equal(me.role, 'host')
    assert.equal(me.peer_id, client.socket.id)
    assert.deepEqual(joined.presence, [
      { user: profile(ann), peers: [{ peer_id: me.peer_id, state: null, slots: {} }] },
    ])
    assert.deepEqual(await client.hear('room_joined'), { epoch, seq, me, ...joined })
  })

  test('joining creates one membership: member_joined is in the log, user_joined is not', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    const guest = await stranger()
    using host = await socketOf(ann)
    const { seq } = await join(host, room_id)
    using client = await socketOf(guest)
    const joined = await join(client, room_id)
    assert.equal(joined.me.role, 'guest')
    assert.equal(joined.room.member_count, 2)
    const logged = await host.hear('member_joined')
    assert.deepEqual(logged, { room_id, seq: seq + 1, user: profile(guest), role: 'guest' })
    const announced = await host.hear(
      'user_joined',
      ({ user }) => JSON.stringify(user) === JSON.stringify(profile(guest)),
    )
    assert.deepEqual(announced, { room_id, user: profile(guest), member_count: 2 })
    // Joining again, also from a second device, announces nothing.
    using second = await socketOf(guest)
    await join(second, room_id)
    await join(client, room_id)
    const sent = await host.ask<Message>('send_message', { room_id, content: 'next' })
    assert.equal(sent.seq, seq + 2)
    await host.ask('ping', {})
    assert.equal(host.heard.items.filter(({ event }) => event === 'user_joined').length, 1)
  })

  test('user_left gives the reason: left and removed at once, disconnected after 10 s, none after a reconnect', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using host = await socketOf(ann)
    await join(host, room_id)
    const [leaver, removed, vanished, returning] = [
      await stranger(),
      await stranger(),
      await stranger(),
      await stranger(),
    ]
    const sockets = new Map<Guest, SocketClient>()
    for (const guest of [leaver, removed, vanished, returning]) {
      const client = await socketOf(guest)
      sockets.set(guest, client)
      await join(client, room_id)
    }
    const leftBy = (guest: Guest, ms?: number) =>
      host.hear('user_left', ({ user }) => JSON.stringify(user) === JSON.stringify(profile(guest)), ms ? { ms } : {})

    await sockets.get(leaver)?.ask('leave_room', { room_id })
    const left = await leftBy(leaver, 1000)
    assert.deepEqual([left['reason'], left['member_count']], ['left', 5], 'one who leaves the room stays a member')

    await ok(server.url, 'POST', `/api/rooms/${room_id}/leave`, { token: removed.token })
    const out = await host.hear('member_left', ({ user }) => JSON.stringify(user) === JSON.stringify(profile(removed)))
    assert.equal(out['role'], 'guest')
    assert.equal(typeof out['seq'], 'number')
    const gone = await leftBy(removed, 1000)
    assert.deepEqual(
      [gone['reason'], gone['member_count']],
      ['left', 4],
      'whoever ends a membership of their own has left',
    )

    for (const guest of [vanished, returning]) sockets.get(guest)?.socket.disconnect()
    const from = performance.now()
    await wait(1000)
    using back = await socketOf(returning)
    await join(back, room_id)
    const lost = await leftBy(vanished, 15_000)
    assert.equal(lost['reason'], 'disconnected')
    assert.ok(performance.now() - from > 9_000)
    await wait(1500)
    const mentions = host.heard.items.filter(
      ({ event, data }) => event === 'user_left' && JSON.stringify(data['user']) === JSON.stringify(profile(returning)),
    )
    assert.deepEqual(mentions, [])
    for (const client of sockets.values()) client[Symbol.dispose]()
  })

  test("leave_room ends this connection's delivery and keeps membership; leaving over REST ends membership", async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    const guest = await stranger()
    using host = await socketOf(ann)
    using one = await socketOf(guest)
    using two = await socketOf(guest)
    for (const client of [host, one, two]) await join(client, room_id)
    await one.ask('leave_room', { room_id })
    const sent = await host.ask<Message>('send_message', { room_id, content: 'who hears?' })
    await two.hear('new_message', ({ seq }) => seq === sent.seq)
    await one.ask('ping', {})
    assert.equal(
      one.heard.items.some(({ event }) => event === 'new_message'),
      false,
    )
    assert.equal((await one.request('send_message', { room_id, content: 'still a member' })).ok, true)

    await ok(server.url, 'POST', `/api/rooms/${room_id}/leave`, { token: guest.token })
    const refused = await two.request('send_message', { room_id, content: 'not any more' })
    assert.equal(!refused.ok && refused.code, 'not_a_member')
    await host.ask('send_message', { room_id, content: 'after' })
    await two.ask('ping', {})
    assert.equal(
      two.heard.items.some(({ data }) => data?.['content'] === 'after'),
      false,
    )
  })

  test('joining over REST adds a member who is not present', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using host = await socketOf(ann)
    await join(host, room_id)
    const guest = await stranger()
    await ok(server.url, 'POST', `/api/rooms/${room_id}/join`, { token: guest.token })
    await host.hear('member_joined', ({ user }) => JSON.stringify(user) === JSON.stringify(profile(guest)))
    await ok(server.url, 'POST', `/api/rooms/${room_id}/join`, { token: guest.token })
    await host.ask('ping', {})
    assert.equal(host.heard.items.filter(({ event }) => event === 'member_joined').length, 1)
    assert.equal(
      host.heard.items.some(
        ({ event, data }) => event === 'user_joined' && JSON.stringify(data['user']) === JSON.stringify(profile(guest)),
      ),
      false,
    )
    assert.equal((await ok<Room>(server.url, 'GET', `/api/rooms/${room_id}`)).member_count, 2)
  })

  test('that do not exist answer 404 on every door', async () => {
    using client = await socketOf(bob)
    for (const event of ['join_room', 'leave_room', 'send_message', 'typing', 'signal']) {
      const reply = await client.request(event, { room_id: 'none', content: 'x', typing: true, name: 'x', data: {} })
      assert.ok(!reply.ok, event)
      assert.ok(['not_found', 'not_a_member'].includes(reply.code), `${event} ${reply.code}`)
    }
    assert.equal(((await client.request('join_room', { room_id: 'none' })) as Failure).code, 'not_found')
    for (const path of ['/api/rooms/none', '/api/rooms/none/messages'])
      assert.equal((await rest(server.url, 'GET', path)).status, 404, path)
  })

  test('typing reaches the others with its user, and lapses after 6 s', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using host = await socketOf(ann)
    using other = await socketOf(bob)
    for (const client of [host, other]) await join(client, room_id)
    other.socket.emit('typing', { room_id, typing: true })
    assert.deepEqual(await host.hear('typing'), { room_id, typing: true, user: profile(bob) })
    const began = performance.now()
    assert.deepEqual(await host.hear('typing', ({ typing }) => typing === false), {
      room_id,
      typing: false,
      user: profile(bob),
    })
    assert.ok(performance.now() - began > 4500)
    assert.equal(
      other.heard.items.some(({ event }) => event === 'typing'),
      false,
    )
    await other.ask('typing', { room_id, typing: true })
    await other.ask('typing', { room_id, typing: false })
    const outsider = await socketOf(await stranger())
    const refused = await outsider.request('typing', { room_id, typing: true })
    assert.equal(refused.ok, false)
    outsider[Symbol.dispose]()
  })

  test('signals reach a peer, a user or all others, in order, and are unreachable when no one is there', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using host = await socketOf(ann)
    const me = (await join(host, room_id)).me.peer_id
    using one = await socketOf(bob)
    using two = await socketOf(bob)
    const peer = (await join(one, room_id)).me.peer_id
    await join(two, room_id)
    const from = { peer_id: me, user_id: ann.id }
    assert.deepEqual(await host.ask('signal', { room_id, to: peer, name: 'offer', data: { sdp: 1 } }), {
      delivered: true,
    })
    assert.deepEqual(await one.hear('signal'), { room_id, to: peer, name: 'offer', data: { sdp: 1 }, from })
    assert.deepEqual(await host.ask('signal', { room_id, to: bob.id, name: 'all', data: null }), { delivered: true })
    for (const client of [one, two]) await client.hear('signal', ({ name }) => name === 'all')
    for (let n = 0; n < 50; n++) host.socket.emit('signal', { room_id, name: 'count', data: n })
    await two.hear('signal', ({ data }) => data === 49)
    const counted = two.heard.items.flatMap(({ event, data }) =>
      event === 'signal' && data['name'] === 'count' ? [data['data']] : [],
    )
    assert.deepEqual(
      counted,
      Array.from({ length: 50 }, (_, n) => n),
    )
    for (const to of ['nobody', (await stranger()).id]) {
      const reply = await host.request('signal', { room_id, to, name: 'offer', data: {} })
      assert.deepEqual([reply.ok, !reply.ok && reply.code], [false, 'unreachable'])
    }
    assert.equal(
      host.heard.items.some(({ event }) => event === 'signal'),
      false,
    )
    assert.equal(
      two.heard.items.some(({ data }) => data?.['name'] === 'offer'),
      false,
    )
  })

  test('presence lists users with all their connections', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using one = await socketOf(bob)
    using two = await socketOf(bob)
    await join(one, room_id)
    const { presence } = await join(two, room_id)
    assert.equal(presence.length, 1)
    assert.deepEqual(presence[0]?.user, profile(bob))
    assert.deepEqual(
      presence[0]?.peers.map(({ peer_id }) => peer_id).toSorted(),
      [String(one.socket.id), String(two.socket.id)].toSorted(),
    )
  })

  test('a presence state reaches the others and is in snapshots until it is cleared', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using host = await socketOf(ann)
    using other = await socketOf(bob)
    await join(host, room_id)
    const { me } = await join(other, room_id)
    await other.ask('presence', { room_id, state: { cursor: [1, 2] } })
    const told = { room_id, peer_id: me.peer_id, user_id: bob.id }
    const state = { cursor: [1, 2] }
    assert.deepEqual(await host.hear('presence_changed'), { ...told, state, slots: { app: state } })
    const { presence } = await join(host, room_id)
    const states = presence.flatMap(({ peers }) => peers).filter(({ peer_id }) => peer_id === me.peer_id)
    assert.deepEqual(states, [{ peer_id: me.peer_id, state, slots: { app: state } }])
    await other.ask('presence', { room_id, state: null })
    const cleared = await host.hear('presence_changed', ({ state: value }) => value === null)
    assert.deepEqual(cleared, { ...told, state: null, slots: { app: null } })
  })

  test('above 100 present users only the count is sent', async () => {
    const { id: room_id } = await createRoom(server.url, ann)
    using host = await socketOf(ann)
    await join(host, room_id)
    const crowd = await Promise.all(Array.from({ length: 105 }, () => connect(server.url, { auth: { lobby: false } })))
    await Promise.all(crowd.map((client) => join(client, room_id)))
    await host.hear('presence_count', ({ count }) => count === 106)
    const joined = host.heard.items.filter(({ event }) => event === 'user_joined').length
    assert.ok(joined <= 100, `${joined} joined by name`)
    const members = host.heard.items.filter(({ event }) => event === 'member_joined').length
    assert.equal(members, 105, 'membership is a log event for everyone')
    for (const client of crowd) client[Symbol.dispose]()
  })
})
