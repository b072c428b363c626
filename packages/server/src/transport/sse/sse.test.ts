import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { EventSource } from 'eventsource'
import { freeReadQueue } from '../../core/testing/read-permit.ts'
import type { ReadQueue } from '../../core/fairness/read-queue.ts'
import { note, whispered } from '../../room/testing/live.ts'
import { settle } from '../../room/testing/live-client.ts'
import { bodyOf } from '../testing/http.ts'
import { serveEvents } from '../testing/sse.ts'

test('[E1] without a token a stream is the lobby; with one also the rooms of its user', async (t) => {
  const { createRoom, say, stream, contents } = await serveEvents(t)
  await createRoom('mine', 'chat', 7)
  await createRoom('other', 'chat', 8)
  const anyone = await stream()
  const mine = await stream('?access_token=user-7')
  for (const [room, text] of [
    ['other', 'a'],
    ['mine', 'b'],
    ['lobby', 'c'],
  ] as const)
    await say(room, 1, text)
  await mine.hear('message')
  await anyone.hear('message')
  assert.deepEqual(contents(anyone), ['c'])
  assert.deepEqual(contents(mine).toSorted(), ['b', 'c'])
  const [first] = mine.heard.items.filter(({ event }) => event === 'new_message')
  assert.deepEqual([first?.data['room_id'], first?.data['seq'], typeof first?.id], ['mine', 2, 'string'])
})

test('[E1] room_id limits it, also to rooms without membership; a header is as good as access_token', async (t) => {
  const { createRoom, say, stream, contents } = await serveEvents(t)
  for (const id of ['one', 'two', 'three']) await createRoom(id, 'chat', 7)
  const limited = await stream('?room_id=one&room_id=two&room_id=one')
  const all = await stream('', { token: 'user-7' })
  for (const id of ['lobby', 'three', 'two', 'one']) await say(id, 1, id)
  await limited.hear('new_message', ({ content }) => content === 'one')
  assert.deepEqual(contents(limited).toSorted(), ['one', 'two'])
  await all.hear('new_message', ({ content }) => content === 'one')
  assert.equal(contents(all).length, 4)
})

test('[E11] a stream of a user gets the feed if it asks for it', async (t) => {
  const { fed, stream } = await serveEvents(t)
  await stream('?access_token=user-7')
  await stream('?feed=1')
  assert.equal(fed.length, 0)
  await stream('?access_token=user-7&feed=1')
  assert.equal(fed.length, 1)
})

test('[E2] what is refused is refused before the stream starts, as JSON', async (t) => {
  const { base, createRoom } = await serveEvents(t)
  await createRoom('private', 'chat', 7)
  for (const [query, status, code] of [
    ['?room_id=none', 404, 'not_found'],
    ['?room_id=lobby&room_id=private', 403, 'forbidden'],
    ['?access_token=forged', 401, 'token_invalid'],
    [`?${'room_id=x&'.repeat(201)}`, 400, 'validation_error'],
  ] as const) {
    for (const method of ['GET', 'HEAD']) {
      const reply = await fetch(`${base}/api/events${query}`, { method })
      assert.equal(reply.status, status)
      assert.match(reply.headers.get('content-type') ?? '', /^application\/json/)
      if (method === 'GET') assert.equal((await bodyOf(reply))['code'], code)
    }
  }
})

test('[E2] a membership that ends while a stream waits for its turn to read refuses the stream', async (t) => {
  const free = freeReadQueue()
  let beforeRead = async () => {}
  let taken = 0
  const readQueue: ReadQueue = {
    async take(reader, read) {
      taken += 1
      if (taken === 2) await beforeRead()
      return free.take(reader, read)
    },
  }
  const { base, commit, createRoom } = await serveEvents(t, { readQueue })
  await createRoom('private', 'chat', 7)
  await commit('private', 7, [{ op: 'admit', user: 8, role: 'member', capacity: null }])
  beforeRead = async () => void (await commit('private', 7, [{ op: 'expel', user: 8, by: null }]))
  const reply = await fetch(`${base}/api/events?room_id=private&access_token=user-8`)
  assert.deepEqual([reply.status, taken], [403, 2])
  assert.equal((await bodyOf(reply))['code'], 'forbidden')
})

