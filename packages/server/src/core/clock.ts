/** Where time comes from. Tests hand in one that they move by hand. */
export type Clock = {
  /** Milliseconds since 1970, for what people see and what is stored. */
  now(): number
  /** Milliseconds on a clock that never jumps, for leases, limits and timeouts. */
  monotonic(): number
}

export const systemClock: Clock = { now: Date.now, monotonic: () => performance.now() }
