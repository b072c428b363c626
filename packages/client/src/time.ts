/** What of time and chance the client uses; tests hand in their own. */
export type Time = {
  /** Ms of the clock. */
  now(): number
  /** Runs it once, so many ms later; answers how to cancel. */
  after(ms: number, run: () => void): () => void
  /** From 0 to below 1. */
  random(): number
}

/** The longest that a browser's timer takes at once is 2^31 - 1 ms. */
export const longestWait = 2 ** 31 - 1

export const realTime: Time = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, ms), longestWait))
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/** A random part of a pause that doubles with each attempt from 0 on, so that many who failed together do not come back together. */
export function backoff({ random }: Pick<Time, 'random'>, attempt: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 30)) * (0.5 + random() / 2)
}
