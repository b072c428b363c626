import type { Clock, Timers } from '../../../core/clock.ts'
import type { RoomFacts } from '../../../core/contract.ts'
import type { ActiveRoom, DirectoryStore } from './store.ts'

/** Ms: how soon a room's activity is written, and how often again while it stays active. */
const times = { soon: 5_000, again: 60_000 }
/** Ms of rank for each doubling of the users present; users above `mostPeople` do not count. */
const doubling = 2 * 3_600_000
const mostPeople = 1_024

/** The rank time of a room that is active now with so many users present; 0: activity while nobody is (rule DR1). */
export const aliveAt = (now: number, people: number): number =>
  now + (people === 0 ? -doubling : Math.floor(doubling * Math.log2(Math.min(people, mostPeople))))

export type Directory = {
  /** A user became present on this node, or is not present any more. */
  onPresence(room: RoomFacts, user: number, present: boolean): void
  /** An event was committed to the room. */
  onActivity(room: number): void
  /** Resolves when no write is under way any more. */
  close(): Promise<void>
}

export type DirectoryDeps = {
  directory: DirectoryStore
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * Writes which rooms are active, for the list of public rooms. Each node writes for the users present on it, and the
 * table keeps the highest rank: so a crowd spread over nodes counts as its largest part.
 */
export function createDirectory({ directory, clock, timers, onFailure }: DirectoryDeps): Directory {
  const people = new Map<number, number>()
  const dirty = new Set<number>()
  /** The last write for each room; dropped when it is old. */
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

  /** One write at a time: while the database is slow, new activity is collected for the next write. */
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

  /** Writes rooms again while users stay present in them. */
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
    const alive: ActiveRoom[] = []
    for (const room of dirty) {
      if (!isNews(room, now)) continue
      const count = people.get(room) ?? 0
      written.set(room, { at: now, people: count })
      alive.push({ room, alive: aliveAt(now, count) })
    }
    dirty.clear()
    await directory.alive(alive, now).catch((error) => {
      // Rooms that are still active are written again in a minute.
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
