import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { allActions as actions, type Door, nameOf } from '../harness/trials/actions.ts'
import { type Cast, castOf, type Part, roomOf, type Set } from '../harness/trials/cast.ts'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { callThrough } from '../harness/doors.ts'
import { openStream } from '../harness/event-stream.ts'
import { ok, rest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'
import type { JsonObject } from '../harness/wire.ts'
import { Stage } from '../harness/trials/stage.ts'
import { rolesTable } from '../harness/trials/all-trials.ts'

/** Callers who were not admitted, and who have neither a password nor an invitation. */
const outside = ['outsider', 'banned', 'waiting', 'guestOutsider', 'anonymous'] as const satisfies readonly Part[]
/** What callers outside may know of a room with a waiting room (rule RM8); the last two only repeat the request. */
const known = new Set(['id', 'name', 'kind', 'is_private', 'has_password', 'member_count', 'waiting', 'room_id'])
const secret = 'nobody outside may read this'

/** Rule RM9: callers who were not admitted to a room with a waiting room read nothing of it, through any action and door. */
export function beforeAdmission({ name, missing, open }: DatabaseKind): void {
  suite(`[RM8] [RM9] before admission, on ${name}`, { skip: missing, timeout: 120_000 }, () => {
    let database: Database
    let server: Server
    let stage: Stage
    let cast: Cast
    before(async () => {
      database = await open()
      // A single room, so that anything an answer says about people comes from it.
      server = await startServer({ env: { ...database.env, RATE_LIMIT_FACTOR: '0' } })
      stage = new Stage(server.url)
      cast = await castOf(stage)
    })
    after(async () => {
      await stage?.[Symbol.asyncDispose]()
      await server?.[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
    })

    for (const isPrivate of [false, true]) {
      test(`no action reveals the content of a ${isPrivate ? 'private' : 'public'} room`, async () => {
        const set = await roomOf(server.url, cast, isPrivate)
        await say(server.url, set)
        for (const action of actions) {
          for (const entry of rolesTable[action.name] ?? []) {
            for (const door of action.doors) {
              for (const part of outside) {
                const told = await toldTo(server.url, part, door, set, entry.input(set, part))
                assertNothingOf(set, told, `${action.name} by ${nameOf(door)} as ${part}`)
              }
            }
          }
        }
        await ok(server.url, 'DELETE', `/api/rooms/${set.room_id}`, { token: cast.host.token })
      })
    }

    test('streams of the room are refused, and those of readers end when the waiting room is turned on', async () => {
      const { id } = await stage.room(cast.host)
      const path = `/api/events?room_id=${id}`
      using reader = await openStream(server.url, path, {})
      await ok(server.url, 'PATCH', `/api/rooms/${id}`, {
        token: cast.host.token,
        body: { settings: { waiting: true } },
      })
      await reader.closed
      const { waiting, host } = cast
      await ok(server.url, 'POST', `/api/rooms/${id}/join`, { token: waiting.token })
      for (const token of [undefined, waiting.token]) {
        const { status } = await rest(server.url, 'GET', path, { token })
        assert.equal(status, token ? 403 : 401)
      }
      using own = await openStream(server.url, '/api/events', { token: waiting.token })
      using socket = await connect(server.url, { token: waiting.token })
      await socket.ask('join_room', { room_id: id })
      await ok(server.url, 'POST', `/api/rooms/${id}/messages`, { token: host.token, body: { content: secret } })
      await ok(server.url, 'POST', '/api/message', { token: host.token, body: { content: 'to the lobby' } })
      await own.hear('message')
      await socket.hear('message')
      const heard = JSON.stringify([reader.heard.items, own.heard.items, socket.heard.items])
      assert.equal(heard.includes(secret), false)
    })

    test('members still read messages and streams', async () => {
      const { room_id } = await roomOf(server.url, cast, false)
      const body = await ok<JsonObject>(server.url, 'GET', `/api/rooms/${room_id}/messages`, {
        token: cast.member.token,
      })
      assert.ok('messages' in body)
      using stream = await openStream(server.url, `/api/events?room_id=${room_id}`, {
        token: cast.member.token,
      })
      await ok(server.url, 'POST', `/api/rooms/${room_id}/messages`, {
        token: cast.host.token,
        body: { content: 'on' },
      })
      await stream.hear('new_message')
    })
  })
}

async function say(url: string, { room_id, cast }: Set): Promise<void> {
  for (const { token } of [cast.host, cast.member]) {
    await ok(url, 'POST', `/api/rooms/${room_id}/messages`, { token, body: { content: secret } })
  }
}

/** Everything that the caller gets: the answer, and the events on the connection meanwhile. */
async function toldTo(url: string, part: Part, door: Door, set: Set, input: object): Promise<unknown> {
  const token = part === 'anonymous' ? undefined : set.cast[part].token
  if (door.kind === 'http') return callThrough(url, door, { ...input }, { token })
  using client = await connect(url, { token, auth: { lobby: false } })
  const outcome = await callThrough(url, door, { ...input }, { socket: async () => client })
  return [outcome, client.heard.items]
}

function assertNothingOf({ room_id, cast }: Set, told: unknown, what: string): void {
  const text = JSON.stringify(told)
  for (const marker of [secret, ...[cast.host, cast.cohost, cast.member, cast.guest].map(({ name }) => name)]) {
    assert.equal(text.includes(marker), false, `${what}: ${text}`)
  }
  for (const room of objectsIn(told)) {
    if (room['id'] !== room_id) continue
    const more = Object.keys(room).filter((key) => !known.has(key))
    assert.deepEqual(more, [], `${what}: ${text}`)
  }
}

function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield Object.fromEntries(Object.entries(value))
  for (const each of Object.values(value)) yield* objectsIn(each)
}
