import type { EngineLimits } from '../limits.ts'
import { type Dialect, intList, statementsFor } from './dialect.ts'
import type { Read } from './reads.ts'
import { int } from './rows.ts'

/** Maximum events per transaction, so that commits do not wait long. */
const CHUNK = 500

/** The steps of pruning: find the rooms with something due, and prune one room in a write transaction. */
export function createPrunes(dialect: Dialect) {
  const statement = statementsFor(dialect)
  const { rows: listed, cell } = intList[dialect]
  const roomsDue = statement(
    `SELECT DISTINCT room FROM (SELECT room FROM events WHERE expires_at IS NOT NULL AND expires_at <= ?
                                ORDER BY expires_at LIMIT ?) AS expired
     UNION SELECT room FROM records WHERE value IS NULL AND at <= ?
     UNION SELECT room FROM records WHERE value IS NULL GROUP BY room HAVING count(*) > ?`,
  )
  const lock = statement(`SELECT num FROM rooms WHERE num = ? ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`)
  const expired = statement(
    `SELECT seq FROM events WHERE room = ? AND expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?`,
  )
  const empty = statement(
    `UPDATE events SET body = '', content_hash = NULL, expires_at = NULL WHERE room = ? AND seq IN (${listed})`,
  )
  const tombstones = statement('SELECT seq, at FROM records WHERE room = ? AND value IS NULL ORDER BY seq')
  const drop = statement(`DELETE FROM records WHERE room = ? AND value IS NULL AND seq IN (${listed})`)
  const raise = statement('UPDATE rooms SET floor_seq = ? WHERE num = ? AND floor_seq < ?')

  return {
    *due(now: number, { tombstoneMs, tombstones: kept }: EngineLimits): Read<number[]> {
      const rows = yield roomsDue(now, CHUNK, now - tombstoneMs, kept)
      return rows.map((row) => int(row, 'room'))
    },
    *room(num: number, now: number, { tombstoneMs, tombstones: kept }: EngineLimits): Read<number> {
      yield lock(num)
      const events = (yield expired(num, now, CHUNK)).map((row) => int(row, 'seq'))
      if (events.length > 0) yield empty(num, cell(events))
      const dead = (yield tombstones(num)).map((row) => ({ seq: int(row, 'seq'), at: int(row, 'at') }))
      const dropped = dead
        .filter(({ at }, index) => at <= now - tombstoneMs || index < dead.length - kept)
        .map(({ seq }) => seq)
      if (dropped.length > 0) yield drop(num, cell(dropped))
      const floor = Math.max(0, ...events, ...dropped)
      yield raise(floor, num, floor)
      return events.length + dropped.length
    },
  }
}
