import type { Clock, Timers } from '../../core/clock.ts'
import { newId } from '../../core/id.ts'
import type { TellUnreadable } from '../../core/stored.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { JobHandler, JobRun } from './contract.ts'
import { createLeaseKeeper } from './lease-keeper.ts'
import { jobMetrics } from './metrics.ts'
import { transitionOf } from './outcome.ts'
import { createProgress } from './progress.ts'
import { type Ended, type Running, startRun } from './run.ts'
import type { Capacity, JobStore, Taken } from './store.ts'

/** Jobs that a process runs at once (rule JB9). */
const jobsAtOnce = 64
/** Ms. `stop`: how long a stopping node waits for its jobs. `resting`: for how long a job that was handed back is not taken here. */
const times = { stop: 3_000, resting: 2_000, afterFailure: 1_000, afterOthers: 20 }
/** Ms between two looks for jobs that this node was not told of (rule JB10). */
const pollMs = 500
/** Ms by which a clock must have been set for recurring jobs to be looked at again. */
const clockStep = 500

export type WorkerDeps = {
  store: JobStore
  clock: Clock
  timers: Timers
  log: Pick<Log, 'error' | 'warn'>
  metrics: Pick<Metrics, 'count' | 'gauge' | 'observe'>
  unreadable: TellUnreadable
  random: () => number
  onFailure: (error: unknown) => void
  /** A job that someone sees has changed. */
  changed: (job_id: string) => void
  /** A clock was set. */
  clockSet: () => Promise<void>
}

