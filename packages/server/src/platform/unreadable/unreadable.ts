import { createCache } from '../../core/collections/cache.ts'
import type { Clock } from '../../core/clock.ts'
import type { TellUnreadable } from '../../core/stored.ts'
import type { Log } from '../log/log.ts'
import { type Metrics, platformMetrics } from '../metrics/metrics.ts'

/** How many reported rows are remembered. */
const rowsKept = 10_000
/** Maximum log lines per minute. */
const linesPerMinute = 20
const minute = 60_000

export type UnreadableRows = {
  /** Counts the row and logs it, once per row (rule UR1). */
  tell: TellUnreadable
  /** A warning for the health report; null: every row met so far could be read (rule UR2). */
  warning(): string | null
}

export type UnreadableRowsDeps = {
  log: Pick<Log, 'error'>
  metrics: Pick<Metrics, 'count'>
  clock: Pick<Clock, 'monotonic'>
}

/** Reports stored rows that cannot be read. The same row is met again and again, and reported once. */
export function createUnreadableRows({ log, metrics, clock }: UnreadableRowsDeps): UnreadableRows {
  const told = createCache<string, true>(rowsKept)
  const found = new Map<string, number>()
  let begun = Number.NEGATIVE_INFINITY
  let lines = 0

  function mayLog(): boolean {
    const now = clock.monotonic()
    if (now - begun >= minute) [begun, lines] = [now, 0]
    lines += 1
    return lines <= linesPerMinute
  }

  return {
    tell({ kind, row, why }) {
      const name = `${kind} ${row}`
      if (told.has(name)) return
      told.set(name, true)
      found.set(kind, (found.get(kind) ?? 0) + 1)
      metrics.count(platformMetrics.parlor_unreadable_total, { kind })
      if (mayLog()) log.error({ kind, row, why }, 'a stored row cannot be read: it is taken as closed')
    },
    warning() {
      if (found.size === 0) return null
      const kinds = [...found].map(([kind, count]) => `${kind} ${count}`).join(', ')
      return `Stored rows could not be read and are taken as closed (${kinds}); the log names them`
    },
  }
}
