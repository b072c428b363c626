import { getHeapStatistics } from 'node:v8'
import { type Clock, systemClock, systemTimers, type Timers } from './core/clock.ts'
import { createTurns } from './core/turns/turns.ts'
import type { Config } from './config.ts'
import { createDoors } from './doors.ts'
import { createCalls } from './features/calls/calls.ts'
import { callActions } from './features/calls/contract.ts'
import { claimProjector, createIdempotency, idempotencyMigrations } from './features/idempotency/idempotency.ts'
import { createIdentity, identityMigrations } from './features/identity/identity.ts'
import {
  createMessages,
  messageEvents,
  messageHistory,
  messageMigrations,
  messageProjector,
} from './features/messages/messages.ts'
import { identityActions, identityEphemerals } from './features/identity/contract.ts'
import { messageActions, messageEphemerals, messageSent } from './features/messages/contract.ts'
import { opsActions, opsEphemerals } from './features/ops/contract.ts'
import { createOps } from './features/ops/ops.ts'
import { roomActions, roomEphemerals, roomLogEvents, roomRecords } from './features/rooms/contract.ts'
import {
  createRooms,
  isModerator,
  directoryProjector,
  outsiderProjector,
  roomProfileMigrations,
  roomProjector,
} from './features/rooms/rooms.ts'
import type { Bus } from './platform/bus/bus.ts'
import { createPlatform } from './platform/create-platform.ts'
import type { Log } from './platform/log/log.ts'
import { createPasswords } from './platform/passwords/passwords.ts'
import { createMetrics } from './platform/metrics/metrics.ts'
import { roomEvents } from './room/contract.ts'
import { createEncoder } from './room/encode.ts'
import { createRoomEngine } from './room/engine.ts'
import { createLive, type Live } from './room/live/live.ts'
import { roomMigrations } from './room/sql/tables.ts'
import type { RoomBatch } from './room/types.ts'
import type { WireContracts } from './transport/docs/asyncapi.ts'
import { protocol } from './transport/wire.ts'

/** The log, and what tests hand in to see several servers in one process, or time that they move themselves. */
export type ServerParts = {
  log: Log
  /** Lines that the log has dropped so far. */
  linesDropped?: () => number
  clock?: Clock
  timers?: Timers
  /** Shared by the servers of one test; absent: a bus of its own. */
  bus?: Bus<RoomBatch>
  /** The disk failed: nothing more can be stored, the process should end. */
  onDiskFailure?: (error: Error) => void
}

export type Server = {
  /** Opens the database and listens; resolves with the port. */
  start(): Promise<{ port: number }>
  /** Refuses what is new, lets what runs end (bounded in time), and closes everything. */
  stop(): Promise<void>
}

/** All that the wire says, from every feature: what the documents and the wire's hash are made of. */
export const wireContracts: WireContracts = {
  actions: Object.entries({ ...identityActions, ...roomActions, ...messageActions, ...callActions, ...opsActions }).map(
    ([name, contract]) => ({ name, contract }),
  ),
  events: [...roomEvents, ...roomLogEvents, ...messageEvents],
  records: roomRecords,
  ephemerals: [...identityEphemerals, ...roomEphemerals, ...messageEphemerals, ...opsEphemerals],
}

/** How often expired bodies and old tombstones are pruned. */
const pruneEvery = 3_600_000

/** The composition root: everything is made here and handed what it needs; one block a feature. */
export function createServer(config: Config, warnings: readonly string[], parts: ServerParts): Server {
  const { log, clock = systemClock, timers = systemTimers } = parts
  let running: { stop(): Promise<void> } | null = null

  return {
    async start() {
      for (const warning of warnings) log.warn(warning)
      const server = await compose(config, { ...parts, clock, timers })
      running = server
      log.info({ port: server.port, database: config.database.kind }, 'listening')
      return { port: server.port }
    },
    async stop() {
      const server = running
      running = null
      if (!server) return
      log.info('stopping')
      await server.stop()
      log.info('stopped')
    },
  }
}

type Given = ServerParts & { clock: Clock; timers: Timers }

