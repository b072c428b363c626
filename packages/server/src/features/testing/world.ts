import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { featureSettings, metricsOf } from '../../compose/declared.ts'
import { composeInside, migrationsOf } from '../../compose/inside.ts'
import { readConfig } from '../../config.ts'
import { type Action, type CallContext, createPipeline, type CreationKeys } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import type { HttpRoute, SocketEvent } from '../../core/contract.ts'
import { AppError, definedError, errorBody } from '../../core/error.ts'
import { toJson } from '../../core/json.ts'
import type { UnreadableRow } from '../../core/stored.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { freeLimiter, freeTurns } from '../../core/testing/manual-turn.ts'
import { makeWellFormed } from '../../core/text/well-formed.ts'
import type { Bus } from '../../platform/bus/bus.ts'
import { createMemoryBus } from '../../platform/bus/memory.ts'
import { type AnyDatabase, openDatabase } from '../../platform/db/open-database.ts'
import { createLocalBuckets } from '../../platform/limiter/local.ts'
import { createLog } from '../../platform/log/log.ts'
import { createMetrics } from '../../platform/metrics/metrics.ts'
import type { PasswordQueue } from '../../platform/passwords/passwords.ts'
import type { Live } from '../../room/live/live.ts'
import type { RoomBatch, RoomRow } from '../../room/types.ts'
import { alwaysPossible } from '../../transport/docs/openapi.ts'
import type { ProviderSettings } from '../calls/tokens.ts'
import { idempotencyFeature } from '../idempotency/feature.ts'
import { createIdempotency } from '../idempotency/idempotency.ts'
import { identityFeature } from '../identity/feature.ts'
import { roomOptionsOf } from '../../compose/declared.ts'
import type { DoorSources, Feature } from '../feature.ts'
import { features } from '../list.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { watchAsked } from './settled.ts'

/** Untyped JSON of an answer: tests assert on its fields. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = any

export const secret = 'a-secret-of-the-tests-that-is-long-enough'
const migrations = migrationsOf(features)

/** Gives each test of a feature a new, empty database. */
export type Backend = { open(): Promise<AnyDatabase>; stop(): Promise<void> }

export function onSqlite(): Backend {
  const folder = mkdtempSync(join(tmpdir(), 'parlor-features-'))
  let made = 0
  const onFailure = (error: Error) => {
    throw error
  }
  return {
    open: () =>
      openDatabase({ target: { kind: 'sqlite', file: join(folder, `${++made}`, 'x.db') }, migrations, onFailure }),
    stop: async () => rmSync(folder, { recursive: true }),
  }
}

export function onPostgres(): Backend {
  const server = sharedPostgres()
  return {
    async open() {
      const url = await (await server).createDatabase('features')
      return openDatabase({ target: { kind: 'postgres', url }, migrations, onFailure: () => undefined })
    },
    stop: async () => (await server).stop(),
  }
}

export const noProviders: ProviderSettings = {
  twilio: { TWILIO_ACCOUNT_SID: null, TWILIO_API_KEY: null, TWILIO_API_SECRET: null, TWILIO_REGION: null },
  livekit: { LIVEKIT_API_KEY: null, LIVEKIT_API_SECRET: null },
}

export type World = Awaited<ReturnType<typeof createWorld>>
export type WorldOptions = {
  allowGuests?: boolean
  jwt?: { current: string; previous: string[] }
  /** The subscription to rooms completes only once this resolves, as with a slow bus. */
  confirmed?: Promise<void>
  passwords?: PasswordQueue
  /** Reads under way at once in this process. */
  reads?: number
  providers?: ProviderSettings
  /** Features of the test, added after the server's. */
  more?: readonly Feature<unknown>[]
  /** Collects failures of background work; without it such a failure is thrown. */
  failures?: unknown[]
}

/** The settings of test servers, besides those that a test sets. */
function configOf({ allowGuests = true, jwt, providers = noProviders }: WorldOptions) {
  const { twilio, livekit } = providers
  const made = Object.entries({ ...twilio, ...livekit }).map(([name, value]) => [name, value ?? ''])
  const env = {
    ...{ SECRET_KEY: secret, JWT_SECRET_KEY: secret, PUBLIC_URL: 'https://parlor.test' },
    ...{ ALLOW_GUESTS: String(allowGuests), ...Object.fromEntries(made) },
  }
  const sources = { env, dotenv: null, json: null, cwd: tmpdir(), developmentSecret: () => secret }
  const { config } = readConfig(sources, featureSettings)
  return { ...config, keys: { ...config.keys, ...(jwt ? { jwt } : {}) } }
}

