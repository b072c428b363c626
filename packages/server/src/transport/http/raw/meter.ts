import type { AnyCaller } from '../../../core/caller.ts'
import type { Timers } from '../../../core/clock.ts'
import type { BytesName } from '../../../core/rate.ts'

/**
 * Charges the bytes of a stream to its caller as they pass. A budget in debt holds the stream back until it has refilled:
 * who sends or fetches large files becomes slower and is not refused half-way.
 */
export type Meter = {
  /** So many bytes pass. A promise: they may pass once it resolves; it rejects when the signal is aborted. */
  pass(bytes: number): Promise<void> | null
}

export type MeterDeps = {
  limiter: {
    charge(name: BytesName, caller: AnyCaller, bytes: number): void
    isInDebt(name: BytesName, caller: AnyCaller): boolean
  }
  timers: Timers
}

/** Ms after which a stream that is held back looks at its budget again. */
const lookEvery = 100

export function createMeter(
  name: BytesName,
  caller: AnyCaller,
  signal: AbortSignal,
  { limiter, timers }: MeterDeps,
): Meter {
  async function refilled(): Promise<void> {
    while (limiter.isInDebt(name, caller)) {
      signal.throwIfAborted()
      await new Promise<void>((resolve) => timers.after(lookEvery, resolve))
    }
  }
  return {
    pass(bytes) {
      limiter.charge(name, caller, bytes)
      return limiter.isInDebt(name, caller) ? refilled() : null
    },
  }
}
