import { AppError } from '../../core/error.ts'
import { storedObject } from '../../core/stored.ts'
import { factsOf, mark, nextSeq, put, recordName, refuse, rowOf, type Step } from './batch.ts'
import { isOver } from '../limits.ts'
import { difference, nothingUnset, type RecordState, remember } from './record-change.ts'
import type { JsonObject, Op, RecordChange } from '../types.ts'
import { roomErrors } from '../errors.ts'

const stored = (step: Step, type: string, key: string): RecordState | null =>
  step.room.records.get(recordName(type, key)) ?? null

/** A record that cannot be read exists without a known value: it may be replaced and removed (rule UN2). */
const parse = (value: string | null): JsonObject | null => (value === null ? null : (storedObject(value) ?? {}))

/** Replaces the record's value with the result of `next` (rules R1, R2, C9). */
export function changeRecord(step: Step, { type, key, next }: Extract<Op, { op: 'change' }>) {
  const { limits, now } = step.batch
  const before = stored(step, type.name, key)
  const current = parse(before?.value ?? null)
  const wanted = next(current, factsOf(step))
  if (wanted instanceof AppError) throw wanted
  // Parsed again, because `next` may have changed its argument.
  const changed = difference(parse(before?.value ?? null), wanted)
  if (changed === null) return undefined
  if (isOver(changed.value, limits.recordBytes)) {
    throw new AppError('too_large', { details: { limit: limits.recordBytes } })
  }
  count(step, before?.value ?? null, changed.value)
  const seq = nextSeq(step.room)
  const unset = remember(before?.unset ?? nothingUnset, changed.unset, parse(changed.value), seq)
  const { value } = changed
  keep(step, { type: type.name, key, seq, value, unset, actor: step.call.actor, at: now }, changed.set, changed.unset)
}

/** Leaves a tombstone; removing an absent record changes nothing (rules R2, R3). */
export function removeRecord(step: Step, { type, key }: Extract<Op, { op: 'remove' }>) {
  const before = stored(step, type.name, key)
  const current = parse(before?.value ?? null)
  if (before === null || current === null) return
  count(step, before.value, null)
  const seq = nextSeq(step.room)
  const unset = remember(before.unset, Object.keys(current), null, seq)
  const { call, batch } = step
  keep(step, { type: type.name, key, seq, value: null, unset, actor: call.actor, at: batch.now }, '{}', [])
}

/** Keeps the room's totals of records that are there. */
function count({ batch: { limits }, room }: Step, before: string | null, after: string | null) {
  const records = room.totals.count + (after === null ? 0 : 1) - (before === null ? 0 : 1)
  const bytes =
    room.totals.bytes +
    (after === null ? 0 : Buffer.byteLength(after)) -
    (before === null ? 0 : Buffer.byteLength(before))
  const grows = records > room.totals.count || bytes > room.totals.bytes
  if (grows && (records > limits.records || bytes > limits.recordsBytes)) refuse(roomErrors.record_limit)
  room.totals = { count: records, bytes }
}

function keep(step: Step, state: RecordState, set: string, unset: readonly string[]) {
  const { batch, room } = step
  const name = recordName(state.type, state.key)
  put(step, room.records, name, state)
  mark(step, room.changedRecords, name)
  const { type, key, seq, value, actor, at } = state
  const record: RecordChange = { room: rowOf(room).num, seq, type, key, value, set, unset, actor, at }
  room.entries.push({ kind: 'record', record })
  batch.applied.push({ kind: 'record', room: rowOf(room), record })
}
