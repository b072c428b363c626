import type { Clock, Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'

/** Limits the concurrency of one kind of work; further calls wait in a bounded queue for a bounded time. */
export type Lane = {
  /** Runs the work when a place is free. Rejects `room_busy` when the queue is full or the call waited too long. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** The number of waiting calls. */
  waiting(): number
  /** Rejects all waiting calls. */
  refuse(error: AppError): void
}

export type LaneOptions = {
  /** How many calls run at the same time. */
  places: number
  /** How many calls may wait, and how long. */
  line: number
  waitMs: number
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  /** Called for each call that was refused because of this lane. */
  onBusy?: () => void
}

type Waiter = { until: number; resolve: () => void; reject: (error: AppError) => void }

/** First in, first out. All calls wait equally long at most, so the first in the queue is the first to time out. */
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

  /** Gives the place directly to the next call, not through `free`, so that no newer call overtakes it. */
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
