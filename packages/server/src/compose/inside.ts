import { getHeapStatistics } from 'node:v8'
import type { Clock, Timers } from '../core/clock.ts'
import type { TellUnreadable } from '../core/stored.ts'
import { linkPurpose } from '../core/link.ts'
import { createSigner, type Signer } from '../core/sign.ts'
import { createReadQueue, type ReadQueue } from '../core/fairness/read-queue.ts'
import type { Config } from '../config.ts'
import type { Feature } from '../features/feature.ts'
import { createHooks, type Hooks } from '../features/hooks.ts'
import type { Platform } from '../features/platform.ts'
import { createJobs, handle, jobMigrations } from '../platform/jobs/jobs.ts'
import type { LocalBuckets } from '../platform/limiter/limiter.ts'
import type { Blobs } from '../platform/files/files.ts'
import type { Media } from '../platform/media/media.ts'
import type { Log } from '../platform/log/log.ts'
import type { Metrics } from '../platform/metrics/metrics.ts'
import { costIn, createPasswords, type PasswordQueue } from '../platform/passwords/passwords.ts'
import { createEncoder } from '../room/encode.ts'
import { createRoomEngine, type RoomEngineDeps } from '../room/engine.ts'
import { createLive, type Live } from '../room/live/live.ts'
import { createProfiles } from '../room/people.ts'
import { pruneRooms } from '../room/jobs.ts'
import { roomMigrations } from '../room/sql/tables.ts'
import type { RoomBus, RoomEngine } from '../room/types.ts'
import type { WireContracts } from '../transport/docs/asyncapi.ts'
import { eventNamesOf } from '../transport/docs/event-names.ts'
import { protocol } from '../transport/wire.ts'
import { boundsOf, contractsOf, eachContract, engineSource, ownFieldsOf, roomOptionsOf, slotsOf } from './declared.ts'
import { type MadeFeatures, makeFeatures } from './make-features.ts'
import { documentedEngineLimits } from '../room/limits.ts'

export type InsideParts = {
  config: Config
  db: RoomEngineDeps['db']
  bus: RoomBus
  buckets: LocalBuckets
  blobs: Blobs
  media: Media
  clock: Clock
  timers: Timers
  log: Log
  metrics: Metrics
  /** Called for stored rows that cannot be read. */
  unreadable: TellUnreadable
  onFailure: (error: unknown) => void
  /** Tests use queues of their own. */
  passwords?: PasswordQueue
  readQueue?: ReadQueue
}

/** Everything behind the doors. */
export type Inside = {
  engine: RoomEngine
  live: Live
  readQueue: ReadQueue
  hooks: Hooks
  wire: WireContracts
  isSigned: Signer['isSigned']
  features: MadeFeatures
}

/** The migrations of the engine, of jobs and of these features. */
export const migrationsOf = (list: readonly Feature<unknown>[]) => [
  ...roomMigrations,
  ...jobMigrations,
  ...list.flatMap(({ migrations = [] }) => migrations),
]

/**
 * The room engine, its live side and the features, each created from parts that exist already: nothing here needs a part that is
 * created later; later parts are reached by hooks.
 */
export async function composeInside(list: readonly Feature<unknown>[], parts: InsideParts): Promise<Inside> {
  const { config, db, bus, clock, timers, metrics, onFailure } = parts
  const quarterOfHeap = getHeapStatistics().heap_size_limit / 4
  const hooks = createHooks(onFailure)
  const people = createProfiles(engineSource(list, 'profiles')(db, parts.unreadable))
  const loaders = Object.fromEntries(list.flatMap((feature) => Object.entries(feature.loaders?.(db) ?? {})))
  const { sign, isSigned } = createSigner(config.keys.secret, linkPurpose)
  const contracts = eachContract(list)
  const wire = contractsOf(list, contracts)
  const encoder = createEncoder({ ...wire, people, clock, sign, loaders, unreadable: parts.unreadable })
  const { jobs, commits, ...worker } = createJobs({ ...parts })
  const engine = createRoomEngine({
    db,
    clock,
    metrics,
    projectors: list.flatMap(({ projectors = [] }) => projectors),
    history: engineSource(list, 'history'),
    jobs: commits,
    isModerator: engineSource(list, 'isModerator'),
    onCommit(batch) {
      bus.room.publish(batch.room.num, batch)
      hooks.tell.onCommit(batch)
    },
  })
  const live = createLive({
    ...{ engine, bus, encoder, clock, timers, metrics, onFailure },
    slots: slotsOf(list),
    isModerator: engineSource(list, 'isModerator'),
    onPresence: hooks.tell.onPresence,
    onAttached: hooks.tell.onAttached,
    onDetached: hooks.tell.onDetached,
    onClosed: hooks.tell.onConnectionClosed,
    onViewChanged: hooks.tell.onViewChanged,
    onEvent: hooks.tell.onRoomEvent,
    limits: {
      clientBytes: Math.min(documentedEngineLimits.clientBytes.value, quarterOfHeap),
      ringBytes: Math.min(documentedEngineLimits.ringBytes.value, quarterOfHeap),
      presenceBytes: Math.min(documentedEngineLimits.presenceBytes.value, quarterOfHeap),
    },
  })
  const readQueue = parts.readQueue ?? createReadQueue({ clock, timers, isTight: live.isTight })
  const passwords = parts.passwords ?? createPasswords({ cost: costIn(config.env) })
  const platform: Platform = {
    ...{
      db,
      engine,
      jobs,
      live,
      encoder,
      sign,
      people,
      clock,
      timers,
      readQueue,
      passwords,
      metrics,
      config,
      protocol,
      onFailure,
    },
    ...{
      buckets: parts.buckets,
      blobs: parts.blobs,
      media: parts.media,
      log: parts.log,
      unreadable: parts.unreadable,
      roomOptions: roomOptionsOf(list),
    },
    slots: slotsOf(list),
    ownFields: ownFieldsOf(list),
    bounds: boundsOf(list),
    eventNames: eventNamesOf(wire),
    activity: bus.activity,
    tell: hooks.tell,
  }
  const features = await makeFeatures(list, platform, hooks.listen, contracts)
  const handlers = [...features.jobs, handle(pruneRooms, async () => void (await engine.prune()))]
  return {
    ...{ engine, live, readQueue, hooks, wire, isSigned },
    features: {
      ...features,
      async start() {
        await features.start()
        await worker.start(handlers)
      },
      async stop() {
        await worker.stop()
        await features.stop()
      },
    },
  }
}