test('[E12] a stream whose user may see other things than before is reset in the room, and goes on', async (t) => {
  const { commit, createRoom, say, stream, contents } = await serveEvents(t)
  await createRoom('one', 'chat', 7)
  const whisper = (content: string) => commit('one', 7, [{ op: 'append', type: whispered, body: () => ({ content }) }])
  await commit('one', 7, [{ op: 'admit', user: 8, role: 'member', capacity: null }])
  const opened = await stream('?room_id=one', { token: 'user-8' })
  await whisper('before')
  const { room } = await commit('one', 7, [{ op: 'role', user: 8, role: 'host', by: null }])
  const { data } = await opened.hear('reset')
  assert.deepEqual(data, { room_id: 'one', last_seq: room.last_seq })
  await whisper('after')
  await say('one', 7, 'to all')
  await opened.hear('new_message')
  assert.deepEqual(contents(opened), ['after', 'to all'])
})

test('[E2] an address holds as many streams as it may', async (t) => {
  const { base, stream } = await serveEvents(t, { connections: 1 })
  const first = await stream()
  const refused = await fetch(`${base}/api/events`)
  assert.deepEqual([refused.status, (await bodyOf(refused))['code']], [503, 'too_many_connections'])
  first[Symbol.dispose]()
  await first.closed
  for (let turn = 0; turn < 500; turn++) {
    const head = await fetch(`${base}/api/events`, { method: 'HEAD' })
    if (head.status === 200) return
  }
  assert.fail('the place was never given back')
})

test('[E2] who is cut, or whose room is closed, while the stream is opened is refused', async (t) => {
  const { base, commit, createRoom, live, streams, advance } = await serveEvents(t)
  await createRoom('one', 'chat', 7)
  const { attach } = live
  const opened = async (meanwhile: () => unknown) => {
    live.attach = async (...asked) => {
      const attachment = await attach(...asked)
      await meanwhile()
      return attachment
    }
    const reply = await fetch(`${base}/api/events?room_id=one&access_token=user-7`)
    return [reply.status, (await bodyOf(reply))['code']]
  }
  const cut = [503, 'shutting_down']
  assert.deepEqual(await opened(() => (advance(15_000), streams.stop())), cut)
  assert.deepEqual(await opened(() => live.cutSessions(['s7'])), cut)
  assert.deepEqual(
    await opened(async () => {
      await commit('one', 7, [{ op: 'close' }])
      await settle()
    }),
    [410, 'room_closed'],
  )
})

test('[E3] the head: never kept, packed or held back; HEAD answers it too; comments follow', async (t) => {
  const { base, stream, advance } = await serveEvents(t)
  const opened = await stream()
  const { headers } = await opened.response
  const head = await fetch(`${base}/api/events`, { method: 'HEAD', headers: { origin: 'http://localhost:5173' } })
  for (const read of [(name: string) => headers[name], (name: string) => head.headers.get(name)]) {
    assert.equal(read('content-type'), 'text/event-stream')
    assert.equal(read('cache-control'), 'no-store, no-transform')
    assert.equal(read('x-accel-buffering'), 'no')
    assert.equal(read('cross-origin-resource-policy'), 'cross-origin')
  }
  assert.equal(headers['content-encoding'], undefined)
  assert.match(headers['x-request-id'] as string, /./)
  assert.equal(head.headers.get('access-control-allow-origin'), 'http://localhost:5173')
  assert.deepEqual(opened.retries, ['2000'])
  for (let beat = 1; beat <= 3; beat++) {
    advance(15_000)
    await opened.comments.until(() => opened.comments.items.length === beat, `comment ${beat}`)
  }
})

test('[E4] no block ends without an event, and the first names where the stream stands', async (t) => {
  const { base, createRoom, say, streams, advance } = await serveEvents(t)
  await createRoom('one', 'chat', 7)
  const response = await fetch(`${base}/api/events`, { headers: { authorization: 'Bearer user-7' } })
  const text = response.text()
  await say('one', 1, 'a')
  advance(15_000)
  advance(15_000)
  streams.stop()
  const blocks = (await text).split('\n\n')
  assert.match(blocks[0] ?? '', /^retry: 2000\nid: .+\nevent: ready\ndata: \{\}$/)
  for (const block of blocks.slice(0, -1)) assert.match(block, /^event: .+\ndata: /m)
  assert.match(blocks.at(-1) ?? '', /^(:\n)*retry: \d+\n$/)
})

