import type { Clock, Timers } from '../../core/clock.ts'
import { leaseTimes, nothingObserved, observe } from './leases.ts'
import type { Running } from './run.ts'
import type { JobStore } from './store.ts'

export type LeaseKeeperDeps = {
  /** This worker. */
  me: string
  running: ReadonlyMap<string, Running>
  store: Pick<JobStore, 'held' | 'renew' | 'release' | 'move'>
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
  /** Jobs were released, which are due now. */
  released: () => void
}

/** Looks at all running jobs once a second: renews this worker's lease, finds its lost jobs and workers that are gone (rules JB5, JB6). */
export function createLeaseKeeper({ me, running, store, clock, timers, onFailure, released }: LeaseKeeperDeps) {
  let observed = nothingObserved
  let beat = 0
  let busySince: number | null = null
  let renewedAt = 0
  let lookedAt = clock.monotonic()
  /** Jobs that the table says this worker runs, and it does not: storing their end failed. */
  let orphans: ReadonlySet<string> = new Set()
  let checking: Promise<void> | null = null
  let cancel = () => {}
  let isStopped = false
  /** What fails every second is reported once. */
  let isFailing = false

  async function look(): Promise<void> {
    const before = new Map(running)
    const rows = await store.held()
    const now = clock.monotonic()
    lookedAt = now
    const mine = new Map(rows.filter(({ owner }) => owner === me).map((row) => [row.id, row]))
    for (const [id, run] of before) {
      if (mine.get(id)?.run !== run.run.run && running.get(id) === run && !run.settled) run.abort('The job was lost')
    }
    await renew(now)
    await releaseOrphans([...mine.values()].filter(({ id }) => !before.has(id) && !running.has(id)))
    const beats = new Map(rows.filter(({ owner }) => owner !== me).map(({ owner, beat: of }) => [owner, of]))
    const { known, gone } = observe(
      observed,
      [...beats].map(([owner, of]) => ({ owner, beat: of })),
      now,
    )
    observed = known
    for (const worker of gone) await store.release(worker, clock.now())
    if (gone.length > 0) released()
  }

  /** Most jobs end sooner, and a worker that has just begun is not missed yet. */
  async function renew(now: number): Promise<void> {
    busySince = running.size === 0 ? null : (busySince ?? now)
    if (busySince === null || now - Math.max(busySince, renewedAt) < leaseTimes.renew) return
    beat += 1
    await store.renew(me, beat, clock.now())
    renewedAt = now
  }

  /** In two looks, for a job that has just been taken or ended is one for a moment. */
  async function releaseOrphans(rows: readonly { id: string; run: number; failures: number }[]): Promise<void> {
    const named = rows.map((row) => ({ ...row, name: `${row.id} ${row.run}` }))
    for (const { id, run, failures } of named.filter(({ name }) => orphans.has(name))) {
      const move = { due_at: clock.now(), payload: null, failures: failures + 1, error: null }
      await store.move({ id, run, shown: false }, move)
      released()
    }
    orphans = new Set(named.map(({ name }) => name))
  }

  async function check(): Promise<void> {
    try {
      await look()
      isFailing = false
    } catch (error) {
      observed = nothingObserved
      // Others may have taken these jobs by now.
      if (clock.monotonic() - lookedAt > leaseTimes.silent)
        for (const run of running.values()) run.abort('The lease of this worker has ended')
      if (!isStopped && !isFailing) onFailure(error)
      isFailing = true
    }
  }

  const once = (): Promise<void> =>
    (checking ??= check().finally(() => {
      checking = null
    }))

  function again(): void {
    if (isStopped) return
    cancel = timers.after(leaseTimes.look, () => void once().then(again))
  }

  return {
    start(): void {
      isStopped = false
      void once().then(again)
    },
    /** Looks now. */
    check: once,
    async stop(): Promise<void> {
      isStopped = true
      cancel()
      await checking
    },
  }
}
