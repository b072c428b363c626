/** The clock, timers and random numbers; tests replace them. */
export type Time = {
  /** The current time in ms. */
  now(): number
  /** Calls back once after so many ms; returns a function that cancels. */
  after(ms: number, run: () => void): () => void
  /** A random number from 0 to below 1. */
  random(): number
}

/** A browser's timer takes at most 2^31 - 1 ms. */
export const longestWait = 2 ** 31 - 1

export const realTime: Time = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), longestWait))
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/**
 * A random part of a pause that doubles with each attempt from 0 on, so that clients that failed together do not return
 * together.
 */
export function backoff({ random }: Pick<Time, 'random'>, attempt: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 30)) * (0.5 + random() / 2)
}