test('[E4] a cursor of which nothing is left is kept until what it missed was told', async (t) => {
  const { base, streams } = await serveEvents(t)
  const response = await fetch(`${base}/api/events`, { headers: { 'last-event-id': 'x' } })
  const text = response.text()
  streams.stop()
  const [first, second] = (await text).split('\n\n')
  assert.equal(first, 'retry: 2000\nevent: ready\ndata: {}')
  assert.match(second ?? '', /^id: .+\nevent: reset\n/)
})

test('[E4] Last-Event-ID resumes in every room without loss, also for one who heard nothing', async (t) => {
  const { createRoom, say, stream, contents } = await serveEvents(t)
  await createRoom('one', 'chat', 7)
  await createRoom('two', 'chat', 7)
  const silent = await stream('', { token: 'user-7' })
  silent[Symbol.dispose]()
  await say('one', 1, 'a')
  await say('two', 1, 'b')
  const resumed = await stream('', { token: 'user-7', lastId: silent.lastId })
  await resumed.heard.until(() => contents(resumed).length === 2, 'both messages')
  await say('two', 1, 'c')
  await resumed.hear('new_message', ({ content }) => content === 'c')
  resumed[Symbol.dispose]()
  await say('one', 1, 'd')
  const query = await stream(`?access_token=user-7&last_event_id=${resumed.lastId}`)
  await query.hear('new_message', ({ content }) => content === 'd')
  assert.deepEqual(contents(query), ['d'])
  assert.ok(![...resumed.heard.items, ...query.heard.items].some(({ event }) => event === 'reset'))
})

test('[E4] without Last-Event-ID it starts at now', async (t) => {
  const { say, stream, contents } = await serveEvents(t)
  await say('lobby', 1, 'before')
  const opened = await stream()
  await say('lobby', 1, 'after')
  await opened.hear('message')
  assert.deepEqual(contents(opened), ['after'])
})

test('[E5] a hole is told: a strange cursor, another epoch, too many changes, a room that is new', async (t) => {
  const { createRoom, lobby, say, stream, contents } = await serveEvents(t)
  const room = await createRoom('new', 'chat', 7)
  const here = `1.${lobby.epoch.slice(0, 6)}.1`
  let said = 0
  for (const [lastId, resets] of [
    ['garbage', [lobby, room]],
    [`1.xxxxxx.1~2.${room.epoch.slice(0, 6)}.1`, [lobby]],
    [here, [room]],
    [`1.${lobby.epoch.slice(0, 6)}.zz~2.${room.epoch.slice(0, 6)}.1`, [lobby]],
  ] as const) {
    const opened = await stream('', { token: 'user-7', lastId })
    const told = () =>
      opened.heard.items.filter(({ event }) => event === 'reset').map(({ data }) => String(data['room_id']))
    await opened.heard.until(() => told().length === resets.length, `resets after ${lastId}`)
    assert.deepEqual(told().toSorted(), resets.map(({ id }) => id).toSorted())
    // A room that is not told to start anew is caught up with, when it is its turn.
    const isReset = resets.some(({ id }) => id === room.id)
    if (!isReset) await opened.heard.until(() => contents(opened).length === said, `what was missed after ${lastId}`)
    const again = await stream('', { token: 'user-7', lastId: opened.lastId })
    await say('new', 1, `after ${lastId}`)
    said += 1
    await again.hear('new_message')
    assert.deepEqual(contents(again), [`after ${lastId}`])
    assert.ok(!again.heard.items.some(({ event }) => event === 'reset'))
    for (const each of [opened, again]) each[Symbol.dispose]()
  }
  for (let message = 0; message < 501; message++) await say('new', 1, 'x')
  const far = await stream('?room_id=new', { lastId: `2.${room.epoch.slice(0, 6)}.1` })
  const { data } = await far.hear('reset')
  assert.deepEqual(data, { room_id: 'new', last_seq: 506 })
})

test('[E6] what is not stored has no id; a record that changed meanwhile comes whole', async (t) => {
  const { commit, createRoom, live, stream } = await serveEvents(t)
  const room = await createRoom('one', 'chat', 7)
  const opened = await stream('?room_id=one')
  live.tell(room.num, 'new_reaction', { room_id: 'one', reaction: 'ok' })
  const reaction = await opened.hear('new_reaction')
  assert.equal(reaction.id, null)
  opened[Symbol.dispose]()
  const change = (key: string, value: Record<string, unknown>) =>
    commit('one', 1, [{ op: 'change', type: note, key, next: () => value }])
  await change('a', { text: 'one', old: true })
  await change('a', { text: 'two' })
  await change('b', { text: 'three' })
  await commit('one', 1, [{ op: 'remove', type: note, key: 'b' }])
  const resumed = await stream('?room_id=one', { lastId: opened.lastId })
  await resumed.hear('record_changed', ({ key }) => key === 'b')
  const head = { room_id: 'one', type: 'note' }
  assert.deepEqual(
    resumed.heard.items.map(({ data }) => data),
    [
      { ...head, key: 'a', seq: 3, set: { text: 'two' }, unset: [], whole: true },
      { ...head, key: 'b', seq: 5, deleted: true },
    ],
  )
})

