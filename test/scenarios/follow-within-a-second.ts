import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Database, DatabaseKind } from '../harness/databases.ts'
import { type EventStream, openStream } from '../harness/event-stream.ts'
import { within } from '../harness/recorder.ts'
import { ok } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import type { SocketClient } from '../harness/socket-client.ts'
import { password, type Person, Stage } from '../harness/trials/stage.ts'
import { claimsOf } from '../harness/tokens.ts'
import type { JsonObject, Session } from '../harness/wire.ts'

const limit = 1000

/** One way to be connected, on one of the servers. */
type Connection =
  | { how: string; socket: SocketClient; stream?: never }
  | { how: string; stream: EventStream; socket?: never }

type Scene = {
  room_id: string
  host: Person
  /** The user concerned: the session that is ended, and another session of the same user. */
  ann: Person
  elsewhere: Person
  call: (by: Person, method: string, path: string, body?: JsonObject) => Promise<void>
}

type Case = {
  what: string
  act: (scene: Scene) => Promise<void>
  /** Whether the user's other session ends as well. */
  both?: true
  /** A stream whose membership ended just closes, without an event that says why. */
  endsMembership?: true
}

const ofSessions: readonly Case[] = [
  {
    what: 'revoking a session',
    act: ({ call, ann, elsewhere }) =>
      call(elsewhere, 'DELETE', `/api/auth/sessions/${String(claimsOf(ann.token)['sid'])}`),
  },
  { what: 'logging out', act: ({ call, ann }) => call(ann, 'POST', '/api/auth/logout', {}) },
  {
    what: 'ending all other sessions',
    act: ({ call, elsewhere }) => call(elsewhere, 'DELETE', '/api/auth/sessions'),
  },
  {
    what: 'changing the password',
    act: ({ call, elsewhere }) => {
      const body = { old_password: password, new_password: 'a long walk in the sun' }
      return call(elsewhere, 'POST', '/api/change-password', body)
    },
  },
  {
    what: 'deleting the account',
    act: ({ call, ann }) => call(ann, 'POST', '/api/delete-account', { password }),
    both: true,
    endsMembership: true,
  },
]

const ofMemberships: readonly Case[] = [
  {
    what: 'a removed member',
    act: ({ call, host, ann, room_id }) => call(host, 'DELETE', `/api/rooms/${room_id}/members/${ann.id}`),
    both: true,
  },
  {
    what: 'a banned member',
    act: ({ call, host, ann, room_id }) =>
      call(host, 'DELETE', `/api/rooms/${room_id}/members/${ann.id}`, { ban: true }),
    both: true,
  },
  {
    what: 'a member who left elsewhere',
    act: ({ call, elsewhere, room_id }) => call(elsewhere, 'POST', `/api/rooms/${room_id}/leave`, {}),
    both: true,
  },
]

/** When a session, a membership or a room ends, connections of every kind on every server notice within a second. */
export function followWithinASecond({ name, missing, open }: DatabaseKind, { servers }: { servers: number }): void {
  suite(`on ${name} with ${servers} server(s)`, { skip: missing, timeout: 120_000 }, () => {
    let database: Database
    let nodes: Server[] = []
    before(async () => {
      database = await open()
      const env = { ...database.env, SECRET_KEY: 'a key of these tests alone, long enough' }
      nodes = await Promise.all(Array.from({ length: servers }, () => startServer({ env })))
    })
    after(async () => {
      for (const node of nodes) await node[Symbol.asyncDispose]()
      await database?.[Symbol.asyncDispose]()
    })

    for (const { what, act, both = false, endsMembership = false } of ofSessions)
      test(`${what} closes the sockets and streams of the ended sessions, and no others`, async () => {
        await using scene = await setUp(nodes)
        const { ann, elsewhere, host } = scene
        const ended = await scene.connect(both ? [ann, elsewhere] : [ann])
        const kept = await scene.connect(both ? [host] : [elsewhere, host])
        await act(scene)
        await Promise.all(
          ended.map((connection) => isCut(connection, { isTold: !(connection.stream && endsMembership) })),
        )
        await scene.goesOn(kept)
      })

    for (const { what, act } of ofMemberships)
      test(`${what} hears no more of the room on any connection, and stays connected`, async () => {
        await using scene = await setUp(nodes)
        const { ann, elsewhere, host, room_id } = scene
        const ended = await scene.connect([ann, elsewhere])
        const kept = await scene.connect([host])
        await act(scene)
        await Promise.all(ended.map((connection) => isLetGo(connection, room_id, 'member_left')))
        await scene.goesOn(kept)
        for (const connection of ended) await heardNothingMore(connection, room_id)
      })

    test('closing a room detaches everyone and closes no connection', async () => {
      await using scene = await setUp(nodes)
      const { ann, elsewhere, host, room_id } = scene
      const ended = await scene.connect([ann, elsewhere, host])
      await scene.call(host, 'DELETE', `/api/rooms/${room_id}`)
      await Promise.all(ended.map((connection) => isLetGo(connection, room_id, 'room_closed')))
      for (const connection of ended) await heardNothingMore(connection, room_id)
    })
  })
}

