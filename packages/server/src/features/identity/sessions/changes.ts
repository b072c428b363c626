import type { Clock, Timers } from '../../../core/clock.ts'
import type { SessionChange, SessionStore } from './store.ts'

/** Ms between two polls: a change on one node reaches all within a second (rule T6). */
const lookEvery = 500
/** Ms for which missing numbers below the last one are still expected: PostgreSQL assigns numbers before it commits. */
const lateFor = 10_000
/** Numbers below the current one that the first poll reads, for the same reason. */
const firstLook = 100
const pageSize = 1_000

export type Changes = {
  /** Reads new changes and applies them; resolves when that is done. Never rejects: a failure is retried. */
  look(): Promise<void>
  /** Polls at once and then regularly; returns a function that stops it. */
  follow(): () => Promise<void>
}

export type ChangesDeps = {
  store: Pick<SessionStore, 'changesAfter' | 'lastChange'>
  clock: Clock
  timers: Timers
  /** Called once for each change, in order; called again if it rejects. */
  apply: (changes: readonly SessionChange[]) => Promise<void>
  onFailure: (error: unknown) => void
}

/** Reads the numbered rows that nodes write: which sessions ended or moved, whose profile changed. */
export function createChanges({ store, clock, timers, apply, onFailure }: ChangesDeps): Changes {
  /** Numbers above the floor that were applied, and when. */
  const applied = new Map<number, number>()
  let floor: number | null = null
  let looking: Promise<void> | null = null
  let again = false
  let failing = false

  async function read(): Promise<void> {
    floor ??= Math.max(0, (await store.lastChange()) - firstLook)
    for (let after = floor, full = true; full; ) {
      const page = await store.changesAfter(after, pageSize)
      const fresh = page.filter(({ num }) => !applied.has(num))
      if (fresh.length > 0) await apply(fresh)
      for (const { num } of fresh) applied.set(num, clock.monotonic())
      after = page.at(-1)?.num ?? after
      full = page.length === pageSize
    }
    raiseFloor()
  }

  function raiseFloor(): void {
    const until = clock.monotonic() - lateFor
    for (const [num, at] of applied) if (at <= until) floor = Math.max(floor ?? 0, num)
    for (const num of applied.keys()) if (num <= (floor ?? 0)) applied.delete(num)
  }

  async function readAll(): Promise<void> {
    try {
      do {
        again = false
        await read()
      } while (again)
      failing = false
    } catch (error) {
      // Two failed polls a second of an unreachable database are logged once.
      if (!failing) onFailure(error)
      failing = true
    } finally {
      looking = null
    }
  }

  function look(): Promise<void> {
    // The caller's change may have been written after the poll under way read its rows.
    again = true
    looking ??= readAll()
    return looking
  }

  return {
    look,
    follow() {
      let stopped = false
      let cancel = () => {}
      const run = async () => {
        await look()
        if (!stopped) cancel = timers.after(lookEvery, () => void run())
      }
      void run()
      return async () => {
        stopped = true
        cancel()
        await looking
      }
    },
  }
}
