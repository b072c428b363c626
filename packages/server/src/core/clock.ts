/** The source of time. Tests use one that they move by hand. */
export type Clock = {
  /** Milliseconds since 1970, for times that people see or that are stored. */
  now(): number
  /** Milliseconds on a clock that never jumps, for leases, limits and timeouts. */
  monotonic(): number
}

export const systemClock: Clock = { now: Date.now, monotonic: () => performance.now() }

/** Timers on a Clock's monotonic time. Each answers a function that cancels it. */
export type Timers = { after(ms: number, run: () => void): () => void }

/** Timers that do not keep the process alive. */
export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
}
