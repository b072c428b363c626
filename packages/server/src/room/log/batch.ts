import type { StoredEvent } from '../../core/contract.ts'
import { AppError, type Failure } from '../../core/error.ts'
import type { JobRun, JobWrite } from '../../platform/jobs/jobs.ts'
import type { EngineLimits } from '../limits.ts'
import type { RecordState } from './record-change.ts'
import type { Answer, Applied, CommitCall, Facts, LogEntry, MemberRow, RoomRow } from '../types.ts'

export type EventWrite = { event: StoredEvent; action: string; content_hash: string | null; expires_at: number | null }
/** A stored event whose body is emptied, and its content hash too unless it is an edit (rule I5). */
export type Redaction = { seq: number; edits: boolean }
export type RecordTotals = { count: number; bytes: number }

/**
 * A room in a batch: its loaded rows and the changes of the calls so far. A name that is absent from a map
 * was not loaded; null says that there is no such row. Rows are replaced, never changed, so that earlier answers keep theirs.
 */
export type RoomState = {
  readonly id: string
  /** As loaded; null: there is no such room yet. */
  readonly loaded: RoomRow | null
  row: RoomRow | null
  totals: RecordTotals
  readonly members: Map<number, MemberRow | null>
  readonly records: Map<string, RecordState | null>
  readonly answers: Map<string, Answer | null>
  readonly targets: Map<number, StoredEvent | null>
  /** Everything that got a `seq` in this batch, in order. */
  readonly entries: LogEntry[]
  readonly events: EventWrite[]
  readonly changedMembers: Set<number>
  readonly changedRecords: Set<string>
  /** Stored events of earlier batches whose bodies are emptied. */
  readonly redacted: Redaction[]
}

export type Batch = {
  readonly now: number
  readonly limits: EngineLimits
  readonly rooms: Map<string, RoomState>
  readonly applied: Applied[]
  readonly jobs: JobWrite[]
  /** Runs of jobs that calls settle and that still hold their jobs: by id, the number of the run. */
  readonly runs: Map<string, number>
  /** Whether a member with this role belongs to the audience `moderators`. */
  readonly isModerator: (role: string) => boolean
  /** Numbers and epochs for rooms that are created. */
  readonly allocate: () => { num: number; epoch: string }
}

/** `members`: those whose rows are known already. */
export function newRoomState(
  id: string,
  loaded: RoomRow | null,
  totals: RecordTotals,
  members: RoomState['members'] = new Map(),
): RoomState {
  return {
    id,
    loaded,
    row: loaded,
    totals,
    members,
    records: new Map(),
    answers: new Map(),
    targets: new Map(),
    entries: [],
    events: [],
    changedMembers: new Set(),
    changedRecords: new Set(),
    redacted: [],
  }
}

export const recordName = (type: string, key: string): string => `${type}\0${key}`
export const answerName = (actor: number, client_id: string): string => `${actor}\0${client_id}`

/** The rows that a call reads, besides its room's row and its client_id. */
export type Needs = {
  member(user: number): void
  record(type: string, key: string): void
  event(seq: number): void
  run(run: JobRun): void
}

export function visitNeeds(call: CommitCall, needs: Needs) {
  if (call.actor !== 0) needs.member(call.actor)
  for (const op of call.ops) {
    if (op.op === 'change' || op.op === 'remove') needs.record(op.type.name, op.key)
    else if (op.op === 'admit' || op.op === 'expel' || op.op === 'role' || op.op === 'languages') needs.member(op.user)
    else if (op.op === 'require' && op.of !== undefined) needs.member(op.of)
    else if (op.op === 'redact') {
      needs.event(op.seq)
      if (op.position !== undefined) needs.event(op.position)
    } else if (op.op === 'settle') needs.run(op.run)
  }
}

/**
 * One call in the batch: `first` is the index of its first entry; `undo` reverts changes that cutting arrays to their
 * old length does not.
 */
export type Step = { batch: Batch; room: RoomState; call: CommitCall; first: number; undo: (() => void)[] }

export const refuse = (code: Failure): never => {
  throw new AppError(code)
}

/** Records how to revert the entry of a map, then sets it. */
export function put<K, V>(step: Step, map: Map<K, V>, key: K, value: V) {
  const had = map.has(key)
  const before = map.get(key)
  step.undo.push(() => {
    if (had && before !== undefined) map.set(key, before)
    else map.delete(key)
  })
  map.set(key, value)
}

export function mark<K>(step: Step, set: Set<K>, key: K) {
  if (set.has(key)) return
  set.add(key)
  step.undo.push(() => set.delete(key))
}

export const memberOf = (room: RoomState, user: number): MemberRow | null => room.members.get(user) ?? null

/** The room's row; if there is none here, the call's `create` was not its first op. */
export function rowOf(room: RoomState): RoomRow {
  return room.row ?? refuse('not_found')
}

export function factsOf({ batch, room, call }: Step, of?: number): Facts {
  const row = rowOf(room)
  const target = of === undefined ? null : memberOf(room, of)
  return { room: row, member: memberOf(room, call.actor), target, seq: row.last_seq + 1, now: batch.now }
}

/** Takes the room's next `seq` (rule C3). */
export function nextSeq(room: RoomState): number {
  const row = rowOf(room)
  room.row = { ...row, last_seq: row.last_seq + 1 }
  return room.row.last_seq
}
