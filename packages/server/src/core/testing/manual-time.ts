import type { Clock, Timers } from '../clock.ts'

/**
 * A clock and its timers for tests: time stands still until `advance` moves it and runs the due timers in order. `step`
 * sets only the wall clock, like someone who corrects it.
 */
export function manualTime(start = Date.UTC(2026, 0, 1)): {
  clock: Clock
  timers: Timers
  advance(ms: number): void
  step(ms: number): void
} {
  let elapsed = 0
  let stepped = 0
  let waiting: { due: number; run: () => void }[] = []
  const takeDue = (until: number) => {
    const next = waiting.reduce<(typeof waiting)[number] | undefined>(
      (first, timer) => (timer.due <= until && (first === undefined || timer.due < first.due) ? timer : first),
      undefined,
    )
    if (next) waiting = waiting.filter((timer) => timer !== next)
    return next
  }
  return {
    clock: { now: () => start + elapsed + stepped, monotonic: () => elapsed },
    timers: {
      after(ms, run) {
        const timer = { due: elapsed + ms, run }
        waiting.push(timer)
        return () => void (waiting = waiting.filter((other) => other !== timer))
      },
    },
    advance(ms) {
      const until = elapsed + ms
      for (let timer = takeDue(until); timer; timer = takeDue(until)) {
        elapsed = Math.max(elapsed, timer.due)
        timer.run()
      }
      elapsed = until
    },
    step: (ms) => void (stepped += ms),
  }
}
