import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { openStream } from '../harness/event-stream.ts'
import { ok, rest } from '../harness/rest.ts'
import { type LogLine, type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { Joined, JsonObject, Message, Room, Session } from '../harness/wire.ts'

const password = 'correct horse battery'

/** A server with broken rows of every kind: they fail closed, and everything else works through every door. */
export function unreadableRows(kind: DatabaseKind): void {
  suite(`on ${kind.name}, rows that cannot be read`, { skip: kind.missing, timeout: 120_000 }, () => {
    let database: Database
    let server: Server
    let ann: Session
    let bob: Session
    let cat: Session
    let garden: Room
    let shut: Room
    let two: Message
    /** The stream's id before the broken event. */
    let streamed: string | null

    const as = (who: Session | null, method: string, path: string, body?: JsonObject) =>
      rest(server.url, method, path, { token: who?.access_token, body })
    const does = <T = JsonObject>(who: Session, method: string, path: string, body: JsonObject = {}) =>
      ok<T>(server.url, method, path, { token: who.access_token, body })
    const register = (username: string) =>
      ok<Session>(server.url, 'POST', '/api/auth/register', {
        body: { username, email: `${username}@example.org`, password },
      })
    const join = async (cursor: JsonObject): Promise<Joined> => {
      using socket = await connect(server.url, { token: ann.access_token })
      return await socket.ask<Joined>('join_room', { room_id: garden.id, ...cursor })
    }
    const say = (who: Session, content: string) =>
      does<Message>(who, 'POST', `/api/rooms/${garden.id}/messages`, { content })

    before(async () => {
      database = await kind.open()
      server = await startServer({ env: database.env })
      ann = await register('ann')
      bob = await register('bob')
      cat = await register('cat')
      garden = await does<Room>(ann, 'POST', '/api/rooms', { name: 'Garden' })
      shut = await does<Room>(ann, 'POST', '/api/rooms', { name: 'Shut' })
      for (const who of [bob, cat]) await does(who, 'POST', `/api/rooms/${garden.id}/join`)
      await does(ann, 'PATCH', `/api/rooms/${garden.id}/members/${bob.user.id}`, { role: 'cohost' })
      {
        using stream = await openStream(server.url, `/api/events?room_id=${garden.id}`, { token: ann.access_token })
        const { id } = await say(bob, 'one')
        await stream.hear('new_message', (data) => data['id'] === id)
        streamed = stream.lastId
      }
      two = await say(bob, 'two')
      await say(bob, 'three')
      await does(ann, 'DELETE', `/api/rooms/${garden.id}/members/${cat.user.id}?ban=true`)
      await does(bob, 'POST', '/api/message', { content: 'broken in the lobby' })
      await does(bob, 'POST', '/api/message', { content: 'whole in the lobby' })
      await server.stop()
      const num = (id: string) => `(SELECT num FROM rooms WHERE id = '${id}')`
      const broken = [
        `UPDATE events SET body = '{oops}' WHERE room = ${num(garden.id)} AND seq = ${two.seq}`,
        `UPDATE events SET body = '{oops}' WHERE body LIKE '%broken in the lobby%'`,
        `UPDATE records SET value = '{oops}' WHERE type = 'ban'`,
        `UPDATE users SET username = ' ' WHERE id = '${bob.user.id}'`,
        `UPDATE members SET role = 'emperor' WHERE role = 'cohost'`,
        `UPDATE room_profiles SET settings = '{oops}' WHERE room = ${num(shut.id)}`,
      ]
      await database.execute(server.dataDir, broken.join(';\n'))
      await server.start()
    })
    after(async () => {
      await server[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    })

    const unreadable = () => ({ room_id: garden.id, seq: two.seq })
    const shownBob = () => ({ id: bob.user.id, name: 'Unknown', avatar_url: null, guest: false })

    test('[SD4] [UN1] lists, the lobby, members, bans and history answer, without the broken rows', async () => {
      const paths = ['', '/members', '/bans', '/invites', '/waiting', '/messages'].map((part) => garden.id + part)
      for (const path of ['/api/rooms', '/api/rooms/my', ...paths.map((path) => `/api/rooms/${path}`)])
        assert.equal((await as(ann, 'GET', path)).status, 200, path)
      const texts = async (path: string) => {
        const { messages } = (await as(null, 'GET', path)).body
        assert.ok(Array.isArray(messages))
        return messages.map(({ content, sender }) => [content, sender])
      }
      assert.deepEqual(await texts(`/api/rooms/${garden.id}/messages`), [
        ['one', shownBob()],
        ['three', shownBob()],
      ])
      assert.deepEqual(await texts('/api/rooms/lobby/messages'), [['whole in the lobby', shownBob()]])
    })

    test('[SD4] [UN1] a socket gets the broken event as unreadable, in a snapshot and in changes', async () => {
      for (const cursor of [{}, { after_seq: two.seq - 1, epoch: (await join({})).epoch }]) {
        const { events } = await join(cursor)
        const found = events.find(({ seq }) => seq === two.seq)
        assert.deepEqual([found?.event, found?.data], ['unreadable', unreadable()])
        assert.ok(events.some(({ data }) => data['content'] === 'three'))
      }
    })

    test('[SD4] [UN1] a stream that resumes before the broken event gets it as unreadable, and then live events', async () => {
      using stream = await openStream(server.url, `/api/events?room_id=${garden.id}`, {
        token: ann.access_token,
        lastId: streamed,
      })
      assert.deepEqual((await stream.hear('unreadable')).data, unreadable())
      await stream.hear('new_message', (data) => data['content'] === 'three')
      using socket = await connect(server.url, { token: ann.access_token })
      await socket.ask('join_room', { room_id: garden.id })
      const { id } = await say(bob, 'four')
      const live = (data: JsonObject) => data['id'] === id
      assert.deepEqual((await socket.hear('new_message', live))['sender'], shownBob())
      await stream.hear('new_message', live)
    })

    test('[SD4] a broken ban still holds, an unknown role has the rights of a guest, and a room with broken settings is locked and private', async () => {
      const refusals: [Session, string, string, JsonObject, string][] = [
        [cat, 'POST', `/api/rooms/${garden.id}/join`, {}, 'banned'],
        [bob, 'PATCH', `/api/rooms/${garden.id}`, { name: 'Mine' }, 'forbidden'],
        [bob, 'POST', `/api/rooms/${shut.id}/join`, {}, 'room_locked'],
        [bob, 'GET', `/api/rooms/${shut.id}/messages`, {}, 'not_a_member'],
      ]
      for (const [who, method, path, body, code] of refusals)
        assert.equal((await as(who, method, path, method === 'GET' ? undefined : body)).body['code'], code, path)
    })

    test('[UR1] [UR2] the log names each kind of broken row, without its content, and the server stays healthy', async () => {
      const { status, body } = await as(null, 'GET', '/api/health')
      assert.deepEqual([status, body['status']], [200, 'healthy'])
      const isTold = (kind: string) => (line: LogLine) => line['kind'] === kind && line['why'] !== undefined
      // Log lines come through a pipe, later than the answers.
      for (const kind of ['event', 'member', 'profile', 'record', 'room']) await server.log.until(isTold(kind), kind)
      const told = new Set(server.log.items.flatMap(({ kind: of, why }) => (why === undefined ? [] : [String(of)])))
      assert.deepEqual([...told].toSorted(), ['event', 'member', 'profile', 'record', 'room'])
      assert.doesNotMatch(JSON.stringify(server.log.items), /oops|emperor/)
    })
  })
}
