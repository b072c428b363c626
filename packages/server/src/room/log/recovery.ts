import { LRUCache } from 'lru-cache'
import type { StoredEvent, StoredRecord } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { memberLeft } from '../contract.ts'
import { type Bound, fitting } from './bound.ts'
import type { EngineLimits } from '../limits.ts'
import { type RecordState, unsetSince } from './record-change.ts'
import type { Read, RecordKey, Reads } from '../sql/reads.ts'
import type {
  Catchup,
  HistoryItem,
  HistoryPage,
  HistoryCursor,
  HistoryQuery,
  LogEntry,
  MemberRow,
  RecordChange,
  RoomRow,
  StatePage,
} from '../types.ts'

/** The position from which a client resumes; null: it has none. */
export type Cursor = { after_seq: number | null; epoch: string | null }
export type LogPage = { room: RoomRow; entries: readonly LogEntry[]; whole: boolean }

/** The part of a snapshot that depends only on the room's state (its `last_seq`, `floor_seq` and `epoch`), not on the reader. */
type Snapshot = Pick<Catchup, 'events' | 'records' | 'more' | 'history_before'>

/** The answers to readers with a cursor (rules RC1 to RC5), as reads that each database runs in one snapshot. */
export function createRecovery(
  dialect: 'sqlite' | 'postgres',
  reads: Reads,
  history: HistoryQuery,
  limits: EngineLimits,
) {
  const snapshots = new LRUCache<number, { state: string; snapshot: Snapshot }>({
    maxSize: limits.snapshotsBytes,
    sizeCalculation: ({ snapshot: { events, records } }) => 1 + sum(events, sizeOfItem) + sum(records, sizeOfRecord),
  })
  const notFound = (): never => {
    throw new AppError('not_found')
  }

  function* catchUp(num: number, user: number, cursor: Cursor): Read<Catchup> {
    const room = (yield* reads.roomByNum(num)) ?? notFound()
    const member = user === 0 ? null : yield* reads.member(num, user)
    const changes = yield* readChanges(room, member, cursor)
    const found = changes ?? (yield* readSnapshot(room))
    return { room, member, seq: room.last_seq, recovered: changes !== null, ...found }
  }

  /** Everything newer than the cursor; null if changes cannot be served (rules RC1 and V3). */
  function* readChanges({ num, epoch, floor_seq, last_seq }: RoomRow, member: MemberRow | null, cursor: Cursor) {
    const after = cursor.after_seq
    if (after === null || after < floor_seq || after > last_seq) return null
    if (cursor.epoch === null ? after !== 0 : cursor.epoch !== epoch) return null
    // Before the first entry nothing was read with another view.
    if (after > 0 && member !== null && after <= member.view_seq) return null
    const nothing = { events: [], records: [], more: null, history_before: null }
    if (after === last_seq) return nothing
    const bound: Bound = { rows: limits.changes, bytes: limits.changesBytes }
    // One event more, since an earlier membership may have ended at the cursor.
    const first = after > 0 && member !== null ? after - 1 : after
    const found = yield* reads.events(num, first, { rows: bound.rows + 1, bytes: bound.bytes + limits.eventBytes })
    if (after > 0 && found.some((event) => isEndOf(event, member))) return null
    const events = found.filter(({ seq }) => seq > after)
    if (!holds(events, bound, sizeOfEvent)) return null
    const rest = { rows: bound.rows - events.length, bytes: bound.bytes - sum(events, sizeOfEvent) }
    const records = yield* reads.records(num, after, rest)
    if (!holds(records, rest, sizeOfRecord)) return null
    const logged = events.map((event): HistoryItem => ({ position: event.seq, event }))
    return { ...nothing, events: logged, records: records.map(toRow) }
  }

  /** Many users join a room at the same time: the snapshot is read once for each state of the room. */
  function* readSnapshot({ num, epoch, floor_seq, last_seq }: RoomRow): Read<Snapshot> {
    const state = `${epoch} ${floor_seq} ${last_seq}`
    const known = snapshots.get(num)
    if (known?.state === state) return known.snapshot
    const snapshot = yield* readNewest(num)
    snapshots.set(num, { state, snapshot })
    return snapshot
  }

  function* readNewest(num: number): Read<Snapshot> {
    const bound: Bound = { rows: limits.snapshotEvents, bytes: limits.snapshotEventBytes }
    const { items: newest, next_cursor: history_before } = yield* readHistory(num, { before: null, after: null }, bound)
    const { items, next_cursor } = yield* readRecords(num, { type: '', key: '' })
    return { events: newest, records: items, more: next_cursor, history_before }
  }

  /** A page of history (rule H1 of messages), oldest first; the cursor is the next `before` or `after`. */
  function* readHistory(num: number, place: HistoryCursor, bound: Bound): Read<HistoryPage> {
    const page = history.page(num, { ...place, limit: bound.rows })
    const rows = yield* reads.items({ sql: page[dialect], parameters: page.params }, bound)
    const { items, isWhole } = fitting(rows, bound, sizeOfItem)
    const next_cursor = isWhole ? null : (items.at(-1)?.position ?? null)
    return { items: place.after === null ? items.toReversed() : items, next_cursor }
  }

  function* readItem(num: number, position: number): Read<HistoryItem | null> {
    const page = history.page(num, { before: null, after: position - 1, limit: 0 })
    const [item] = yield* reads.items(
      { sql: page[dialect], parameters: page.params },
      { rows: 1, bytes: limits.snapshotEventBytes },
    )
    return item?.position === position ? item : null
  }

  /** Records from a cursor on, up to the snapshot's bytes; at least one if there is any. */
  function* readRecords(
    num: number,
    from: RecordKey,
  ): Read<{ items: readonly StoredRecord[]; next_cursor: string | null }> {
    const bound: Bound = { rows: limits.pageRecords, bytes: limits.snapshotBytes }
    const { items, isWhole } = fitting(yield* reads.recordsAfter(num, from, bound), bound, sizeOfRecord)
    const last = items.at(-1)
    return { items, next_cursor: isWhole || !last ? null : cursorFrom(last) }
  }

  function* statePage(num: number, cursor: string): Read<StatePage> {
    const room = (yield* reads.roomByNum(num)) ?? notFound()
    const page = yield* readRecords(num, placeFrom(cursor))
    return { epoch: room.epoch, seq: room.last_seq, ...page }
  }

  /**
   * For a node that repairs a gap: all or nothing. A part is useless, because a record is stored only at its last change:
   * properties removed in between would be missing between the part and the live changes that follow.
   */
  function* readLog(num: number, after: number, limit: number): Read<LogPage> {
    const room = (yield* reads.roomByNum(num)) ?? notFound()
    const nothing: LogPage = { room, entries: [], whole: false }
    if (after < room.floor_seq) return nothing
    const bound: Bound = { rows: limit, bytes: limits.repairBytes }
    const events = yield* reads.events(num, after, bound)
    if (!holds(events, bound, sizeOfEvent)) return nothing
    const rest = { rows: limit - events.length, bytes: bound.bytes - sum(events, sizeOfEvent) }
    const records = yield* reads.records(num, after, rest)
    const changes = records.map((record) => repaired(num, record, after))
    if (!holds(records, rest, sizeOfRecord) || !changes.every(({ whole }) => whole)) return nothing
    const entries: LogEntry[] = [
      ...events.map((event): LogEntry => ({ kind: 'event', event })),
      ...changes.map(({ record }): LogEntry => ({ kind: 'record', record })),
    ]
    return { room, entries: entries.toSorted((a, b) => seqOf(a) - seqOf(b)), whole: true }
  }

  return { catchUp, statePage, readHistory, readItem, readLog }
}

