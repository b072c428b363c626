import { systemClock, systemTimers } from '../clock.ts'
import { createTurns, type Reader, type Turn, type Turns } from '../turns/turns.ts'

const nobody: Reader = {
  key: '',
  address: '',
  atOnce: 1,
  isBehind: () => false,
  whenDrained: () => undefined,
  hearsRefusals: true,
}

/** For tests that check what is read, not when. */
export const freeTurns = (atOnce = 10_000): Turns =>
  createTurns({ clock: systemClock, timers: systemTimers, limits: { atOnce } })

/** A turn for a test that calls the engine's reads directly. */
export const turn: Turn = await freeTurns().take(nobody, (taken) => taken)

/** For tests that do not check budgets. */
export const freeLimiter = { take() {}, charge() {}, isInDebt: () => false }
