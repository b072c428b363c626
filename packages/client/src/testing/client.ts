import { manualTime } from '../../../server/src/core/testing/manual-time.ts'
import type { Time } from '../time.ts'

/** Manual time; its random numbers are always the middle of the range. */
export function stillTime(): { time: Time; advance(ms: number): void; now(): number } {
  const { clock, timers, advance } = manualTime()
  return { time: { now: clock.now, after: timers.after, random: () => 0.5 }, advance, now: clock.now }
}

/** Runs all pending microtasks and immediates. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
