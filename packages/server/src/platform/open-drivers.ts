import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseWatch, Migration } from './db/database.ts'
import { type AnyDatabase, type DatabaseTarget, openDatabase } from './db/open-database.ts'
import { type FolderLock, lockFolder } from './db/sqlite/folder-lock.ts'
import { createDiskBlobs } from './files/disk-blobs.ts'
import type { Blobs } from './files/files.ts'
import { keepPrivate } from './files/private-files.ts'
import type { Bus, Messages } from './bus/bus.ts'
import { createMemoryBus } from './bus/memory.ts'
import type { Clock, Timers } from '../core/clock.ts'
import { createMediaProcess } from './media/media-process.ts'
import type { Media } from './media/media.ts'
import type { LocalBuckets } from './limiter/limiter.ts'
import { createLocalBuckets } from './limiter/local.ts'
import type { Log } from './log/log.ts'
import type { Metrics } from './metrics/metrics.ts'
import { platformMetrics } from './metrics/metrics.ts'

/** The drivers and services that the server uses, as the settings choose them. */
export type Drivers<M extends Messages> = {
  /** The lock of the data folder: one process per folder. Released last. */
  lock: FolderLock
  db: AnyDatabase
  bus: Bus<M>
  buckets: LocalBuckets
  /** What features store that is no row. */
  blobs: Blobs
  /** Looks at files in a process of its own, which it starts for the first one; close it. */
  media: Media
}

/**
 * The only place that chooses drivers. Rejects when a configured service does not answer: there is no silent fallback.
 * `bus` replaces the memory bus where several servers share one process.
 */
export async function openDrivers<M extends Messages>(options: {
  dataDir: string
  database: DatabaseTarget
  /** Maximum connections to PostgreSQL. */
  connections: number
  migrations: readonly Migration[]
  clock: Clock
  timers: Timers
  bus: Bus<M> | null
  onDiskFailure: (error: Error) => void
  log: Pick<Log, 'error' | 'warn' | 'info'>
  metrics: Pick<Metrics, 'gauge' | 'count'>
}): Promise<Drivers<M>> {
  const { dataDir, database: target, connections, migrations, clock, timers, onDiskFailure } = options
  const watch = watchDatabase(options)
  const onLocked = (folder: string) => keepPrivate(folder, (text) => options.log.warn(text))
  const lock = lockDataDir(dataDir, target, onLocked)
  try {
    return {
      lock,
      db: await openDatabase({ target, migrations, onFailure: onDiskFailure, watch, onLocked, connections }),
      bus: options.bus ?? createMemoryBus<M>(),
      buckets: createLocalBuckets({ clock }),
      blobs: await createDiskBlobs(join(dataDir, 'files')),
      media: createMediaProcess({ timers }),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** SQLite locks the folder of its file itself. */
function lockDataDir(dataDir: string, target: DatabaseTarget, onLocked: (folder: string) => void): FolderLock {
  if (target.kind === 'sqlite' && dirname(target.file) === dataDir) return { release: () => undefined }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = lockFolder(dataDir)
  onLocked(dataDir)
  return lock
}

/** Log lines and metrics from the database's events. */
function watchDatabase({
  log,
  metrics,
}: {
  log: Pick<Log, 'error' | 'warn' | 'info'>
  metrics: Pick<Metrics, 'gauge' | 'count'>
}): DatabaseWatch {
  return {
    walBytes: (ask) => metrics.gauge(platformMetrics.parlor_wal_bytes, ask),
    waiting: (lane, ask) => metrics.gauge(platformMetrics.parlor_database_waiting, ask, { lane }),
    busy: (lane) => metrics.count(platformMetrics.parlor_database_busy_total, { lane }),
    away(isAway) {
      metrics.gauge(platformMetrics.parlor_database_away, isAway ? 1 : 0)
      if (isAway) log.error('the database has stopped answering; calls are refused until it does')
      else log.info('the database answers again')
    },
    blocked({ isBlocked, walBytes, bound }) {
      const sizes = { wal_bytes: walBytes, refused_from: Math.floor(bound) }
      if (!isBlocked) log.info(sizes, 'the write-ahead log of the database starts over again')
      else log.warn(sizes, 'another process reads the database file and keeps its write-ahead log growing')
    },
  }
}
