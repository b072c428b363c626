import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { featureSettings, metricsOf } from '../../compose/declared.ts'
import { composeInside, migrationsOf } from '../../compose/inside.ts'
import { readConfig } from '../../config.ts'
import { callersOfAddress } from '../../config/limits.ts'
import { createPipeline, type CreationKeys } from '../../core/action.ts'
import { systemTimers } from '../../core/clock.ts'
import type { LimitRow } from '../../core/contract.ts'
import type { UnreadableRow } from '../../core/stored.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { freeLimiter, freeReadQueue } from '../../core/testing/read-permit.ts'
import { createMemoryBus } from '../../platform/bus/memory.ts'
import type { AnyDatabase } from '../../platform/db/open-database.ts'
import { createDiskBlobs } from '../../platform/files/disk-blobs.ts'
import type { Blobs } from '../../platform/files/files.ts'
import type { Media } from '../../platform/media/media.ts'
import { createMediaProcess } from '../../platform/media/media-process.ts'
import { type Backend, postgresBackend, sqliteBackend } from '../../platform/db/testing/backends.ts'
import { createLimiter } from '../../platform/limiter/limiter.ts'
import { createLocalBuckets } from '../../platform/limiter/local.ts'
import { createLog } from '../../platform/log/log.ts'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import { createPasswords, leastCost, type PasswordQueue } from '../../platform/passwords/passwords.ts'
import type { RoomBus, RoomMessages, RoomRow } from '../../room/types.ts'
import type { ProviderSettings } from '../calls/tokens.ts'
import { idempotencyFeature } from '../idempotency/feature.ts'
import { createIdempotency } from '../idempotency/idempotency.ts'
import { createSetupTokens } from '../identity/accounts/setup-token.ts'
import { identityFeature } from '../identity/feature.ts'
import { roomOptionsOf } from '../../compose/declared.ts'
import type { Feature } from '../feature.ts'
import { features } from '../list.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { watchAsked } from './settled.ts'
import { type Answer, connect, mustBeAnnounced, type Pipe, restDoor } from './doors.ts'

export const secret = 'a-secret-of-the-tests-that-is-long-enough'
const migrations = migrationsOf(features)

export type { Backend } from '../../platform/db/testing/backends.ts'
export const onSqlite = (): Backend => sqliteBackend(migrations)
export const onPostgres = (): Backend => postgresBackend(migrations)

export const noProviders: ProviderSettings = {
  twilio: { TWILIO_ACCOUNT_SID: null, TWILIO_API_KEY: null, TWILIO_API_SECRET: null, TWILIO_REGION: null },
  livekit: { LIVEKIT_API_KEY: null, LIVEKIT_API_SECRET: null },
}

/** Hashes that cost nothing: what a real one costs is tested where passwords are hashed. */
export const quickPasswords = (options: Parameters<typeof createPasswords>[0] = {}): PasswordQueue =>
  createPasswords({ cost: leastCost, ...options })

/** Blobs in this folder, and a process that looks at files once there are some. */
export const openFiles = async (folder: string) => ({
  blobs: await createDiskBlobs(join(folder, 'files')),
  media: createMediaProcess({ timers: systemTimers }),
})

export type World = Awaited<ReturnType<typeof createWorld>>
export type WorldOptions = {
  /** ALLOW_GUESTS; absent: as chosen at the setup. */
  allowGuests?: boolean
  /** PARLOR_ENV. */
  env?: 'development' | 'testing'
  jwt?: { current: string; previous: string[] }
  /** The subscription to rooms completes only once this resolves, as with a slow bus. */
  confirmed?: Promise<void>
  passwords?: PasswordQueue
  /** With the server's rate limits. */
  limited?: boolean
  /** Reads under way at once in this process. */
  reads?: number
  providers?: ProviderSettings
  /** Other bounds than those of the limits' rows. */
  bounds?: ReadonlyMap<LimitRow, number>
  /** Features of the test, added after the server's. */
  more?: readonly Feature<unknown>[]
  /** Where files are and what looks at them; absent: a folder and a process of its own. */
  files?: { blobs: Blobs; media: Media }
  /** Shared by the nodes of one test; absent: a bus of its own. */
  bus?: RoomBus
  /** Collects failures of background work; without it such a failure is thrown. */
  failures?: unknown[]
}

/** The settings of test servers, besides those that a test sets. */
function configOf({ allowGuests, env: profile = 'testing', jwt, providers = noProviders, bounds }: WorldOptions) {
  const { twilio, livekit } = providers
  const made = Object.entries({ ...twilio, ...livekit }).map(([name, value]) => [name, value ?? ''])
  const env = {
    ...{ PARLOR_ENV: profile, SECRET_KEY: secret, JWT_SECRET_KEY: secret, PUBLIC_URL: 'https://parlor.test' },
    ...(allowGuests === undefined ? {} : { ALLOW_GUESTS: String(allowGuests) }),
    ...Object.fromEntries(made),
  }
  const sources = { env, dotenv: null, json: null, cwd: tmpdir(), developmentSecret: () => secret }
  const { config } = readConfig(sources, featureSettings)
  const bound = (row: LimitRow) => bounds?.get(row) ?? config.limits.bound(row)
  return { ...config, limits: { ...config.limits, bound }, keys: { ...config.keys, ...(jwt ? { jwt } : {}) } }
}