async function setUp(nodes: readonly Server[]) {
  const [first] = nodes
  assert.ok(first)
  const stage = new Stage(first.url)
  const streams: EventStream[] = []
  const [host, ann] = await Promise.all([stage.account('host'), stage.account('ann')])
  const again = await ok<Session>(first.url, 'POST', '/api/auth/login', { body: { email: ann.email, password } })
  const elsewhere = stage.person(again.user, again.access_token, again.refresh_token)
  const { id: room_id } = await stage.room(host)
  await stage.join(ann, room_id)
  let said = 0

  return {
    room_id,
    host,
    ann,
    elsewhere,
    async call(by: Person, method: string, path: string, body?: JsonObject): Promise<void> {
      await ok(first.url, method, path, { token: by.token, ...(body ? { body } : {}) })
    },
    /** Connects each user to each server by WebSocket, by polling and by a stream, all attached to the room. */
    async connect(people: readonly Person[]): Promise<Connection[]> {
      const made = people.flatMap(({ name, token }) =>
        nodes.map(async ({ url }, node): Promise<Connection[]> => {
          const how = (kind: string) => `${name}'s ${kind} on server ${node + 1}`
          const sockets = await Promise.all(
            ['websocket', 'polling'].map(async (transport): Promise<Connection> => {
              // Reconnects in the cases in which a stock client does.
              const options = { token, transports: [transport], reconnection: true, reconnectionDelay: 20 }
              const socket = await stage.connectTo(url, { ...options, auth: { lobby: false } })
              await socket.ask('join_room', { room_id })
              return { how: how(transport), socket }
            }),
          )
          const stream = await openStream(url, `/api/events?room_id=${room_id}`, { token })
          streams.push(stream)
          return [...sockets, { how: how('stream'), stream }]
        }),
      )
      return (await Promise.all(made)).flat()
    },
    /** The remaining connections get a new message, and none of their sockets was closed. */
    async goesOn(kept: readonly Connection[]): Promise<void> {
      const content = `said ${++said}`
      await ok(first.url, 'POST', `/api/rooms/${room_id}/messages`, { token: host.token, body: { content } })
      const isIt = (data: JsonObject) => data['content'] === content
      const heard = kept.map(({ socket, stream }) =>
        socket ? socket.hear('new_message', isIt) : stream.hear('new_message', isIt),
      )
      await Promise.all(heard)
      for (const { how, socket } of kept) if (socket) assert.deepEqual(lost(socket), [], `${how} was cut`)
    },
    async [Symbol.asyncDispose]() {
      for (const stream of streams) stream[Symbol.dispose]()
      await stage[Symbol.asyncDispose]()
    },
  }
}

const lost = ({ life }: SocketClient) => life.items.filter(({ what }) => what === 'disconnect')

/** The client is told why, and closed in the way after which a stock client does not reconnect by itself. */
async function isCut({ how, socket, stream }: Connection, { isTold }: { isTold: boolean }): Promise<void> {
  const isWhy = (data: JsonObject) => data['code'] === 'session_ended'
  const closed = socket ? socket.life.until(({ what }) => what === 'disconnect', `the end of ${how}`) : stream.closed
  const told = isTold && (socket ?? stream).hear('error', isWhy)
  await within(Promise.all([closed, told]), `the end of ${how}`, limit)
  if (!socket) return
  assert.equal(lost(socket)[0]?.reason, 'io server disconnect', how)
  assert.equal(socket.socket.active, false, `${how} would reconnect`)
}

async function isLetGo({ how, socket, stream }: Connection, room_id: string, event: string): Promise<void> {
  const isIt = (data: JsonObject) => data['room_id'] === room_id
  if (socket) await socket.hear(event, isIt, { ms: limit })
  else await within(Promise.race([stream.closed, stream.hear(event, isIt)]), `${event} or the end of ${how}`, limit)
}

/** Asks something and waits for the reply: frames are in order, so nothing else was on its way. */
async function heardNothingMore({ how, socket, stream }: Connection, room_id: string): Promise<void> {
  if (socket) {
    const { ok } = await socket.request('typing', { room_id, typing: true })
    assert.equal(ok, false, `${how} is in the room`)
    assert.deepEqual(lost(socket), [], `${how} was cut`)
  }
  const said = (socket ?? stream).heard.items.filter(({ event }) => event === 'new_message')
  assert.deepEqual(said, [], how)
}
