import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { DatabaseKind } from '../harness/databases.ts'
import { openStream } from '../harness/event-stream.ts'
import { ok, readHistory, rest } from '../harness/rest.ts'
import type { Server } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Failure, Joined, JsonObject, Message, Room, Session } from '../harness/wire.ts'
import { openGallery } from '../releases/gallery.ts'
import { readKept, releases } from '../releases/kept.ts'
import { readAgain, startOnKept } from '../releases/start-on-kept.ts'
import { missedInGarden } from '../releases/story.ts'

/** Opens the data that each earlier release stored with the current code, and uses it through every door. */
export function earlierReleases(kind: DatabaseKind): void {
  for (const release of releases()) {
    suite(`on ${kind.name}, data of ${release}`, { skip: kind.missing, timeout: 120_000 }, () =>
      useRelease(kind, release),
    )
  }
}

function useRelease(kind: DatabaseKind, release: string): void {
  const was = readKept(release, kind.name)
  const { people, garden, cellar, porch, hall, film, gallery, shut, key, polls } = was.story
  const { ann, bob, cat, dan, gus, eve } = people
  const cleanup = new AsyncDisposableStack()
  let server: Server

  before(async () => {
    server = cleanup.use(await startOnKept(kind, release))
  })
  after(() => cleanup.disposeAsync())

  const call = <T = JsonObject>(by: { access_token: string } | null, method: string, path: string, body?: JsonObject) =>
    rest<T>(server.url, method, path, { token: by?.access_token, body })
  /** The status, and the code if it failed. */
  const outcome = async (...request: Parameters<typeof call>) => {
    const { status, body } = await call<Partial<Failure>>(...request)
    return status < 300 ? status : `${status} ${body.code}`
  }
  const say = (by: { access_token: string }, room_id: string, more: JsonObject) =>
    call<Message>(by, 'POST', `/api/rooms/${room_id}/messages`, { type: 'text', content: 'Today', ...more })

  test('[DB10] reads answer what they answered then: rooms, settings, people, roles, bans, invitations and messages', async () => {
    await readAgain(server.url, was)
  })

  test('[DB10] a cursor from that release recovers everything missed, by socket', async () => {
    const joined = await missedInGarden(server.url, was.story)
    assert.equal(joined.recovered, true)
    assert.equal(joined.epoch, garden.epoch)
    assert.partialDeepStrictEqual(joined.events, was.missed.events)
    assert.partialDeepStrictEqual(joined.records, was.missed.records)
  })

  test('[DB10] a stream resumes at an event id from that release', async () => {
    const path = `/api/events?room_id=${garden.id}`
    using stream = await openStream(server.url, path, { token: ann.access_token, lastId: garden.last_event_id })
    for (const { event, data } of was.missed.events.filter(({ data }) =>
      String(data['content']).startsWith('By socket'),
    ))
      assert.partialDeepStrictEqual((await stream.hear(event, ({ id }) => id === data['id'])).data, data)
    assert.equal(
      stream.heard.items.find(({ event }) => event === 'reset'),
      undefined,
    )
  })

  test('[DB10] what was unread is, nothing of a release that did not count it, and what is said today', async () => {
    const path = `/api/rooms/${garden.id}`
    const counted = was.readings.find((one) => one.by === 'bob' && one.path === `${path}/read`)
    const unread = Number(counted?.body['unread'] ?? 0)
    const mine = async () => {
      const { body } = await call<{ items: { id: string; unread: number }[] }>(bob, 'GET', '/api/rooms/my')
      return new Map(body.items.map(({ id, unread }) => [id, unread]))
    }
    const before = await mine()
    assert.equal(before.get(garden.id), unread)
    before.delete(garden.id)
    assert.deepEqual(new Set(before.values()), new Set([0]))
    await say(ann, garden.id, {})
    assert.equal((await mine()).get(garden.id), unread + 1)
    const { body } = await call<{ unread: number }>(bob, 'POST', `${path}/unread`, { from_seq: 1 })
    assert.ok(body.unread > 3, 'messages of that release count from a mark on')
    await call(bob, 'POST', `${path}/read`, { read_seq: 0, clear_unread: true })
  })

  test('[DB10] an API key still acts within its scopes and rooms', { skip: key === undefined }, async () => {
    const by = { access_token: key ?? '' }
    assert.equal(await outcome(by, 'GET', `/api/rooms/${garden.id}/messages`), 200)
    assert.equal(await outcome(by, 'GET', `/api/rooms/${cellar.id}/messages`), '403 forbidden')
    assert.equal((await say(by, garden.id, {})).status, 403)
  })

  test('[DB10] files, their smaller copies and pictures are what they were', {
    skip: gallery === undefined,
  }, async () => {
    if (gallery) await openGallery(server.url, { gallery, was: was.files ?? [], ann, stranger: bob })
  })

  test('[DB10] passwords and refresh tokens still work, except for a deleted account', async () => {
    const signIn = (name: string) =>
      outcome(null, 'POST', '/api/auth/login', { email: `${name}@example.org`, password: was.password })
    assert.equal(await signIn('bob'), 200)
    assert.equal(await signIn('fay'), '401 invalid_credentials')
    const { refresh_token } = gus
    const fresh = await ok<Session>(server.url, 'POST', '/api/auth/refresh', { body: { refresh_token } })
    assert.equal(fresh.user.id, gus.id)
  })

  test('[DB10] a retry with a client_id or Idempotency-Key from that release is recognised', async () => {
    const { content, client_id, id } = garden.first
    assert.equal((await say(ann, garden.id, { content, client_id })).body.id, id)
    using socket = await connect(server.url, { token: ann.access_token })
    const again = { room_id: garden.id, type: 'text', content, client_id }
    assert.equal((await socket.ask<Message>('send_message', again)).id, id)
    if (film.key === null) return
    const headers = { 'idempotency-key': film.key }
    const request = { token: bob.access_token, body: film.body, headers }
    assert.equal((await ok<Room>(server.url, 'POST', '/api/rooms', request)).id, film.id)
  })

  test('[DB10] a ban holds at every door until it is lifted, and a closed room stays closed', async () => {
    const enter = () => outcome(cat, 'POST', `/api/rooms/${garden.id}/join`, {})
    assert.equal(await enter(), '403 banned')
    assert.equal(await outcome(cat, 'GET', `/api/rooms/${garden.id}/messages`), '403 banned')
    using socket = await connect(server.url, { token: cat.access_token })
    const refused = await socket.request('join_room', { room_id: garden.id })
    assert.equal(!refused.ok && refused.code, 'banned')
    assert.ok(Number(await outcome(bob, 'DELETE', `/api/rooms/${garden.id}/bans/${cat.id}`)) < 300)
    assert.equal(await enter(), 200)
    assert.match(String(await outcome(cat, 'POST', `/api/rooms/${shut}/join`, {})), /room_closed/)
  })

  test('[DB10] roles still hold: a co-host changes the room, a guest may not, the owner appoints a co-host', async () => {
    const path = `/api/rooms/${garden.id}`
    assert.equal(await outcome(bob, 'PATCH', path, { name: 'Garden of today' }), 200)
    assert.match(String(await outcome(gus, 'PATCH', path, { name: 'Mine' })), /^403 /)
    assert.match(String(await outcome(bob, 'PATCH', `${path}/members/${cat.id}`, { role: 'cohost' })), /^403 /)
    assert.equal(await outcome(ann, 'PATCH', `${path}/members/${cat.id}`, { role: 'cohost' }), 200)
  })

  test('[DB10] a private room is joined with its password or its invitations', async () => {
    const enter = (by: { access_token: string }, body: JsonObject) =>
      outcome(by, 'POST', `/api/rooms/${cellar.id}/join`, body)
    assert.match(String(await enter(cat, { password: 'wrong' })), /invalid_password/)
    assert.equal(await enter(cat, { password: cellar.password }), 200)
    assert.match(String(await enter(gus, { invite: cellar.revoked })), /invite_invalid/)
    assert.equal(await enter(gus, { invite: cellar.endless }), 200)
    using socket = await connect(server.url, { token: dan.access_token })
    const { me } = await socket.ask<Joined>('join_room', { room_id: cellar.id, invite: cellar.brief })
    assert.equal(me.role, 'cohost')
  })

  test('[DB10] a waiting room still asks for admission, and a member admitted then is still a member', async () => {
    assert.equal((await say(dan, porch, {})).status, 201)
    const path = `/api/rooms/${porch}`
    assert.equal((await call(eve, 'POST', `${path}/join`, {})).body['waiting'], true)
    assert.equal((await say(eve, porch, {})).status, 403)
    assert.ok(Number(await outcome(ann, 'POST', `${path}/waiting/${eve.id}/admit`)) < 300)
    assert.equal((await say(eve, porch, {})).status, 201)
  })

  test('[DB10] [PO1] rooms of that release have polls on, for everyone', async () => {
    const path = `/api/rooms/${garden.id}`
    const { capabilities, settings } = await ok<Room>(server.url, 'GET', path, { token: ann.access_token })
    assert.deepEqual([capabilities['polls'], settings['polls']], [true, 'everyone'])
    const asked = { question: 'Tea?', options: ['Yes', 'No'] }
    const { status, body } = await call<{ id: string }>(gus, 'POST', `${path}/polls`, asked)
    assert.equal(status, 201)
    assert.equal(await outcome(bob, 'PUT', `${path}/polls/${body.id}/vote`, { option_ids: ['a'] }), 200)
  })

  test('[DB10] polls of that release keep their votes, and take others', { skip: polls === undefined }, async () => {
    const path = `/api/rooms/${garden.id}/polls`
    for (const [id, mine] of [
      [polls?.open, ['b']],
      [polls?.secret, ['b']],
      [polls?.closed, ['b']],
    ] as const) {
      const { body } = await call(bob, 'GET', `${path}/${id}`)
      assert.deepEqual([body['counts'], body['my_option_ids']], [{ a: 0, b: 1 }, mine])
    }
    const { body } = await call(bob, 'PUT', `${path}/${polls?.secret}/vote`, { option_ids: ['a'] })
    assert.deepEqual(body['counts'], { a: 1, b: 0 })
  })

  test('[DB10] users sent out by a stand-in stay out until the owner is back', {
    skip: hall === undefined,
  }, async () => {
    const enter = () => outcome(gus, 'POST', `/api/rooms/${hall}/join`, {})
    const look = () => outcome(eve, 'GET', `/api/rooms/${hall}/members`)
    assert.deepEqual([await enter(), await look()], ['403 sent_out', 200])
    using socket = await connect(server.url, { token: ann.access_token })
    await socket.ask('join_room', { room_id: hall })
    await socket.hear('member_changed', ({ role }) => role === 'host')
    assert.deepEqual([await enter(), await look()], [200, '403 not_a_member'])
  })

  test('[DB10] new messages by REST and by socket reach both, and are stored after another restart', async () => {
    const before = await readHistory<Message>(server.url, garden.id, ann.access_token)
    const said: string[] = []
    {
      using socket = await connect(server.url, { token: bob.access_token })
      const path = `/api/events?room_id=${garden.id}`
      using stream = await openStream(server.url, path, { token: ann.access_token })
      await socket.ask('join_room', { room_id: garden.id })
      said.push((await say(gus, garden.id, { content: 'By REST' })).body.id)
      const bySocket = { room_id: garden.id, type: 'text', content: 'By socket' }
      said.push((await socket.ask<Message>('send_message', bySocket)).id)
      for (const id of said) await stream.hear('new_message', (data) => data['id'] === id)
      await socket.hear('new_message', (data) => data['id'] === said[0])
    }
    assert.equal(await server.stop(), 0)
    await server.start()
    const history = await readHistory<Message>(server.url, garden.id, ann.access_token)
    assert.deepEqual(
      history.map(({ id }) => id),
      [...before.map(({ id }) => id), ...said],
    )
  })
}
