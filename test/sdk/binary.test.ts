import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parlor, Room } from '../../packages/client/src/parlor.ts'
import { compose } from '../../packages/server/src/compose/compose.ts'
import { featureSettings } from '../../packages/server/src/compose/declared.ts'
import { readConfig } from '../../packages/server/src/config.ts'
import { features } from '../../packages/server/src/features/list.ts'
import { intercomFeature } from '../../packages/server/src/features/testing/intercom.ts'
import { createLog } from '../../packages/server/src/platform/log/log.ts'
import { isLive, openSdk } from '../harness/sdk.ts'
import { temporaryFolder } from '../harness/server.ts'
import { connect } from '../harness/socket-client.ts'

async function startServer(dataDir: string) {
  const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, PARLOR_ENV: 'testing', RATE_LIMIT_FACTOR: '0' }
  const secrets = { SECRET_KEY: 'a-secret-of-the-tests-that-is-long-enough' }
  const sources = { env: { ...env, ...secrets }, dotenv: null, json: null, cwd: dataDir, developmentSecret: () => '' }
  const { config } = readConfig(sources, featureSettings)
  const log = createLog({ level: 'silent', service: 'tests' }, { write: () => undefined })
  const server = await compose(config, [...features, intercomFeature], { log })
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop() }
}

type Heard = { n: number; audio: unknown; by: string }

/** Subscribes to events of this test's feature, which the generated types of the SDK do not name. */
const hearing = (source: Room | Parlor, events: readonly string[]) => {
  const all: [string, Heard][] = []
  const on = source.on as (event: string, hear: (heard: Heard) => void) => () => void
  for (const event of events) on(event, (heard) => all.push([event, heard]))
  return all
}

test('[E1] [E2] hears binary events of a room, and events to the user and to everyone, of any feature', async () => {
  await using folder = await temporaryFolder()
  await using server = await startServer(folder.path)
  using ann = openSdk(server)
  await ann.auth.guest({ name: 'Ann' })
  const { id: room_id } = await ann.rooms.create({ name: 'Tea' })
  const room = ann.join(room_id)
  await isLive(room)
  const spoken = hearing(room, ['spoken'])
  const rung = hearing(ann, ['rung', 'rung_back', 'alarm', 'spoken'])

  using speaker = await connect(server.url)
  await speaker.ask('join_room', { room_id })
  for (const n of [1, 2, 3]) await speaker.ask('speak', { room_id, n, audio: Buffer.alloc(n, n) })
  const tooLarge = await speaker.request('speak', { room_id, n: 4, audio: Buffer.alloc(1001) })
  assert.equal(!tooLarge.ok && tooLarge.code, 'too_large')
  const { user } = await speaker.connected()
  await speaker.ask('ring', { whom: ann.me.get()?.id })
  await speaker.ask('ring', { whom: 'all' })
  await speaker.hear('alarm')
  // What the same connection is sent later has not overtaken anything.
  await ann.call('rooms.get', { room_id })

  assert.deepEqual(
    spoken.map(([, { n, audio }]) => [n, audio instanceof Uint8Array && [...audio]]),
    [1, 2, 3].map((n) => [n, Array(n).fill(n)]),
  )
  assert.deepEqual(
    rung.map(([event, { by }]) => [event, by]),
    ['rung', 'alarm'].map((event) => [event, user.id]),
  )
  const told = speaker.heard.items.map(({ event }) => event).filter((event) => /rung|alarm|spoken/.test(event))
  // A broadcast waits for its pass, and what is for one connection does not.
  assert.deepEqual(told.toSorted(), ['alarm', 'rung_back', 'rung_back'])
})
