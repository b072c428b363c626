import type { Clock, Timers } from '../../../core/clock.ts'
import type { RoomFacts } from '../../../core/contract.ts'
import type { Alive, DirectoryStore } from './store.ts'

/** Ms: how soon it is written that a room is alive, and how often again of one that stays so. */
const times = { soon: 5_000, again: 60_000 }
/** Ms that a doubling of the people present is worth; more than `mostPeople` are worth no more. */
const doubling = 2 * 3_600_000
const mostPeople = 1_024

/** The time by which a room ranks that has so many people now; in one in which nobody is, something happened (rule DR1). */
export const aliveAt = (now: number, people: number): number =>
  now + (people === 0 ? -doubling : Math.floor(doubling * Math.log2(Math.min(people, mostPeople))))

export type Directory = {
  /** Someone became present on this node, or is not any more. */
  onPresence(room: RoomFacts, user: number, present: boolean): void
  /** Something happened in the room. */
  onActivity(room: number): void
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>
}

export type DirectoryDeps = {
  directory: DirectoryStore
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * Says which rooms are alive, for the list of public ones. Each node says it of those who are present on it, and the
 * table keeps the highest: so a crowd that is spread over nodes counts as its largest part.
 */
export function createDirectory({ directory, clock, timers, onFailure }: DirectoryDeps): Directory {
  const people = new Map<number, number>()
  const dirty = new Set<number>()
  /** What was written of each room; forgotten when it is old. */
  const written = new Map<number, { at: number; people: number }>()
  let cancelSoon: (() => void) | null = null
  let cancelAgain: (() => void) | null = null
  let writing: Promise<void> | null = null
  let isClosed = false

  function touch(room: number): void {
    if (isClosed) return
    dirty.add(room)
    writeSoon()
  }

  /** One write at a time: while the database is slow what is news gathers for the next. */
  function writeSoon(): void {
    if (writing !== null || isClosed) return
    cancelSoon ??= timers.after(times.soon, () => {
      cancelSoon = null
      writing = write().finally(() => {
        writing = null
        if (dirty.size > 0) writeSoon()
      })
    })
  }

  /** Those who stay are said to be there again, as long as there are any. */
  function sayAgain(): void {
    cancelAgain ??= timers.after(times.again, () => {
      cancelAgain = null
      for (const room of people.keys()) touch(room)
      if (people.size > 0) sayAgain()
    })
  }

  function isNews(room: number, now: number): boolean {
    const before = written.get(room)
    return !before || now - before.at >= times.again || (people.get(room) ?? 0) > before.people
  }

  async function write(): Promise<void> {
    const now = clock.now()
    for (const [room, { at }] of written) if (now - at >= times.again) written.delete(room)
    const alive: Alive[] = []
    for (const room of dirty) {
      if (!isNews(room, now)) continue
      const count = people.get(room) ?? 0
      written.set(room, { at: now, people: count })
      alive.push({ room, alive: aliveAt(now, count) })
    }
    dirty.clear()
    await directory.alive(alive, now).catch((error) => {
      // It is said again in a minute of rooms that are alive still.
      if (!isClosed) onFailure(error)
    })
  }

  return {
    onPresence({ num }, _user, present) {
      const count = (people.get(num) ?? 0) + (present ? 1 : -1)
      if (count > 0) people.set(num, count)
      else people.delete(num)
      if (!present) return
      touch(num)
      sayAgain()
    },
    onActivity: touch,
    async close() {
      isClosed = true
      cancelSoon?.()
      cancelAgain?.()
      people.clear()
      await writing
    },
  }
}
