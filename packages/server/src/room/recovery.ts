import type { StoredEvent } from '../core/contract.ts'
import { AppError } from '../core/error.ts'
import type { RoomLimits } from './limits.ts'
import { type RecordState, unsetSince } from './record-change.ts'
import type { Read, RecordPlace, Reads } from './sql/reads.ts'
import type { Catchup, HistoryQuery, LogEntry, RecordChange, RecordRow, RoomRow, StatePage } from './types.ts'

export type Cursor = { after_seq: number | null; epoch: string | null }
export type LogPage = { room: RoomRow; entries: readonly LogEntry[]; whole: boolean }

/** What readers with a cursor get (rules RC1 to RC5), as reads that a dialect runs in one snapshot. */
export function createRecovery(
  dialect: 'sqlite' | 'postgres',
  reads: Reads,
  history: HistoryQuery,
  limits: RoomLimits,
) {
  const notFound = (): never => {
    throw new AppError('not_found')
  }

  function* catchUp(num: number, user: number, cursor: Cursor): Read<Catchup> {
    const room = (yield* reads.roomByNum(num)) ?? notFound()
    const member = user === 0 ? null : yield* reads.member(num, user)
    const changes = yield* readChanges(room, cursor)
    const found = changes ?? (yield* readSnapshot(num))
    return { room, member, seq: room.last_seq, recovered: changes !== null, ...found }
  }

  /** All that is newer than the cursor; null when it cannot be served (rule RC1). */
  function* readChanges({ num, epoch, floor_seq, last_seq }: RoomRow, cursor: Cursor) {
    const after = cursor.after_seq
    if (after === null || after < floor_seq || after > last_seq) return null
    if (cursor.epoch === null ? after !== 0 : cursor.epoch !== epoch) return null
    const nothing = { events: [], records: [], more: null, history_before: null }
    if (after === last_seq) return nothing
    const size = yield* reads.changesSize(num, after, limits.changes + 1)
    if (size.entries > limits.changes || size.bytes > limits.changesBytes) return null
    const events = yield* reads.events(num, after, limits.changes)
    const records = yield* reads.records(num, after, limits.changes)
    return { ...nothing, events, records: records.map(toRow) }
  }

  function* readSnapshot(num: number) {
    const limit = limits.snapshotEvents
    const page = history.page(num, { before: null, after: null, limit })
    const rows = yield* reads.stored({ sql: page[dialect], parameters: page.params })
    const events: StoredEvent[] = rows.slice(0, limit).toSorted((a, b) => a.seq - b.seq)
    const { items, next_cursor } = yield* readRecords(num, { type: '', key: '' })
    const history_before = rows.length > limit ? (events[0]?.seq ?? null) : null
    return { events, records: items, more: next_cursor, history_before }
  }

  /** Records from a place on, up to the snapshot's bytes; at least one when there is one. */
  function* readRecords(num: number, from: RecordPlace): Read<{ items: RecordRow[]; next_cursor: string | null }> {
    const chunk = Math.min(100, limits.pageRecords)
    const items: RecordRow[] = []
    let bytes = 0
    let place = from
    for (;;) {
      const rows = yield* reads.recordsAfter(num, place, chunk)
      for (const row of rows) {
        bytes += Buffer.byteLength(row.value ?? '') + row.key.length
        const full = bytes > limits.snapshotBytes || items.length === limits.pageRecords
        if (full && items.length > 0) return { items, next_cursor: cursorFrom(place) }
        items.push(row)
        place = row
      }
      if (rows.length < chunk) return { items, next_cursor: null }
    }
  }

  function* statePage(num: number, cursor: string): Read<StatePage> {
    const room = (yield* reads.roomByNum(num)) ?? notFound()
    const page = yield* readRecords(num, placeFrom(cursor))
    return { epoch: room.epoch, seq: room.last_seq, ...page }
  }

  /**
   * For a node that repairs a gap: all or nothing. A part would not do, for a record stands only at its last change:
   * what it was before, and lost since, lies between a part and the live changes that follow.
   */
  function* readLog(num: number, after: number, limit: number): Read<LogPage> {
    const room = (yield* reads.roomByNum(num)) ?? notFound()
    const nothing: LogPage = { room, entries: [], whole: false }
    if (after < room.floor_seq) return nothing
    const events = yield* reads.events(num, after, limit + 1)
    const records = yield* reads.records(num, after, limit + 1)
    const changes = records.map((record) => repaired(num, record, after))
    if (events.length + records.length > limit || !changes.every(({ whole }) => whole)) return nothing
    const entries: LogEntry[] = [
      ...events.map((event): LogEntry => ({ kind: 'event', event })),
      ...changes.map(({ record }): LogEntry => ({ kind: 'record', record })),
    ]
    return { room, entries: entries.toSorted((a, b) => seqOf(a) - seqOf(b)), whole: true }
  }

  return { catchUp, statePage, readLog }
}

const toRow = ({ type, key, seq, value }: RecordState): RecordRow => ({ type, key, seq, value })

const seqOf = (entry: LogEntry): number => (entry.kind === 'event' ? entry.event.seq : entry.record.seq)

/** A record's latest value as one change that takes a reader who stands at `after` to it. */
function repaired(room: number, { unset, ...record }: RecordState, after: number) {
  const names = unsetSince(unset, after)
  const removed = record.value === null
  const change: RecordChange = { room, ...record, set: record.value ?? '{}', unset: removed ? [] : (names ?? []) }
  return { record: change, whole: removed || names !== null }
}

const cursorFrom = ({ type, key }: RecordPlace): string =>
  Buffer.from(JSON.stringify([type, key])).toString('base64url')

function placeFrom(cursor: string): RecordPlace {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && typeof place[0] === 'string' && typeof place[1] === 'string') {
      return { type: place[0], key: place[1] }
    }
  } catch {
    // Not one of ours: answered below.
  }
  throw new AppError('validation_error', { details: { errors: { cursor: 'This is not a cursor of this list' } } })
}
