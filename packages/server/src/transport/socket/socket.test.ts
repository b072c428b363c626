import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Socket } from 'socket.io-client'
import { z } from 'zod'
import { AppError } from '../../core/error.ts'
import { createSocketHarness, once } from '../testing/socket.ts'

type Message = { seq: number; content: string; sender: { id: string } }

/** Everything of an event that the client hears from now on. */
function collect<T>(client: Socket, event: string): T[] {
  const heard: T[] = []
  client.on(event, (payload: T) => heard.push(payload))
  return heard
}

const until = async (done: () => boolean, what: string) => {
  const end = performance.now() + 3000
  while (!done()) {
    assert.ok(performance.now() < end, `timed out: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const ways = [
  { way: 'websocket', options: { transports: ['websocket'] }, fastWrite: true },
  { way: 'websocket, slow writes', options: { transports: ['websocket'] }, fastWrite: false },
  { way: 'polling', options: { transports: ['polling'], upgrade: false }, fastWrite: true },
  { way: 'polling, then upgraded', options: {}, fastWrite: true },
  { way: 'polling, then upgraded, slow writes', options: {}, fastWrite: false },
]

for (const { way, options, fastWrite } of ways) {
  suite(`a stock client over ${way}`, () => {
    test('connects and gets its user', async () => {
      await using door = await createSocketHarness({ fastWrite })
      const client = door.client({ token: 'user 7' }, options)
      const connected = await once(client, 'connected')
      assert.deepEqual(connected, {
        sid: client.id,
        user: { id: 'u7', name: 'User 7', avatar_url: null, guest: false },
        protocol: 1,
      })
    })

    test('a refused token is a connect_error with the code, and never a guest', async () => {
      await using door = await createSocketHarness({ fastWrite })
      for (const [token, code] of [
        ['old', 'token_expired'],
        ['forged', 'token_invalid'],
        [17, 'token_invalid'],
      ]) {
        const client = door.client({ token }, options)
        const error = (await once(client, 'connect_error')) as Error & { data: unknown }
        assert.deepEqual(error.data, { code, retry: 'never' })
        client.close()
      }
    })

    test('[L1] [L4] acknowledges many messages, and everyone receives each once, in the same order', async () => {
      await using door = await createSocketHarness({ fastWrite })
      await door.rooms.createRoom('r')
      const clients = [1, 2, 3].map((num) => door.client({ token: `user ${num}` }, options))
      const heard = clients.map((client) => collect<Message>(client, 'new_message'))
      for (const client of clients) {
        const reply = await client.emitWithAck('join_room', { room_id: 'r' })
        assert.equal(reply.ok, true)
      }
      const acks = await Promise.all(
        clients.flatMap((client, c) =>
          Array.from({ length: 40 }, (_, n) =>
            client.emitWithAck('send_message', { room_id: 'r', content: `${c} ${n} ${'é'.repeat(n * 4)}` }),
          ),
        ),
      )
      await until(() => heard.every((list) => list.length >= 120), 'all messages')
      const [first = []] = heard
      for (const list of heard) assert.deepEqual(list, first)
      assert.deepEqual(
        first.map(({ seq }) => seq),
        Array.from({ length: 120 }, (_, n) => n + 3 - 1),
      )
      const stored = acks.map((ack) => ack.data).toSorted((a, b) => a.seq - b.seq)
      assert.deepEqual(stored, first)
      for (const c of [0, 1, 2]) {
        const own = first.filter(({ content }) => content.startsWith(`${c} `))
        assert.deepEqual(
          own.map(({ content }) => Number(content.split(' ')[1])),
          Array.from({ length: 40 }, (_, n) => n),
          'in the order in which each sent',
        )
      }
    })

    test('without an ack, sends message_received to the sender alone, and failures as error events', async () => {
      await using door = await createSocketHarness({ fastWrite })
      await door.rooms.createRoom('r')
      const client = door.client({ token: 'user 1' }, options)
      await client.emitWithAck('join_room', { room_id: 'r' })
      const received = once(client, 'message_received')
      client.emit('send_message', { room_id: 'r', content: 'hi' })
      assert.deepEqual(await received, { seq: 2 })
      const failed = once(client, 'error')
      client.emit('send_message', { room_id: 'nowhere', content: 'hi' })
      assert.deepEqual(await failed, {
        error: 'Resource not found',
        code: 'not_found',
        retry: 'never',
        event: 'send_message',
      })
      const unknown = once(client, 'error')
      client.emit('no_such_event', {})
      assert.deepEqual(await unknown, {
        error: 'Unknown event',
        code: 'unknown_event',
        retry: 'never',
        event: 'no_such_event',
      })
    })

    test('answers bad input and keeps the connection', async () => {
      await using door = await createSocketHarness({ fastWrite })
      const client = door.client({}, options)
      const refused = async (event: string, ...args: unknown[]) =>
        (await client.emitWithAck(event, ...args)) as { ok: boolean; code: string }
      assert.equal((await refused('send_message')).code, 'missing_fields')
      assert.equal((await refused('send_message', null)).code, 'missing_fields')
      assert.equal((await refused('send_message', 'text')).code, 'validation_error')
      assert.equal((await refused('send_message', [1])).code, 'validation_error')
      assert.equal((await refused('send_message', {}, {})).code, 'malformed')
      assert.equal((await refused('send_message', { room_id: 7, content: {} })).code, 'validation_error')
      assert.equal((await refused('send_message', { room_id: 'r', content: 'x'.repeat(20_001) })).code, 'too_large')
      const binary = { room_id: 'r', content: Buffer.from('bytes') }
      assert.equal((await refused('send_message', binary)).code, 'validation_error')
      assert.equal((await refused('toString')).code, 'unknown_event')
      assert.equal((await refused('__proto__', {})).code, 'unknown_event')
      assert.equal((await refused('send_message', JSON.parse('{"__proto__":{"room_id":"r"}}'))).code, 'missing_fields')
      const inside = await refused('fail', {})
      assert.deepEqual(inside, { ok: false, error: 'Internal server error', code: 'internal', retry: 'resend' })
      assert.ok(door.lines.some((line) => line.includes('secret detail')))
      assert.equal(client.connected, true)
    })

    test('accepts binary data where it is expected', async () => {
      await using door = await createSocketHarness({ fastWrite })
      const client = door.client({}, options)
      const small = client.emitWithAck('echo', { data: Buffer.alloc(10) })
      const large = client.emitWithAck('echo', { data: Buffer.alloc(300_000) })
      assert.deepEqual(await small, { ok: true, data: { size: 10 } })
      assert.deepEqual(await large, { ok: true, data: { size: 300_000 } })
    })

    test('[S1] signals reach a peer, all peers of a user, or all others; an absent addressee is unreachable', async () => {
      await using door = await createSocketHarness({ fastWrite })
      await door.rooms.createRoom('r')
      const [a, b, b2] = [1, 2, 2].map((num) => door.client({ token: `user ${num}` }, options))
      assert.ok(a && b && b2)
      for (const client of [a, b, b2]) await client.emitWithAck('join_room', { room_id: 'r' })
      const heard = [a, b, b2].map((client) => collect<{ name: string; from: object }>(client, 'signal'))
      const send = (to: string | undefined, name: string) =>
        a.emitWithAck('signal', { room_id: 'r', ...(to ? { to } : {}), name, data: { n: 1 } })
      assert.deepEqual(await send(b.id, 'peer'), { ok: true, data: { delivered: true } })
      await send('u2', 'user')
      await send(undefined, 'all')
      assert.equal((await send('nobody', 'none')).code, 'unreachable')
      await until(() => heard[2]?.length === 2 && heard[1]?.length === 3, 'signals')
      assert.deepEqual(
        heard.map((list) => list.map(({ name }) => name)),
        [[], ['peer', 'user', 'all'], ['user', 'all']],
      )
      assert.deepEqual(heard[1]?.[0], {
        room_id: 'r',
        to: b.id,
        name: 'peer',
        data: { n: 1 },
        from: { peer_id: a.id, user_id: 'u1' },
      })
    })

    test('a stopping server lets calls end, refuses new ones, and its clients come back', async () => {
      await using door = await createSocketHarness({ fastWrite })
      const client = door.client({}, { ...options, reconnectionDelay: 10, reconnectionDelayMax: 10 })
      await once(client, 'connected')
      const opened = Promise.withResolvers<void>()
      door.gate.wait = opened.promise
      const waiting = client.emitWithAck('wait', {})
      await client.emitWithAck('echo', { data: Buffer.alloc(1) })
      const stopping = door.door.stop()
      assert.equal((await client.emitWithAck('wait', {})).code, 'shutting_down')
      const gone = once(client, 'disconnect')
      opened.resolve()
      assert.deepEqual(await waiting, { ok: true, data: {} })
      assert.notEqual(await gone, 'io server disconnect')
      assert.equal(client.active, true, 'it tries again')
      await stopping
    })

    test('the end of its session closes the connection for good', async () => {
      await using door = await createSocketHarness({ fastWrite })
      const client = door.client({ token: 'user 3' }, options)
      await once(client, 'connected')
      const told = new Promise<{ code: string }>((resolve) => client.once('error', resolve))
      const gone = new Promise((resolve) => client.once('disconnect', resolve))
      door.live.cutSessions(['s3'])
      assert.equal((await told).code, 'session_ended')
      assert.equal(await gone, 'io server disconnect')
      assert.equal(client.active, false)
    })
  })
}

test('every connection receives the lobby unless it opts out', async () => {
  await using door = await createSocketHarness({ lobby: true })
  const [hears, declines] = [door.client({}), door.client({ lobby: false })]
  await Promise.all([once(hears, 'connected'), once(declines, 'connected')])
  const not = collect(declines, 'message')
  const message = once(hears, 'message')
  await declines.emitWithAck('send_message', { room_id: 'lobby', content: 'hello all' })
  assert.equal(((await message) as Message).content, 'hello all')
  await declines.emitWithAck('wait', {})
  assert.deepEqual(not, [])
})

test('[S8] who connects with feed: true gets the feed, and nobody else', async () => {
  const fed: string[] = []
  await using door = await createSocketHarness({ feed: (connection_id) => void fed.push(connection_id) })
  const [plain, asks] = [door.client({}), door.client({ feed: true })]
  const odd = door.client({ feed: 'yes' })
  await Promise.all([plain, asks, odd].map((client) => once(client, 'connected')))
  assert.deepEqual(fed, [asks.id])
})

test('refuses requests and upgrades with the documented status and error', async () => {
  const knocks: unknown[] = []
  await using door = await createSocketHarness({
    connections: {
      admit(knock) {
        knocks.push(knock)
        return knock.origin === 'http://evil.test' ? new AppError('origin_not_allowed') : null
      },
      handshake: () => null,
      opened: () => true,
      closed: () => {},
    },
  })
  const url = `http://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=polling`
  const refused = await fetch(url, { headers: { origin: 'http://evil.test' } })
  assert.equal(refused.status, 403)
  assert.equal(((await refused.json()) as { code: string }).code, 'origin_not_allowed')
  const upgrade = await fetch(url, { headers: { origin: 'http://good.test' } })
  assert.equal(upgrade.status, 200)
  assert.equal(upgrade.headers.get('access-control-allow-origin'), 'http://good.test')
  assert.deepEqual(knocks[0], {
    origin: 'http://evil.test',
    host: `127.0.0.1:${door.port}`,
    sender: { address: '127.0.0.1', isSecure: false },
    fresh: true,
  })
  const elsewhere = await fetch(`http://127.0.0.1:${door.port}/socket.io/socket.io.js`)
  assert.equal(await elsewhere.text(), 'elsewhere')
})

test('presence and typing reach the others', async () => {
  await using door = await createSocketHarness()
  await door.rooms.createRoom('r')
  const [a, b] = [door.client({ token: 'user 1' }), door.client({ token: 'user 2' })]
  await a.emitWithAck('join_room', { room_id: 'r' })
  const joined = once(a, 'user_joined')
  const reply = await b.emitWithAck('join_room', { room_id: 'r' })
  const user = { id: 'u2', name: 'User 2', avatar_url: null, guest: false }
  assert.deepEqual(await joined, { room_id: 'r', user, member_count: 1 })
  assert.deepEqual(
    reply.data.presence.map((entry: { user: { id: string } }) => entry.user.id),
    ['u1', 'u2'],
  )
  const typing = once(a, 'typing')
  await b.emitWithAck('typing', { room_id: 'r', typing: true })
  assert.deepEqual(await typing, { room_id: 'r', user, typing: true })
  const left = once(a, 'user_left')
  await b.emitWithAck('leave_room', { room_id: 'r' })
  assert.deepEqual(await left, { room_id: 'r', user, member_count: 1, reason: 'left' })
})

test('[S5] the log never contains the id of a polling session, which authorizes its use', async () => {
  await using door = await createSocketHarness()
  const base = `http://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=polling`
  const open = async () =>
    z.object({ sid: z.string() }).parse(JSON.parse((await (await fetch(base)).text()).slice(1))).sid
  const sids = [await open(), await open()]
  const say = (sid: string, body: string) => fetch(`${base}&sid=${sid}`, { method: 'POST', body })
  for (const sid of sids) {
    await fetch(`${base}&sid=${sid}&sid=${sid}`)
    await fetch(`http://127.0.0.1:${door.port}/socket.io/?EIO=4&transport=websocket&sid=${sid}`)
    await say(sid, '40{}')
    await say(sid, '42{"not":"a packet"}')
    await fetch(`${base}&sid=${sid}`)
  }
  const log = door.lines.join('\n')
  assert.match(log, /undecodable packet/)
  for (const sid of sids) assert.ok(!log.includes(sid))
})
