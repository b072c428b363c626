import { systemClock, systemTimers } from '../clock.ts'
import { createReadQueue, type Reader, type ReadPermit, type ReadQueue } from '../fairness/read-queue.ts'

const nobody: Reader = {
  key: '',
  address: '',
  atOnce: 1,
  isBehind: () => false,
  whenDrained: () => undefined,
  isGone: () => false,
  hearsRefusals: true,
}

/** For tests that check what is read, not when. */
export const freeReadQueue = (atOnce = 10_000): ReadQueue =>
  createReadQueue({ clock: systemClock, timers: systemTimers, limits: { atOnce } })

/** A turn for a test that calls the engine's reads directly. */
export const permit: ReadPermit = await freeReadQueue().take(nobody, (taken) => taken)

/** For tests that do not check budgets. */
export const freeLimiter = { take() {}, charge() {}, spend: () => true, isInDebt: () => false }