/** All features of the server, called through the real pipeline, with a fake clock. */
export async function createWorld(given: AnyDatabase, options: WorldOptions = {}) {
  const { db, settled } = watchAsked(given)
  const { confirmed, passwords, reads, more = [] } = options
  const { clock, timers, advance, step } = manualTime()
  const turns = freeTurns(reads)
  const metrics = createMetrics(metricsOf(features))
  const memory = createMemoryBus<RoomBatch>()
  const bus: Bus<RoomBatch> = {
    ...memory,
    subscribe: (...given) => ({ ...memory.subscribe(...given), ...(confirmed ? { confirmed } : {}) }),
  }
  const onFailure = (error: unknown) => {
    if (!options.failures) throw error
    options.failures.push(error)
  }
  const list = [...features, ...more]
  /** Stored rows that could not be read, once for each time they were read. */
  const unreadable: UnreadableRow[] = []
  const parts = {
    unreadable: (row: UnreadableRow) => void unreadable.push(row),
    ...{ db, bus, clock, timers, metrics, turns, onFailure },
    config: configOf(options),
    buckets: createLocalBuckets({ clock }),
    log: createLog({ level: 'silent', service: 'tests' }, { write: () => undefined }),
    ...(passwords ? { passwords } : {}),
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
  const pipelineOf = (keys: CreationKeys) =>
    createPipeline({
      keys,
      measure: mustBeAnnounced,
      monotonic: () => performance.now(),
      limiter: freeLimiter,
      turns,
      checkOutputs: true,
    })
  const call = pipelineOf(forDoors.keys)
  /** Methods and paths of REST calls that were answered as retries of earlier ones. */
  const replays: string[] = []
  const restOf = (pipe: Pipe) => restDoor(actions, pipe, forDoors.authenticate, replays)

  return {
    ...{ db, engine, idempotency, identity, live, rooms, joined, actions, clock, timers, advance, step },
    ...{ replays, unreadable, roomOptions: roomOptionsOf(list) },
    /** Resolves when all work triggered so far is done and stored. */
    settled,
    rest: restOf(call),
    /** A REST call at another node, which does not know the calls under way on this one. */
    restElsewhere: restOf(pipelineOf(createIdempotency({ db, clock, secret }))),
    connect: (token: string | null = null, address = '192.0.2.1') =>
      connect({ actions, call, live, authenticate: forDoors.authenticateSocket }, token, address),
    async [Symbol.asyncDispose]() {
      await inside.features.stop()
      await live.stop()
      await engine.drain()
      await inside.features.close()
      await db.close()
      metrics.stop()
    },
  }
}

/** Throws if a call answers a code that its contract, and so the documents, do not announce. */
function mustBeAnnounced({ name, contract }: Action, _: CallContext, code: string): void {
  const announced = [...contract.errors, ...alwaysPossible(contract, false)].map(
    (failure) => definedError(failure).code,
  )
  if (code === 'ok' || announced.includes(code)) return
  throw new Error(`${name} answers ${code}, which its contract does not announce`)
}

type Pipe = ReturnType<typeof createPipeline>
export type Request = { body?: object; token?: string | null; key?: string; address?: string }

/** The REST transport without HTTP. */
function restDoor(
  actions: readonly Action[],
  call: Pipe,
  authenticate: (token: string | null, address: string) => Caller | Promise<Caller>,
  replays: string[],
) {
  const doors = actions.flatMap((action) => (action.contract.http ?? []).map((door) => ({ action, door })))
  return async (method: string, address: string, request: Request = {}): Promise<{ status: number; body: Answer }> => {
    const { pathname, searchParams } = new URL(address, 'http://rest.test')
    const matches = doors.filter(({ door }) => door.method === method && paramsOf(door, pathname))
    const found = matches.find(({ door }) => door.path === pathname) ?? matches[0]
    if (!found) throw new Error(`No action at ${method} ${address}`)
    const { action, door } = found
    const input = asRead({ ...request.body, ...Object.fromEntries(searchParams), ...paramsOf(door, pathname) })
    const context: CallContext = {
      door: 'http',
      connection_id: null,
      ack: true,
      idempotency_key: request.key ?? null,
      replayed: () => void replays.push(`${method} ${address}`),
      trace_id: 'trace',
      bytes: 0,
      reader: null,
    }
    try {
      const caller = await authenticate(request.token ?? null, request.address ?? '192.0.2.1')
      const output = await call(action, door.accepts ?? action.contract.input, input, caller, context)
      return { status: door.status ?? 200, body: JSON.parse(toJson(output)) }
    } catch (thrown) {
      const error = expected(thrown)
      return { status: error.status, body: errorBody(error) }
    }
  }
}

/** Text as every transport passes it on (rule TX1). */
const asRead = <T>(input: T): T => makeWellFormed(structuredClone(input))

function paramsOf({ path }: HttpRoute, pathname: string): Record<string, string> | null {
  const [pattern, parts] = [path.split('/'), pathname.split('/')]
  if (pattern.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (const [index, name] of pattern.entries()) {
    const part = parts[index] ?? ''
    if (name.startsWith(':')) params[name.slice(1)] = decodeURIComponent(part)
    else if (name !== part) return null
  }
  return params
}

type SocketDoors = {
  actions: readonly Action[]
  call: Pipe
  live: Live
  authenticate: DoorSources['authenticateSocket']
}
export type Heard = { event: string; data: Answer }

/** The Socket.IO transport without sockets: one connection that records what it receives. */
async function connect({ actions, call, live, authenticate }: SocketDoors, token: string | null, address: string) {
  const { caller, connected } = await authenticate({ token }, address)
  const heard: Heard[] = []
  const push = (event: string, json: string) => void heard.push({ event, data: JSON.parse(json) })
  const { user, profile, session_id } = caller
  const id = live.open(
    {
      waiting: () => 0,
      own: () => 0,
      write: (range) => range.encoded((frames) => frames).forEach(({ event, json }) => push(event, json)),
      emit: push,
      flush: () => {},
      whenDrained: () => {},
      cut: () => {},
      drop: () => {},
    },
    { user, profile, session_id, address, present: true },
  )
  const doors = new Map(
    actions.flatMap((action) => (action.contract.socket ?? []).map((door) => [door.event, { action, door }])),
  )

  async function send(event: string, payload: unknown, ack: boolean): Promise<Answer> {
    const found: { action: Action; door: SocketEvent } | undefined = doors.get(event)
    if (!found) throw new Error(`No action for ${event}`)
    const owner = live.owner(id)
    const now = {
      ...caller,
      ...(owner?.user && owner.profile ? { ...owner, user: owner.user, profile: owner.profile } : {}),
    }
    const context: CallContext = {
      ...{ door: 'socket', connection_id: id, ack, idempotency_key: null, trace_id: 'trace' },
      ...{ bytes: 0, reader: live.reader(id) },
    }
    const schema = found.door.accepts ?? found.action.contract.input
    return JSON.parse(toJson(await call(found.action, schema, asRead(payload), now, context)))
  }

  return {
    id,
    caller,
    connected: connected as Answer,
    heard,
    /** Sends with an acknowledgement; rejects with the AppError that it would carry. */
    ask: (event: string, payload?: unknown) => send(event, payload, true),
    /** Sends without an acknowledgement. */
    tell: (event: string, payload?: unknown) => send(event, payload, false),
    /** The events received under this name, once all work under way is done. */
    async hears(event: string): Promise<Answer[]> {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      return heard.filter((each) => each.event === event).map(({ data }) => data)
    },
    /** Waits for the first event with this name. */
    async heardOf(event: string): Promise<Answer> {
      for (;;) {
        const found = heard.find((each) => each.event === event)
        if (found) return found.data
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    close: () => live.close(id),
  }
}

function expected(thrown: unknown): AppError {
  if (thrown instanceof AppError && thrown.code !== 'internal') return thrown
  throw thrown
}

/** The code that a call was refused with; `ok` when it passed. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error) => expected(error).code,
  )

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
