import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readConfig } from '../../packages/server/src/config.ts'
import { systemTimers } from '../../packages/server/src/core/clock.ts'
import { createFaultyBus, type FaultyBus } from '../../packages/server/src/platform/bus/faulty.ts'
import { createMemoryBus } from '../../packages/server/src/platform/bus/memory.ts'
import { createLog } from '../../packages/server/src/platform/log/log.ts'
import type { RoomMessages } from '../../packages/server/src/room/types.ts'
import { createServer, featureSettings, type Server } from '../../packages/server/src/server.ts'
import { type Postgres, postgresMissing, sharedPostgres } from '../harness/postgres.ts'
import { seeded } from '../harness/random.ts'
import { createRoom, readHistory, signInGuest } from '../harness/rest.ts'
import { RoomView } from '../harness/members/room-view.ts'
import { connect, type SocketClient } from '../harness/socket-client.ts'
import type { Joined } from '../harness/wire.ts'

type Node = { url: string; bus: FaultyBus<RoomMessages>; server: Server }

const skip = postgresMissing
let postgres: Postgres | null = null
let folder = ''
const nodes: Node[] = []
const random = seeded()

/** Three nodes of one cluster in this process, on one PostgreSQL and one bus, which fails in its own way at each node. */
before(async () => {
  if (skip) return
  postgres = await sharedPostgres()
  folder = await mkdtemp(join(tmpdir(), 'parlor-test-'))
  const hub = createMemoryBus<RoomMessages>()
  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    PARLOR_ENV: 'testing',
    RATE_LIMIT_FACTOR: '0',
    SECRET_KEY: 'a key of these tests alone, long enough',
    DATABASE_URL: await postgres.createDatabase('several'),
  }
  const log = createLog({ level: 'silent', service: 'parlor' }, { write: () => undefined })
  for (let index = 0; index < 3; index += 1) {
    const bus = createFaultyBus(hub, { random: () => random.between(0, 9_999) / 10_000, timers: systemTimers })
    const sources = { env: { ...env, DATA_DIR: `node-${index}` }, dotenv: null, json: null, cwd: folder }
    const { config } = readConfig({ ...sources, developmentSecret: () => '' }, featureSettings)
    const server = createServer(config, [], { bus, log })
    const { port } = await server.start()
    nodes.push({ url: `http://127.0.0.1:${port}`, bus, server })
  }
})

after(async () => {
  await Promise.all(nodes.map(({ server }) => server.stop()))
  await postgres?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

type Person = { view: RoomView; client: SocketClient }

async function enter(url: string, room_id: string, name: string): Promise<Person> {
  const { token } = await signInGuest(url, name)
  const client = await connect(url, { token, auth: { lobby: false } })
  const view = new RoomView(room_id)
  client.socket.onAny((event: string, data: Record<string, unknown>) => {
    if (event !== 'room_joined') view.hear({ event, data })
  })
  client.socket.on('room_joined', (joined: Joined) => view.joined({}, joined))
  await client.ask('join_room', { room_id })
  return { view, client }
}

/** Everyone sends at once, on all nodes; resolves when everyone has got every message. */
async function talk(people: readonly Person[], room_id: string, words: string, count: number): Promise<void> {
  const sent = people.flatMap(({ client }, who) =>
    Array.from({ length: count }, (_, index) =>
      client.ask<{ seq: number }>('send_message', { room_id, content: `${words} ${who} ${index}` }),
    ),
  )
  const last = Math.max(...(await Promise.all(sent)).map(({ seq }) => seq))
  const isLast = ({ seq }: Record<string, unknown>) => typeof seq === 'number' && seq >= last
  await Promise.all(people.map(({ client }) => client.hear('new_message', isLast, { ms: 20_000 })))
}

test('[L1] [L3] three nodes deliver one order over a bus that loses, delays and repeats', { skip }, async (t) => {
  t.diagnostic(`seed ${random.seed}`)
  const [first, second, third] = nodes
  assert.ok(first && second && third)
  const room = await createRoom(first.url, await signInGuest(first.url, 'Host'))
  const people = await Promise.all(
    [first, second, third, first, second, third].map(({ url }, who) => enter(url, room.id, `Person ${who}`)),
  )
  await talk(people, room.id, 'well', 20)
  for (const { bus } of nodes) bus.faults = { drop: 0.3, delay: 0.3, delay_ms: 80, repeat: 0.2 }
  await talk(people, room.id, 'faulty', 20)
  for (const { bus } of nodes) bus.faults = { drop: 0, delay: 0, delay_ms: 0, repeat: 0 }
  second.bus.setUp(false)
  await talk(people, room.id, 'one down', 20)
  second.bus.setUp(true)
  await talk(people, room.id, 'well again', 5)

  const history = await readHistory<{ seq: number; content: string }>(third.url, room.id)
  assert.equal(history.length, people.length * 65)
  const stored = history.map(({ seq, content }) => [seq, content])
  for (const { view, client } of people) {
    assert.deepEqual(view.problems, [])
    const from = view.joins[0]?.reply.seq ?? 0
    const seen = view.inOrder('new_message').map(({ seq, data }) => [seq, data['content']])
    assert.deepEqual(
      seen,
      stored.filter(([seq]) => Number(seq) > from),
    )
    client.socket.disconnect()
  }
})