/** Takes due jobs and runs them, up to the bounds of each type and of the process. */
export function createWorker(deps: WorkerDeps) {
  const { store, clock, timers, metrics, onFailure } = deps
  const me = newId()
  const handlers = new Map<string, JobHandler>()
  const running = new Map<string, Running>()
  /** Jobs that were handed back, with the monotonic time from which this node may take them again. */
  const resting = new Map<string, number>()
  const leases = createLeaseKeeper({ ...{ me, running, store, clock, timers, onFailure }, released: look })
  const progress = createProgress({ store, clock, timers, onFailure, changed: deps.changed })
  let isStopped = true
  let looking: Promise<void> | null = null
  let lookAgain = false
  /** What fails every second is reported once. */
  let isFailing = false
  let cancelLook = () => {}
  let lookAt = Number.POSITIVE_INFINITY
  /** Wall clock minus monotonic clock: it changes when the clock is set. */
  let offset = clock.now() - clock.monotonic()
  let late = 0
  metrics.gauge(jobMetrics.parlor_jobs_running, () => running.size)
  metrics.gauge(jobMetrics.parlor_jobs_late_seconds, () => late / 1000)

  /** Looks in so many ms at the latest. */
  function schedule(ms: number): void {
    const wait = Math.max(0, ms)
    const at = clock.monotonic() + wait
    if (isStopped || at >= lookAt) return
    cancelLook()
    lookAt = at
    cancelLook = timers.after(wait, look)
  }

  /** One look at a time; what is asked for meanwhile is one look more. */
  function look(): void {
    if (isStopped) return
    cancelLook()
    lookAt = Number.POSITIVE_INFINITY
    lookAgain = looking !== null
    looking ??= lookOnce()
  }

  async function lookOnce(): Promise<void> {
    let next = times.afterFailure
    try {
      next = await takeDue()
      isFailing = false
    } catch (error) {
      if (!isStopped && !isFailing) onFailure(error)
      isFailing = true
    }
    looking = null
    if (lookAgain) look()
    else schedule(next)
  }

  /** Takes what is due while there is room; answers in how many ms to look again. */
  async function takeDue(): Promise<number> {
    await followClock()
    for (let isBehind = false; ; ) {
      const { types, most } = capacity()
      // When a job ends, it is looked again.
      if (isStopped || types.length === 0) return pollMs
      const except = rested()
      const names = types.map(({ name }) => name)
      if (!isBehind) {
        const due = await store.firstDue(names, except)
        const now = clock.now()
        late = due === null ? 0 : Math.max(0, now - due)
        if (due === null || due > now) return due === null ? pollMs : Math.min(pollMs, due - now)
        if (isStopped) return pollMs
      }
      const taken = await store.take(me, clock.now(), types, most, except)
      for (const each of taken) begin(each)
      if (taken.length === 0 && !isBehind) return times.afterOthers
      // Then more is due, most likely.
      isBehind = taken.length === most
    }
  }

  /** Types that have room, and how many jobs may be taken in all (rule JB9). */
  function capacity(): { types: Capacity; most: number } {
    const busy = new Map<string, number>()
    for (const { taken } of running.values()) busy.set(taken.name, (busy.get(taken.name) ?? 0) + 1)
    const types = [...handlers.values()].flatMap(({ type: { name, concurrency } }) => {
      const most = concurrency - (busy.get(name) ?? 0)
      return most > 0 ? [{ name, most }] : []
    })
    const free = jobsAtOnce - running.size
    if (free > 0) return { types, most: free }
    const unserved = types.flatMap(({ name }) => (busy.has(name) ? [] : [{ name, most: 1 }]))
    return { types: unserved, most: unserved.length }
  }

  function rested(): string[] {
    const now = clock.monotonic()
    for (const [id, until] of resting) if (until <= now) resting.delete(id)
    return [...resting.keys()]
  }

  async function followClock(): Promise<void> {
    const now = clock.now() - clock.monotonic()
    if (Math.abs(now - offset) < clockStep) return
    await deps.clockSet()
    offset = now
  }

  function begin(taken: Taken): void {
    const handler = handlers.get(taken.name)
    if (!handler) return
    const started = clock.monotonic()
    const run = startRun(taken, handler, { timers, unreadable: deps.unreadable, onProgress: progress.tell })
    running.set(taken.id, run)
    if (isStopped) run.abort('The server stops')
    if (run.run.shown) deps.changed(taken.id)
    void run.ended
      .then((ended) => end(run, ended))
      .catch((error: unknown) => {
        // The lease keeper finds the job, of which the table says that it still runs.
        if (!isStopped) onFailure(error)
      })
      .finally(() => {
        metrics.observe(jobMetrics.parlor_job_seconds, (clock.monotonic() - started) / 1000, { job: taken.name })
        progress.forget(run)
        if (running.get(taken.id) === run) running.delete(taken.id)
        look()
      })
  }

  async function end(run: Running, ended: Ended): Promise<void> {
    if (!run.settled) await progress.flush(run)
    const outcome = run.settled ? 'done' : await storeEnd(run, ended)
    metrics.count(jobMetrics.parlor_jobs_total, { job: run.taken.name, outcome })
    if (run.run.shown) deps.changed(run.taken.id)
  }

  /** Stores how the run ended; answers the outcome that is counted. */
  async function storeEnd(run: Running, ended: Ended): Promise<string> {
    const { type } = run.handler
    const job = { job: type.name, job_id: run.taken.id, failures: run.taken.failures }
    // Given back with all others.
    if (isStopped && ended.kind === 'threw') return 'stopped'
    const transition = transitionOf(type, run.taken, ended, clock.now(), deps.random())
    switch (transition.kind) {
      case 'done':
        if (!run.run.shown) {
          await store.settle(run.run, clock.now())
          return 'done'
        }
        return (await store.end(run.run, { state: 'done', error: null, result: transition.result }, clock.now()))
          ? 'done'
          : 'lost'
      case 'move':
        if (transition.why === 'elsewhere') resting.set(run.taken.id, clock.monotonic() + times.resting)
        if (!(await store.move(run.run, transition.move))) return 'lost'
        if (ended.kind === 'threw') deps.log.warn({ ...job, err: ended.error }, 'a job failed; it is tried again')
        return transition.why === 'recurs' ? 'done' : transition.why
      case 'dead':
        if (!(await store.end(run.run, { state: 'failed', error: transition.error, result: null }, clock.now())))
          return 'lost'
        deps.log.error({ ...job, ...(ended.kind === 'threw' && { err: ended.error }) }, 'a job failed for good')
        return 'dead'
    }
  }

  return {
    /** Begins to take jobs of these types. */
    start(all: readonly JobHandler[]): void {
      for (const handler of all) handlers.set(handler.type.name, handler)
      isStopped = false
      leases.start()
      look()
    },
    /** A job was stored that is due at this time (ms since 1970). */
    wake(due_at: number): void {
      const wait = due_at - clock.now()
      if (wait > 0) schedule(wait)
      else look()
    },
    /** A commit has settled this run. */
    settled({ id, run }: JobRun): void {
      const found = running.get(id)
      if (found?.run.run === run) found.settled = true
    },
    /** Finds out now which jobs of this node are lost. */
    check: leases.check,
    /** Rule JB11. */
    async stop(): Promise<void> {
      if (isStopped) return
      isStopped = true
      cancelLook()
      await leases.stop()
      await looking
      const ending = [...running.values()].map((run) => {
        run.abort('The server stops')
        return run.ended
      })
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const cancel = timers.after(times.stop, resolve)
      await Promise.race([Promise.all(ending), late])
      cancel()
      await store.giveBack(me, clock.now())
    },
  }
}
