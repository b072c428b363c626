import type { Clock, Timers } from '../../core/clock.ts'
import type { Running } from './run.ts'
import type { JobStore } from './store.ts'

/** Ms between two times that a job's progress is stored (rule JB16). */
const between = 500

type Latest = { done: number; total: number | null; storedAt: number; cancel: (() => void) | null }

export type ProgressDeps = {
  store: Pick<JobStore, 'progress'>
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
  changed: (job_id: string) => void
}

/** Stores how far jobs are, the latest value at most twice a second; a job that is lost is aborted (rule JB6). */
export function createProgress({ store, clock, timers, onFailure, changed }: ProgressDeps) {
  const all = new Map<Running, Latest>()

  async function write(run: Running, latest: Latest): Promise<void> {
    latest.cancel = null
    latest.storedAt = clock.monotonic()
    if (!(await store.progress(run.run, latest.done, latest.total))) run.abort('The job was lost')
    else if (run.run.shown) changed(run.taken.id)
  }

  return {
    tell(run: Running, done: number, total: number | null): void {
      const latest = all.get(run) ?? { done, total, storedAt: Number.NEGATIVE_INFINITY, cancel: null }
      all.set(run, Object.assign(latest, { done, total }))
      const wait = Math.max(0, latest.storedAt + between - clock.monotonic())
      latest.cancel ??= timers.after(wait, () => void write(run, latest).catch(onFailure))
    },
    /** Stores what is not stored yet. */
    async flush(run: Running): Promise<void> {
      const latest = all.get(run)
      if (!latest?.cancel) return
      latest.cancel()
      await write(run, latest)
    },
    forget: (run: Running): void => {
      all.get(run)?.cancel?.()
      all.delete(run)
    },
  }
}
