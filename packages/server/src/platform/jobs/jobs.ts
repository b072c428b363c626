import { z } from 'zod'
import type { Clock, Timers } from '../../core/clock.ts'
import { newId } from '../../core/id.ts'
import type { TellUnreadable } from '../../core/stored.ts'
import type { Query } from '../db/database.ts'
import type { AnyDatabase } from '../db/open-database.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { defineJob, handle, type JobAudience, type JobHandler, type JobView, type NewJob } from './contract.ts'
import { createJobStatements, jobRow, type JobWrite } from './statements.ts'
import { createJobStore } from './store.ts'
import { createWorker } from './worker.ts'

export * from './contract.ts'
export { jobMetrics } from './metrics.ts'
export { createJobStatements, type JobWrite, jobRow } from './statements.ts'
export { jobMigrations, jobsOfRows } from './tables.ts'

const day = 86_400_000
/** Ms for which ended jobs are kept (rules JB7, JB15). */
const kept = { failed: 30 * day, done: 7 * day, cancelled: 7 * day }

/** Deletes ended jobs that are kept no longer. */
const pruneJob = defineJob({
  name: 'jobs.prune',
  summary: 'Deletes jobs that ended long ago.',
  payload: z.object({}),
  every_ms: 3_600_000,
})

/** What features use of jobs. */
export type Jobs = {
  /** Stores a job in a transaction of its own. `at`: when it is due (ms since 1970; absent: now); `room`: the num of its room. */
  enqueue(job: NewJob, options?: { at?: number; room?: number }): Promise<void>
  /**
   * Sets a timer of a room in a transaction of its own, as the op of a commit does it. `keep`: one that is set for an earlier
   * time stays (rule JB2).
   */
  schedule(job: NewJob, timer: { room: number; key: string; at: number; keep: boolean }): Promise<void>
  /**
   * A statement that stores the job, for a feature's own transaction (rule JB1). `when`: only if this query has a row. Call
   * `wake` after the transaction, so that the job runs at once.
   */
  statement(job: NewJob, options?: { at?: number; room?: number; when?: Query }): Query
  wake(): void
  /** Null: there is none, or it is kept no longer. */
  view(job_id: string): Promise<JobView | null>
  /** Cancels the job unless it has ended (rule JB15); answers it as it is then. */
  cancel(job_id: string): Promise<JobView | null>
  /** Who sees jobs of this type; of one that this release does not know, nobody. */
  audienceOf(name: string): JobAudience
  /** Called on the node that runs a job when its progress or state has changed; only for jobs that someone sees. */
  follow(listener: (job: JobView) => void): void
}

/** What the room engine tells of its commits. */
export type JobsOfCommits = {
  /** These changes were committed and are durable. */
  committed(writes: readonly JobWrite[]): void
}

export type JobsDeps = {
  db: AnyDatabase
  clock: Clock
  timers: Timers
  log: Pick<Log, 'error' | 'warn'>
  metrics: Pick<Metrics, 'count' | 'gauge' | 'observe'>
  /** Called for stored payloads that cannot be read. */
  unreadable: TellUnreadable
  /** Reports a failure of background work that will be retried. */
  onFailure: (error: unknown) => void
  /** From 0 to before 1; tests replace it. */
  random?: () => number
}

export type JobQueue = {
  jobs: Jobs
  commits: JobsOfCommits
  /** Begins to run jobs of these types. */
  start(handlers: readonly JobHandler[]): Promise<void>
  /** Takes no more jobs and gives back those that do not end in time (rule JB11). */
  stop(): Promise<void>
}

/** The table of jobs and a worker of this process on it. */
export function createJobs(deps: JobsDeps): JobQueue {
  const { db, clock, onFailure } = deps
  const store = createJobStore(db)
  const statements = createJobStatements(db.dialect)
  const listeners: ((job: JobView) => void)[] = []
  let recurring: readonly JobHandler[] = []
  const audiences = new Map<string, JobAudience>()
  const worker = createWorker({
    ...{ ...deps, store, changed, clockSet: recur },
    random: deps.random ?? Math.random,
  })

  function changed(job_id: string): void {
    const tell = async () => {
      const view = await store.view(job_id)
      if (view) for (const listener of listeners) listener(view)
    }
    if (listeners.length > 0) tell().catch(onFailure)
  }

  /** Rules JB13 and JB14. */
  async function recur(): Promise<void> {
    const now = clock.now()
    for (const { type } of recurring) {
      const { every_ms = 0 } = type
      const job: NewJob = { id: newId(), type, payload: {}, user: 0 }
      await store.recur({ ...jobRow(job, 0, null, now + every_ms), key: 'recurring' }, now)
    }
  }

  const prune = handle(pruneJob, async () => {
    const now = clock.now()
    const ended = (['failed', 'done', 'cancelled'] as const).map((state) => ({ state, before: now - kept[state] }))
    await store.prune(ended, now - day)
  })

  const jobs: Jobs = {
    async enqueue(job, { at = clock.now(), room = 0 } = {}) {
      await store.put(jobRow(job, room, null, at), false, clock.now())
      worker.wake(at)
    },
    async schedule(job, { room, key, at, keep }) {
      await store.put(jobRow(job, room, key, at), keep, clock.now())
      worker.wake(at)
    },
    statement(job, { at = clock.now(), room = 0, when } = {}) {
      const row = jobRow(job, room, null, at)
      if (when) return statements.putWhen(row, when, clock.now())
      const [query] = statements.write({ kind: 'put', row, keep: false }, clock.now())
      if (!query) throw new Error('A job without a key is stored by one statement')
      return query
    },
    wake: () => worker.wake(clock.now()),
    view: store.view,
    async cancel(job_id) {
      await store.cancel(job_id, clock.now())
      await worker.check()
      changed(job_id)
      return store.view(job_id)
    },
    audienceOf: (name) => audiences.get(name) ?? 'nobody',
    follow: (listener) => void listeners.push(listener),
  }

  return {
    jobs,
    commits: {
      committed(writes) {
        for (const write of writes) {
          if (write.kind === 'put') worker.wake(write.row.due_at)
          else if (write.kind === 'settle') worker.settled(write.run)
        }
      },
    },
    async start(handlers) {
      const all = [...handlers, prune]
      recurring = all.filter(({ type }) => type.every_ms !== undefined)
      for (const { type } of all) audiences.set(type.name, type.audience)
      await recur()
      worker.start(all)
    },
    stop: worker.stop,
  }
}
