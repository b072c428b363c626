import type { Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import { readStored, type TellUnreadable } from '../../core/stored.ts'
import type { JobContext, JobHandler, JobOutcome, JobRun } from './contract.ts'
import type { Taken } from './store.ts'

/** Ms that an aborted handler may take to end (rule JB9). */
const graceMs = 5_000

/** How a run ended, before it is stored. `unreadable`: its payload cannot be read (rule JB8). */
export type Ended =
  | { kind: 'outcome'; outcome: JobOutcome }
  | { kind: 'threw'; error: unknown }
  | { kind: 'unreadable' }
  /** Its workers died as often as it may fail. */
  | { kind: 'worn out' }

export type Running = {
  readonly taken: Taken
  readonly handler: JobHandler
  readonly run: JobRun
  /** `settled`: its commit has settled it (rule JB3). */
  settled: boolean
  abort(reason: string): void
  readonly ended: Promise<Ended>
}

export type RunDeps = {
  timers: Timers
  unreadable: TellUnreadable
  onProgress: (running: Running, done: number, total: number | null) => void
}

const runOf = ({ id, run }: Taken, { type }: JobHandler): JobRun => ({
  ...{ id, run, shown: type.audience !== 'nobody' },
})

/** Runs one job; `ended` never rejects. */
export function startRun(taken: Taken, handler: JobHandler, deps: RunDeps): Running {
  const { type } = handler
  const abort = new AbortController()
  const running: Running = {
    taken,
    handler,
    run: runOf(taken, handler),
    settled: false,
    abort: (reason) => abort.abort(new Error(reason)),
    // Not before `running` is there.
    ended: Promise.resolve().then(start),
  }
  return running

  async function start(): Promise<Ended> {
    if (taken.failures >= type.attempts && type.every_ms === undefined) return { kind: 'worn out' }
    const payload = readStored({ v: type.v, schema: type.payload, upcast: type.upcast }, taken.v, taken.payload)
    if (!payload.ok) {
      deps.unreadable({ kind: 'job', row: `${taken.name} ${taken.id}`, why: payload.why })
      return { kind: 'unreadable' }
    }
    const context: JobContext = {
      ...{ id: taken.id, run: running.run, room: taken.room, user: taken.of_user, failures: taken.failures },
      signal: abort.signal,
      progress: (done, total) => deps.onProgress(running, done, total),
    }
    const tooLate = bounded(type.timeout_ms)
    try {
      const outcome = await Promise.race([handler.run(payload.value, context), tooLate.rejects])
      return { kind: 'outcome', outcome: outcome ?? { kind: 'done' } }
    } catch (error) {
      return { kind: 'threw', error }
    } finally {
      tooLate.cancel()
    }
  }

  /** Aborts at the time-out; rejects when an aborted handler has not ended by the end of its grace. */
  function bounded(ms: number) {
    const { promise, reject } = Promise.withResolvers<never>()
    let cancel = deps.timers.after(ms, () => running.abort(`The job took longer than ${ms} ms`))
    abort.signal.addEventListener('abort', () => {
      cancel()
      cancel = deps.timers.after(graceMs, () => reject(new AppError('timeout', { cause: abort.signal.reason })))
    })
    return { rejects: promise, cancel: () => cancel() }
  }
}
