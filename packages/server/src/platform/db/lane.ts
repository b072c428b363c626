import type { Clock, Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'

/** Work of one kind: so much of it at once, the rest in line, for a bounded time. */
export type Lane = {
  /** Runs it when it is its turn. Rejects `room_busy` when too many wait, or when it waited too long. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** How many wait. */
  waiting(): number
  /** Refuses all who wait. */
  refuse(error: AppError): void
}

export type LaneOptions = {
  /** How many run at once. */
  places: number
  /** How many wait at most, and for how long. */
  line: number
  waitMs: number
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  /** One was refused because of this lane. */
  onBusy?: () => void
}

type Waiter = { until: number; resolve: () => void; reject: (error: AppError) => void }

/** First come, first served. All wait equally long at most, so the first in line is the first whose time is up. */
export function createLane({ places, line, waitMs, clock, timers, onBusy }: LaneOptions): Lane {
  const waiters: Waiter[] = []
  let free = places
  let cancel: (() => void) | null = null

  function busy(): AppError {
    onBusy?.()
    return new AppError('room_busy', { text: 'The server is busy; try again in a moment' })
  }

  function place(): Promise<void> {
    if (waiters.length >= line) throw busy()
    return new Promise((resolve, reject) => {
      waiters.push({ until: clock.monotonic() + waitMs, resolve, reject })
      cancel ??= timers.after(waitMs, expire)
    })
  }

  function expire() {
    const now = clock.monotonic()
    cancel = null
    for (let [first] = waiters; first !== undefined && first.until <= now; [first] = waiters) {
      waiters.shift()
      first.reject(busy())
    }
    const [next] = waiters
    if (next !== undefined) cancel = timers.after(next.until - now, expire)
  }

  /** The place goes to who waits, not through `free`, so that nobody overtakes. */
  function leave() {
    const next = waiters.shift()
    if (next === undefined) free++
    else next.resolve()
  }

  return {
    async run(work) {
      if (free > 0) free--
      else await place()
      try {
        return await work()
      } finally {
        leave()
      }
    },
    waiting: () => waiters.length,
    refuse(error) {
      for (const { reject } of waiters.splice(0)) reject(error)
    },
  }
}
