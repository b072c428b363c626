import { LRUCache } from 'lru-cache'
import type { Clock } from '../../core/clock.ts'
import type { TellUnreadable } from '../../core/stored.ts'
import type { Log } from '../log/log.ts'
import { type Metrics, platformMetrics } from '../metrics/metrics.ts'

/** Rows that are remembered as told. */
const rowsKept = 10_000
/** Lines that the log has of them in a minute at most. */
const linesPerMinute = 20
const minute = 60_000

export type UnreadableRows = {
  /** Counts the row and logs it, once for each row (rule UR1). */
  tell: TellUnreadable
  /** What health says of them; null: all that was met could be read (rule UR2). */
  warning(): string | null
}

export type UnreadableRowsDeps = {
  log: Pick<Log, 'error'>
  metrics: Pick<Metrics, 'count'>
  clock: Pick<Clock, 'monotonic'>
}

/** Where stored rows end that cannot be read: they are met again and again, and told once. */
export function createUnreadableRows({ log, metrics, clock }: UnreadableRowsDeps): UnreadableRows {
  const told = new LRUCache<string, true>({ max: rowsKept })
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
