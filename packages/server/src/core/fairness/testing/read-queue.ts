import { AppError } from '../../error.ts'
import { manualTime } from '../../testing/manual-time.ts'
import { createReadQueue, type Reader, type ReadQueueLimits } from '../read-queue.ts'

/** Turns with an event loop, a clock and readers that the test controls. */
export function openReadQueue(limits: Partial<ReadQueueLimits> = {}) {
  const { clock, timers, advance } = manualTime()
  let due: (() => void)[] = []
  let tight = new Set<string>()
  const readQueue = createReadQueue({
    clock,
    timers,
    soon: (run) => void due.push(run),
    settled: (run) => run(),
    isTight: (address) => tight.has(address),
    limits,
  })
  const began: string[] = []
  const ends = new Map<string, () => void>()
  return {
    readQueue,
    advance,
    began,
    setTight: (...addresses: string[]) => void (tight = new Set(addresses)),
    /** A read that lasts until the test ends it by name; `ms` is the time for which it blocks the event loop. */
    take(reader: Reader, name: string, ms = 0): Promise<string> {
      return readQueue.take(reader, () => {
        began.push(name)
        advance(ms)
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
      })
    },
    async end(...names: string[]) {
      for (const name of names) ends.get(name)?.()
      await Promise.resolve()
      for (let n = 0; n < 5; n += 1) await Promise.resolve()
    },
    /** Runs the next turn of the event loop; false: nothing is scheduled. */
    loop(): boolean {
      const runs = due
      due = []
      for (const run of runs) run()
      return runs.length > 0
    },
  }
}

export function reader(key: string, address = key, atOnce = 1) {
  const state = { behind: false, gone: false, drained: [] as (() => void)[] }
  const made: Reader = {
    ...{ key, address, atOnce },
    isBehind: () => state.behind,
    whenDrained: (run) => void state.drained.push(run),
    isGone: () => state.gone,
    hearsRefusals: false,
  }
  return Object.assign(made, {
    leave: () => void (state.gone = true),
    fallBehind: () => void (state.behind = true),
    drain() {
      state.behind = false
      for (const run of state.drained.splice(0)) run()
    },
    asked: () => state.drained.length,
  })
}

export const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => 'passed',
    (error) => (error instanceof AppError ? error.code : 'thrown'),
  )
