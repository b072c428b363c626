import { constants } from 'node:os'
import type { Clock, Timers } from '../core/clock.ts'

/** Ms from the first signal to the end of the process, even if something hangs: Docker kills after 10 s. */
export const stopGrace = 9_000
/** Ms in which a second signal counts as the same one, because a terminal and npm both pass it on. A later one ends the process at once. */
export const sameSignal = 1_000

export type StopDeps = {
  /** Lets running work end, and closes everything. */
  stop: () => Promise<void>
  /** Ends the process. */
  leave: (status: number) => unknown
  onFailure: (error: unknown, words: string) => void
  clock: Clock
  timers: Timers
}

export type Stop = {
  /** The server has started: signals stop it in order. Before, a signal just ends the process. */
  started(): void
  signal(name: NodeJS.Signals): void
}

/** What signals do (rules END1 and END2 of platform/log/README.md): the first stops the server in order, a later one ends the process at once. */
export function createStop({ stop, leave, onFailure, clock, timers }: StopDeps): Stop {
  let isStarted = false
  let since: number | null = null

  async function inOrder() {
    timers.after(stopGrace, () => {
      onFailure(null, `the server did not stop within ${stopGrace / 1000} s: the process exits without closing it`)
      leave(1)
    })
    try {
      await stop()
      leave(0)
    } catch (error) {
      onFailure(error, 'the server did not stop in order')
      leave(1)
    }
  }

  return {
    started() {
      isStarted = true
    },
    signal(name) {
      const now = clock.monotonic()
      if (!isStarted || (since !== null && now - since >= sameSignal)) return void leave(128 + constants.signals[name])
      if (since !== null) return
      since = now
      void inOrder()
    },
  }
}
