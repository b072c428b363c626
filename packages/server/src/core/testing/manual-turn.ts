import { systemClock, systemTimers } from '../clock.ts'
import { createTurns, type Reader, type Turn, type Turns } from '../turns/turns.ts'

const nobody: Reader = { key: '', address: '', atOnce: 1, isBehind: () => false, whenDrained: () => undefined }

/** For tests of what is read, not of when. */
export const freeTurns = (atOnce = 10_000): Turns =>
  createTurns({ clock: systemClock, timers: systemTimers, limits: { atOnce } })

/** The turn of a test that reads by itself. */
export const turn: Turn = await freeTurns().take(nobody, (taken) => taken)

/** For tests that are not about budgets. */
export const freeLimiter = { take() {}, charge() {}, isInDebt: () => false }