test('[E7] a stream is not presence', async (t) => {
  const { createRoom, live, stream } = await serveEvents(t)
  const room = await createRoom('one', 'chat', 7)
  await stream('?room_id=one', { token: 'user-7' })
  assert.equal(live.presence(room.num), '[]')
})

test('[E8] a room that its user joins is added, unless the stream was limited', async (t) => {
  const { createRoom, say, stream, streams, contents } = await serveEvents(t)
  const all = await stream('', { token: 'user-7' })
  const limited = await stream('?room_id=lobby', { token: 'user-7' })
  const other = await stream('', { token: 'user-8' })
  const room = await createRoom('joined', 'chat', 7)
  streams.follow(7, room)
  streams.follow(7, room)
  await say('joined', 1, 'a')
  await say('lobby', 1, 'b')
  await all.hear('new_message')
  for (const each of [all, limited, other]) await each.hear('message')
  assert.deepEqual(contents(all).toSorted(), ['a', 'b'])
  assert.deepEqual([contents(limited), contents(other)], [['b'], ['b']])
  all[Symbol.dispose]()
  await say('joined', 1, 'c')
  const resumed = await stream('', { token: 'user-7', lastId: all.lastId })
  await resumed.hear('new_message')
  assert.deepEqual(contents(resumed), ['c'])
})

test('[E1] [L1] a stream whose user leaves the room ends, and goes on in a public room when it comes back', async (t) => {
  const { commit, createRoom, say, stream, contents } = await serveEvents(t)
  await createRoom('left', 'chat', 7)
  const first = await stream('?room_id=left', { token: 'user-7' })
  await say('left', 1, 'a')
  await first.hear('new_message')
  await commit('left', 7, [{ op: 'expel', user: 7, by: null }])
  await first.closed
  await say('left', 1, 'b')
  const back = await stream('?room_id=left', { token: 'user-7', lastId: first.lastId })
  await back.hear('new_message')
  assert.deepEqual([contents(first), contents(back)], [['a'], ['b']])
})

test('[E9] it ends with its session, and on a stop with a word on when to come back', async (t) => {
  const { live, stream, streams } = await serveEvents(t)
  const ann = await stream('', { token: 'user-7' })
  const bob = await stream('', { token: 'user-8' })
  live.cutSessions(['s7'])
  await ann.closed
  assert.equal((await ann.hear('error')).data['code'], 'session_ended')
  streams.stop()
  await bob.closed
  const wait = Number(bob.retries.at(-1))
  assert.ok(bob.retries.length === 2 && wait >= 1000 && wait <= 5000, `${wait}`)
})

test('[E10] a client that does not read is cut', async (t) => {
  const { base, metrics, say } = await serveEvents(t)
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write('GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  const isCut = async () => /parlor_cut_total\{reason="slow"\} 1\b/.test(await metrics.text())
  const text = 'x'.repeat(100_000)
  for (let message = 0; message < 300 && !(await isCut()); message++) await say('lobby', 1, text)
  assert.ok(await isCut())
})

test('a client that is not ours: EventSource hears, and resumes by itself', async (t) => {
  const { base, live, say } = await serveEvents(t)
  const heard: unknown[] = []
  const source = new EventSource(`${base}/api/events?access_token=user-7`)
  t.after(() => source.close())
  const next = () => new Promise<void>((resolve) => source.addEventListener('message', () => resolve(), { once: true }))
  source.addEventListener('message', ({ data }) => heard.push(JSON.parse(data).content))
  await new Promise((resolve) => source.addEventListener('open', resolve, { once: true }))
  const first = next()
  await say('lobby', 1, 'a')
  await first
  live.cutSessions(['s7'])
  const later = next()
  for (const text of ['b', 'c']) await say('lobby', 1, text)
  await later
  await say('lobby', 1, 'd')
  await next()
  assert.deepEqual(heard.slice(0, 3), ['a', 'b', 'c'])
})
