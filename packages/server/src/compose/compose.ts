import { type Clock, systemClock, systemTimers, type Timers } from '../core/clock.ts'
import type { Config } from '../config.ts'
import { createDoors } from '../doors.ts'
import type { Feature } from '../features/feature.ts'
import { openDrivers } from '../platform/open-drivers.ts'
import type { Log } from '../platform/log/log.ts'
import { createMetrics } from '../platform/metrics/metrics.ts'
import { createUnreadableRows } from '../platform/unreadable/unreadable.ts'
import type { RoomBus, RoomMessages } from '../room/types.ts'
import { metricsOf } from './declared.ts'
import { composeInside, migrationsOf } from './inside.ts'
import { platformMetrics } from '../platform/metrics/metrics.ts'

/** The log, and the parts that tests replace to run several servers in one process or to control time. */
export type ServerParts = {
  log: Log
  /** Lines that the log has dropped so far. */
  linesDropped?: () => number
  clock?: Clock
  timers?: Timers
  /** Shared by the servers of one test; absent: a bus of its own. */
  bus?: RoomBus
  /** The disk failed: nothing more can be stored, the process should end. */
  onDiskFailure?: (error: Error) => void
}

/** The whole server: platform, room engine, features and doors, which listen when this resolves. */
export async function compose(config: Config, list: readonly Feature<unknown>[], given: ServerParts) {
  // What was opened is closed in the opposite order: when the server stops, or when the start fails half-way.
  await using opened = new AsyncDisposableStack()
  const { log, clock = systemClock, timers = systemTimers } = given
  const metrics = createMetrics(metricsOf(list))
  opened.defer(() => metrics.stop())
  metrics.follow(platformMetrics.parlor_log_dropped_total, given.linesDropped ?? (() => 0))
  const onFailure = (error: unknown) => log.error({ err: error }, 'a background task failed; it is retried')

  const unreadable = createUnreadableRows({ log, metrics, clock })

  const { lock, db, bus, buckets, blobs, media } = await openDrivers<RoomMessages>({
    dataDir: config.dataDir,
    database: config.database,
    connections: config.databaseConnections,
    migrations: migrationsOf(list),
    clock,
    timers,
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
  opened.defer(() => media.close())

  const inside = { config, db, bus, buckets, blobs, media, clock, timers, log, metrics, onFailure }
  const shared = { ...inside, unreadable: unreadable.tell }
  const { engine, live, readQueue, hooks, wire, isSigned, features } = await composeInside(list, shared)
  opened.defer(() => features.close())
  opened.defer(() => engine.drain())
  const { readable, lobby, ...forDoors } = features.forDoors
  const doors = createDoors({
    ...{ config, clock, timers, log, metrics, buckets, readQueue, live, lobby },
    ...forDoors,
    actions: features.actions,
    routes: features.routes,
    wire,
    isSigned,
    streamedRooms: {
      lobby: async () => {
        const heard = lobby()
        return heard && engine.find(heard.room.id)
      },
      ofUser: (user, limit) => engine.roomsOf(user, limit),
      readable,
    },
    warning: unreadable.warning,
    checks: [{ name: 'database', required: true, run: () => mustAnswer(db) }, ...features.checks],
  })
  hooks.listen({ onMember: doors.streams.follow, onViewChanged: doors.streams.renew })
  opened.defer(() => doors.stopRequests())
  opened.defer(() => live.stop())
  opened.defer(() => features.stop())
  opened.defer(() => doors.stopConnections())
  await features.start()
  const port = await doors.open()
  opened.defer(() => doors.drain())

  const closing = opened.move()
  return { port, stop: () => closing.disposeAsync() }
}

async function mustAnswer(db: { alive(): Promise<boolean> }): Promise<void> {
  if (!(await db.alive())) throw new Error('the database does not answer')
}
