import type { Clock, Timers } from '../../../core/clock.ts'
import type { Change, SessionStore } from './store.ts'

/** Ms between two looks: what changes on one node is known on all within a second (rule T6). */
const lookEvery = 500
/** Ms for which numbers before the last one are looked for: PostgreSQL hands them out before it commits. */
const lateFor = 10_000
/** Numbers before the first look that are looked at, for the same reason. */
const firstLook = 100
const pageSize = 1_000

export type Changes = {
  /** Reads what is new and has it applied; resolves when that is done, and never rejects: it is tried again. */
  look(): Promise<void>
  /** Looks at once and from then on; answers what stops it. */
  follow(): () => Promise<void>
}

export type ChangesDeps = {
  store: Pick<SessionStore, 'changesAfter' | 'lastChange'>
  clock: Clock
  timers: Timers
  /** Each change once, in order; again when it rejects. */
  apply: (changes: readonly Change[]) => Promise<void>
  onFailure: (error: unknown) => void
}

/** Reads the numbered rows that any node leaves in the database: which sessions ended, whose profile changed. */
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
      // Two looks a second at a database that is away are worth one line.
      if (!failing) onFailure(error)
      failing = true
    } finally {
      looking = null
    }
  }

  function look(): Promise<void> {
    // What is asked for now may have been written behind what is being read.
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