/** All features of the server, called through the real pipeline, with a fake clock. */
export async function createWorld(given: AnyDatabase, options: WorldOptions = {}) {
  const { db, settled } = watchAsked(given)
  const { confirmed, passwords = quickPasswords(), reads, more = [] } = options
  const { clock, timers, advance, step } = manualTime()
  const readQueue = freeReadQueue(reads)
  const metrics = createMetrics(metricsOf(features))
  const memory = options.bus ?? createMemoryBus<RoomMessages>()
  const bus: RoomBus = {
    ...memory,
    room: {
      ...memory.room,
      subscribe(...given) {
        const inner = memory.room.subscribe(...given)
        return confirmed ? { confirmed, close: () => inner.close() } : inner
      },
    },
  }
  const onFailure = (error: unknown) => {
    if (!options.failures) throw error
    options.failures.push(error)
  }
  const list = [...features, ...more]
  const folder = mkdtempSync(join(tmpdir(), 'parlor-files-'))
  /** Stored rows that could not be read, once for each time they were read. */
  const unreadable: UnreadableRow[] = []
  const parts = {
    unreadable: (row: UnreadableRow) => void unreadable.push(row),
    ...{ db, bus, clock, timers, metrics, readQueue, passwords, onFailure },
    config: configOf(options),
    buckets: createLocalBuckets({ clock }),
    ...(options.files ?? (await openFiles(folder))),
    log: createLog({ level: 'silent', service: 'tests' }, { write: () => undefined }),
  }
  const inside = await composeInside(list, parts)
  const { engine, live, hooks } = inside
  const { actions, apiOf, forDoors } = inside.features
  const joined: { user: number; room: RoomRow }[] = []
  hooks.listen({ onMember: (user, room) => void joined.push({ user, room }) })
  await inside.features.start()
  const identity = apiOf(identityFeature)
  const rooms = apiOf(roomsFeature)
  const idempotency = apiOf(idempotencyFeature)
  const { buckets } = parts
  const limiter = createLimiter({ scaled: parts.config.limits.rate, callersOfAddress, buckets, clock })
  const pipelineOf = (keys: CreationKeys) =>
    createPipeline({
      keys,
      measure: mustBeAnnounced,
      monotonic: () => performance.now(),
      limiter: options.limited ? limiter : freeLimiter,
      readQueue,
      checkOutputs: true,
    })
  const call = pipelineOf(forDoors.keys)
  const doors = { actions, call, live, authenticate: forDoors.authenticateSocket, feed: forDoors.feed }
  /** Methods and paths of REST calls that were answered as retries of earlier ones. */
  const replays: string[] = []
  const restOf = (pipe: Pipe) => restDoor(actions, pipe, forDoors.authenticate, replays)

  return {
    ...{ db, engine, idempotency, identity, live, rooms, joined, actions, clock, timers, advance, step },
    ...{
      routes: inside.features.routes,
      jobs: inside.features.jobs,
      authenticate: forDoors.authenticate,
      isSigned: inside.isSigned,
    },
    ...{ replays, unreadable, roomOptions: roomOptionsOf(list) },
    /** Resolves when all work triggered so far is done and stored. */
    settled,
    rest: restOf(call),
    /** A REST call at another node, which does not know the calls under way on this one. */
    restElsewhere: restOf(pipelineOf(createIdempotency({ db, clock, secret }))),
    connect: (token: string | null = null, address = '192.0.2.1') => connect(doors, token, { address }),
    /** A socket that asks for the feed of its user's rooms. */
    connectFeed: (token: string | null) => connect(doors, token, { address: '192.0.2.1', asksFeed: true }),
    async [Symbol.asyncDispose]() {
      await inside.features.stop()
      await live.stop()
      await engine.drain()
      await inside.features.close()
      await db.close()
      metrics.stop()
      if (!options.files) parts.media.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export type Guest = { id: string; token: string; name: string }

export async function signIn(world: World, name: string): Promise<Guest> {
  const { status, body } = await world.rest('POST', '/api/auth/guest', { body: { name } })
  if (status !== 201) throw new Error(`Signing in answered ${status}`)
  return { id: body.user.id, token: body.access_token, name }
}

export async function createRoom(world: World, host: Guest, fields: object = {}): Promise<Answer> {
  const { status, body } = await world.rest('POST', '/api/rooms', {
    token: host.token,
    body: { name: 'A room', ...fields },
  })
  if (status !== 201) throw new Error(`Making a room answered ${status}: ${JSON.stringify(body)}`)
  return body
}

/** Sets the server up, with these choices: the first administrator. */
export async function registerAdministrator(world: World, choices: object = {}): Promise<Guest> {
  const token = createSetupTokens({ current: secret, previous: [] }).issue(world.clock.now())
  const account = { email: 'admin@example.org', username: 'Admin', password: 'an unusual password' }
  const open = { server_name: 'Parlor', registration: 'open', guests: true, lobby: true }
  const { status, body } = await world.rest('POST', '/api/setup', { body: { token, ...account, ...open, ...choices } })
  if (status !== 201) throw new Error(`The setup answered ${status}: ${JSON.stringify(body)}`)
  return { id: body.user.id, token: body.access_token, name: 'Admin' }
}