/** Whether an earlier membership of this member ended there: it may have had another view. */
const isEndOf = ({ type, actor }: StoredEvent, member: MemberRow | null): boolean =>
  member !== null && type === memberLeft.name && actor === member.user

const sizeOfEvent = ({ body }: { body: string }): number => Buffer.byteLength(body)
const sizeOfItem = ({ event }: HistoryItem): number => sizeOfEvent(event)
export const sizeOfRecord = ({ key, value }: { key: string; value: string | null }): number =>
  Buffer.byteLength(value ?? '') + Buffer.byteLength(key)

const sum = <Item>(items: readonly Item[], sizeOf: (item: Item) => number): number =>
  items.reduce((total, item) => total + sizeOf(item), 0)

const holds = <Item>(items: readonly Item[], { rows, bytes }: Bound, sizeOf: (item: Item) => number): boolean =>
  items.length <= rows && sum(items, sizeOf) <= bytes

const toRow = ({ type, key, seq, v, value, actor, at }: RecordState): StoredRecord => ({
  type,
  key,
  seq,
  v,
  value,
  actor,
  at,
})

const seqOf = (entry: LogEntry): number => (entry.kind === 'event' ? entry.event.seq : entry.record.seq)

/** A record's latest value as one change for a reader at `after`. */
function repaired(room: number, { unset, ...record }: RecordState, after: number) {
  const names = unsetSince(unset, after)
  const removed = record.value === null
  const change: RecordChange = { room, ...record, set: record.value ?? '{}', unset: removed ? [] : (names ?? []) }
  return { record: change, whole: removed || names !== null }
}

const cursorFrom = ({ type, key }: RecordKey): string => Buffer.from(JSON.stringify([type, key])).toString('base64url')

function placeFrom(cursor: string): RecordKey {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && typeof place[0] === 'string' && typeof place[1] === 'string') {
      return { type: place[0], key: place[1] }
    }
  } catch {
    // Not one of ours: answered below.
  }
  throw new AppError('validation_error', {
    details: { errors: { cursor: 'This cursor does not belong to this list' } },
  })
}
