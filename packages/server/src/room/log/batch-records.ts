import { AppError } from '../../core/error.ts'
import type { RecordType } from '../../core/contract.ts'
import { currentObject, readStored, storedObject } from '../../core/stored.ts'
import { factsOf, mark, nextSeq, put, recordName, refuse, rowOf, type Step } from './batch.ts'
import { isOver } from '../limits.ts'
import { type Difference, difference, nothingUnset, type RecordState, remember, replacement } from './record-change.ts'
import type { JsonObject, Op, RecordChange } from '../types.ts'
import { roomErrors } from '../errors.ts'

const stored = (step: Step, type: string, key: string): RecordState | null =>
  step.room.records.get(recordName(type, key)) ?? null

/**
 * The record's value in the current version of its type. A record that cannot be read exists without a known value: it may
 * be replaced and removed (rule UN2).
 */
function currentOf(type: RecordType, before: RecordState | null): JsonObject | null {
  if (before === null || before.value === null) return null
  return currentObject(shapeOf(type), before.v, before.value) ?? {}
}

/** The version in which `wanted` is stored: that of a newer release only if all its own fields are kept (core rule SD7). */
function versionOf(wanted: JsonObject, type: RecordType, before: RecordState | null): number {
  if (before === null || before.value === null || before.v <= type.v) return type.v
  const reading = readStored(shapeOf(type), before.v, before.value)
  const known = reading.ok ? Object.keys(Object(reading.value)) : []
  const unknown = reading.ok ? Object.keys(reading.stored).filter((name) => !known.includes(name)) : []
  return unknown.length > 0 && unknown.every((name) => wanted[name] !== undefined) ? before.v : type.v
}

const shapeOf = ({ v, value: schema, upcast }: RecordType) => ({ v, schema, upcast })

/** The names of the properties that readers may know: those stored, and those of the current version. */
function namesIn(before: RecordState | null, current: JsonObject | null): string[] {
  const stored = before === null || before.value === null ? null : storedObject(before.value)
  return [...new Set([...Object.keys(stored ?? {}), ...Object.keys(current ?? {})])]
}

/**
 * The change to `wanted`; null if there is none. One that also changes the version replaces the whole value, because
 * readers on a node of another release know the value as it was stored.
 */
function changeTo(
  wanted: JsonObject,
  type: RecordType,
  before: RecordState | null,
): (Difference & { v: number }) | null {
  // Read again, because `next` may have changed its argument.
  const current = currentOf(type, before)
  const changed = difference(current, wanted)
  if (changed === null) return null
  const v = versionOf(wanted, type, before)
  const isSame = before === null || before.value === null || before.v === v
  return { ...(isSame ? changed : replacement(namesIn(before, current), wanted)), v }
}

/** Replaces the record's value with the result of `next`, or removes it (rules R1, R2, R7, C9). */
export function changeRecord(step: Step, { type, key, next }: Extract<Op, { op: 'change' }>): void {
  const { limits, now } = step.batch
  const before = stored(step, type.name, key)
  const wanted = next(currentOf(type, before), factsOf(step))
  if (wanted instanceof AppError) throw wanted
  if (wanted === null) return removeRecord(step, { type, key })
  const changed = changeTo(wanted, type, before)
  if (changed === null) return
  if (isOver(changed.value, limits.recordBytes)) {
    throw new AppError('too_large', { details: { limit: limits.recordBytes } })
  }
  count(step, type, before?.value ?? null, changed.value)
  const seq = nextSeq(step.room)
  const unset = remember(before?.unset ?? nothingUnset, changed.unset, storedObject(changed.value), seq)
  const { v, value } = changed
  keep(
    step,
    { type: type.name, key, seq, v, value, unset, actor: step.call.actor, at: now },
    changed.set,
    changed.unset,
  )
}

/** Leaves a tombstone; removing an absent record changes nothing (rules R2, R3). */
export function removeRecord(step: Step, { type, key }: Pick<Extract<Op, { op: 'remove' }>, 'type' | 'key'>): void {
  const before = stored(step, type.name, key)
  const current = currentOf(type, before)
  if (before === null || current === null) return
  count(step, type, before.value, null)
  const seq = nextSeq(step.room)
  const unset = remember(before.unset, namesIn(before, current), null, seq)
  const { call, batch } = step
  keep(step, { type: type.name, key, seq, v: type.v, value: null, unset, actor: call.actor, at: batch.now }, '{}', [])
}

/** Keeps the room's totals of records that are there; refuses what they have no place for (rule C9). */
function count(
  { batch: { limits }, room }: Step,
  { mayFill }: RecordType,
  before: string | null,
  after: string | null,
): void {
  const records = room.totals.count + (after === null ? 0 : 1) - (before === null ? 0 : 1)
  const bytes =
    room.totals.bytes +
    (after === null ? 0 : Buffer.byteLength(after)) -
    (before === null ? 0 : Buffer.byteLength(before))
  const share = mayFill === 'half' ? 0.5 : 1
  const isOneTooMany = records > room.totals.count && records > limits.records * share
  const isTooLarge = bytes > room.totals.bytes && bytes > limits.recordsBytes * share
  if (isOneTooMany || isTooLarge) refuse(roomErrors.record_limit)
  room.totals = { count: records, bytes }
}

function keep(step: Step, state: RecordState, set: string, unset: readonly string[]) {
  const { batch, room } = step
  const name = recordName(state.type, state.key)
  put(step, room.records, name, state)
  mark(step, room.changedRecords, name)
  const { type, key, seq, v, value, actor, at } = state
  const record: RecordChange = { room: rowOf(room).num, seq, type, key, v, value, set, unset, actor, at }
  room.entries.push({ kind: 'record', record })
  batch.applied.push({ kind: 'record', room: rowOf(room), record })
}