async function compose(config: Config, given: Given) {
  // What was opened is closed in the opposite order: when the server stops, or when the start fails half-way.
  await using opened = new AsyncDisposableStack()
  const { log, clock, timers } = given
  const { limits } = config
  const quarterOfHeap = getHeapStatistics().heap_size_limit / 4
  const metrics = createMetrics()
  opened.defer(() => metrics.stop())
  metrics.follow('parlor_log_dropped_total', given.linesDropped ?? (() => 0))
  const onFailure = (error: unknown) =>
    log.error({ err: error }, 'something failed behind the scenes; it is tried again')

  const { lock, db, bus, buckets } = await createPlatform<RoomBatch>({
    dataDir: config.dataDir,
    database: config.database,
    connections: config.databaseConnections,
    migrations: [
      ...roomMigrations,
      ...idempotencyMigrations,
      ...identityMigrations,
      ...roomProfileMigrations,
      ...messageMigrations,
    ],
    clock,
    bus: given.bus ?? null,
    log,
    metrics,
    onDiskFailure(error) {
      log.fatal({ err: error }, 'the disk failed: nothing more is stored, and the process must be started again')
      given.onDiskFailure?.(error)
    },
  })

  opened.defer(() => lock.release())
  opened.defer(() => db.close())

  const engine = createRoomEngine({
    db,
    clock,
    projectors: [claimProjector, roomProjector, outsiderProjector, directoryProjector, messageProjector],
    history: messageHistory,
    onCommit(batch) {
      bus.publish(batch)
      rooms.onCommit(batch)
    },
    limits: {
      pendingCalls: limits.roomPendingCalls,
      eventBytes: limits.eventBodyBytes,
      recordBytes: limits.recordBytes,
      records: limits.roomRecords,
      recordsBytes: limits.roomRecordBytes,
    },
    metrics,
  })

  const turns = createTurns({ clock, timers, isTight: (address) => live.isTight(address) })
  const passwords = createPasswords()
  const identity = createIdentity({
    db,
    clock,
    keys: config.keys,
    allowGuests: config.allowGuests,
    protocol,
    timers,
    passwords,
    attempts: {
      byCaller: (key) => buckets.take('password', key, limits.rates.password),
      byAccount: (key) => buckets.take('password_account', key, limits.rates.password_account),
      byDevice: (key) => buckets.take('password_device', key, limits.rates.password_device),
    },
    connections: {
      own: (...args) => live.own(...args),
      owner: (id) => live.owner(id),
      become: (...args) => live.become(...args),
      moveSession: (...args) => live.moveSession(...args),
      cutSessions: (ids) => live.cutSessions(ids),
    },
    onProfile: (user, profile) => void rooms.profileChanged(user, profile).catch(onFailure),
    onDelete: (user) => rooms.userDeleted(user),
    onFailure,
  })
  const encoder = createEncoder({
    events: wireContracts.events,
    records: wireContracts.records,
    people: identity.people,
  })
  const live: Live = createLive({
    engine,
    bus,
    encoder,
    clock,
    timers,
    metrics,
    isModerator,
    onFailure,
    onPresence: (...told) => rooms.onPresence(...told),
    onEvent: (...told) => rooms.onEvent(...told),
    limits: {
      attachedPerRoom: limits.roomAttached,
      roomsPerConnection: limits.connectionRooms,
      clientBytes: Math.min(limits.clientBytes, quarterOfHeap),
      ringBytes: Math.min(limits.ringBytes, quarterOfHeap),
    },
  })

  const rooms = createRooms({
    db,
    engine,
    live,
    encoder,
    identity,
    clock,
    timers,
    turns,
    hashing: passwords.behind,
    buckets,
    keys: config.keys.secret,
    publicUrl: config.publicUrl,
    limits,
    onMember: (user, room) => doors.streams.follow(user, room),
    onFailure,
  })
  await identity.prepare()
  opened.defer(identity.follow())
  const idempotency = createIdempotency({ db, clock, secret: config.keys.secret.current })
  const messages = createMessages({ db, engine, live, encoder, identity, rooms })
  const calls = createCalls({
    ...{ clock, identity, rooms },
    secret: config.keys.jwt.current,
    allowGuests: config.allowGuests,
    providers: callProviders(config),
  })
  const ops = createOps({ clock, live })

  const lobby = await rooms.openLobby()
  const doors = createDoors({
    ...{ config, clock, timers, log, metrics, buckets, turns, live },
    actions: [...identity.actions, ...rooms.actions, ...messages.actions, ...calls.actions, ...ops.actions],
    wire: wireContracts,
    keys: idempotency,
    authenticate: identity.authenticate,
    authenticateSocket: identity.authenticateSocket,
    lobby: () => ({ room: lobby, event: messageSent.wire(lobby.kind) }),
    publicRoomName: rooms.publicName,
    streamedRooms: {
      lobby: () => engine.find(lobby.id),
      ofUser: (user, limit) => engine.roomsOf(user, limit),
      readable: rooms.readable,
    },
    checks: [{ name: 'database', required: true, run: () => mustAnswer(db) }],
  })

  opened.defer(() => engine.drain())
  opened.defer(() => doors.stopRequests())
  opened.defer(() => live.stop())
  opened.defer(() => rooms.stop())
  opened.defer(() => doors.stopConnections())
  const port = await doors.open()
  const prune = () => Promise.all([engine.prune(), idempotency.prune(), identity.prune()])
  opened.defer(every(pruneEvery, timers, () => void prune().catch(onFailure)))
  opened.defer(() => doors.drain())

  const closing = opened.move()
  return { port, stop: () => closing.disposeAsync() }
}

const callProviders = (config: Config) => ({
  twilio: {
    TWILIO_ACCOUNT_SID: config.twilioAccountSid,
    TWILIO_API_KEY: config.twilioApiKey,
    TWILIO_API_SECRET: config.twilioApiSecret,
    TWILIO_REGION: config.twilioRegion,
  },
  livekit: { LIVEKIT_API_KEY: config.livekitApiKey, LIVEKIT_API_SECRET: config.livekitApiSecret },
})

async function mustAnswer(db: { alive(): Promise<boolean> }): Promise<void> {
  if (!(await db.alive())) throw new Error('the database does not answer')
}

/** Runs at every interval until it is called off. */
function every(ms: number, timers: Timers, run: () => void): () => void {
  let cancel = timers.after(ms, again)
  function again() {
    run()
    cancel = timers.after(ms, again)
  }
  return () => cancel()
}
