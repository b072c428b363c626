import type { Clock, Timers } from '../../../core/clock.ts'

/** Ms for which one timer runs at most: longer ones overflow, and the clock may be set meanwhile. */
const longest = 3_600_000

/** Calls back when the keys in use on this node expire: their connections must end then. One timer for all of them. */
export function createExpiry({
  clock,
  timers,
  onExpired,
}: {
  clock: Clock
  timers: Timers
  onExpired: (ids: readonly string[]) => void
}) {
  const ends = new Map<string, number>()
  let next = Number.POSITIVE_INFINITY
  let cancel = () => {}

  function look(): void {
    const now = clock.now()
    const expired = [...ends].flatMap(([id, at]) => (at <= now ? [id] : []))
    for (const id of expired) ends.delete(id)
    next = Number.POSITIVE_INFINITY
    for (const at of ends.values()) wait(at)
    if (expired.length > 0) onExpired(expired)
  }

  function wait(at: number): void {
    if (at >= next) return
    next = at
    cancel()
    cancel = timers.after(Math.min(Math.max(0, at - clock.now()), longest), look)
  }

  return {
    /** A key that ends at `at`, in ms since 1970, came into use. */
    add(id: string, at: number): void {
      ends.set(id, at)
      wait(at)
    },
    /** The key was revoked. */
    remove: (id: string): void => void ends.delete(id),
    stop: () => cancel(),
  }
}
