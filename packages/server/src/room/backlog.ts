import type { Draining } from './drain.ts'
import { waitingLimit } from './sink.ts'

/** Ms for which what was summed up stands, unless more than the limit has been added since. */
const freshness = 5

export type Backlog = {
  /** The connection was given so many bytes of its own to write. */
  added(connection: Draining, bytes: number): void
  /** Whether so much waits that nothing more is read for anyone. */
  isTight(): boolean
  /** Bytes of their own that wait for connections; those with less than 64 KiB are not counted. */
  total(): number
}

/**
 * What this process holds for its clients alone: replies and events that they have not taken. Over `limit` bytes the
 * connections that hold the most are cut; over three quarters of it nothing is read for anyone (rule L8).
 */
export function createBacklog(deps: {
  limit: number
  monotonic: () => number
  cut: (connection: Draining) => void
}): Backlog {
  const { limit, monotonic, cut } = deps
  /** Those that held more than 64 KiB when they were last looked at. */
  const heavy = new Set<Draining>()
  let summed = { at: Number.NEGATIVE_INFINITY, bytes: 0 }

  function sum(): number {
    let bytes = 0
    for (const connection of heavy) {
      const own = connection.sink.own()
      if (own > waitingLimit) bytes += own
      else heavy.delete(connection)
    }
    summed = { at: monotonic(), bytes }
    return bytes
  }

  const total = () => (heavy.size === 0 ? 0 : monotonic() - summed.at < freshness ? summed.bytes : sum())

  /** Those that are closing and still hold what their clients do not take go first. */
  function cutLargest(): void {
    while (sum() > limit) {
      const weight = ({ closed, sink }: Draining) => (closed ? Number.POSITIVE_INFINITY : sink.own())
      const [largest] = [...heavy].toSorted((one, other) => (weight(other) > weight(one) ? 1 : -1))
      if (!largest) return
      heavy.delete(largest)
      if (!largest.closed) cut(largest)
      largest.sink.drop()
    }
  }

  return {
    added(connection, bytes) {
      if (!heavy.has(connection)) {
        if (connection.sink.own() <= waitingLimit) return
        heavy.add(connection)
      }
      summed.bytes += bytes
      if (summed.bytes > limit) cutLargest()
    },
    isTight: () => total() > limit * 0.75,
    total,
  }
}
