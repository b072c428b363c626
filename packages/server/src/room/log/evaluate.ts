import type { StoredEvent } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { isSameContent } from '../../core/text/content-hash.ts'
import { jobRow } from '../../platform/jobs/jobs.ts'
import { roomClosed } from '../contract.ts'
import { roomErrors, StaleCommit } from '../errors.ts'
import { type CommitCall, type Committed, type Op, type RecordChange, sentOutRole } from '../types.ts'
import { answerName, type Batch, factsOf, memberOf, put, refuse, type RoomState, rowOf, type Step } from './batch.ts'
import { append, redact } from './batch-events.ts'
import { admit, changeRole, expel, setLanguages } from './batch-members.ts'
import { changeRecord, removeRecord } from './batch-records.ts'

export type Outcome = { ok: true; committed: Committed } | { ok: false; error: AppError }

/**
 * Runs one call on the loaded rows. Pure except for the batch, which it extends if the call passes and leaves unchanged
 * if the call is refused or throws (rule C2).
 */
export function evaluate(batch: Batch, room: RoomState, call: CommitCall): Outcome {
  const step: Step = { batch, room, call, first: room.entries.length, undo: [] }
  const { row, totals } = room
  const marks = [room.entries.length, room.events.length, batch.applied.length, batch.jobs.length, room.redacted.length]
  try {
    const replay = replayed(step)
    if (replay !== null) return { ok: true, committed: replay }
    admitCall(step)
    for (const op of call.ops) apply(step, op)
    return { ok: true, committed: committed(step) }
  } catch (thrown) {
    room.row = row
    room.totals = totals
    const lists = [room.entries, room.events, batch.applied, batch.jobs, room.redacted]
    for (const [index, list] of lists.entries()) list.length = marks[index] ?? 0
    for (const undo of step.undo.toReversed()) undo()
    return { ok: false, error: AppError.from(thrown) }
  }
}

/** The answer to a used client_id (rules I1, I2, I5); null if it is new. */
function replayed({ room, call }: Step): Committed | null {
  if (call.client_id === null || room.row === null) return null
  const answer = room.answers.get(answerName(call.actor, call.client_id))
  if (answer === undefined || answer === null) return null
  const isSame = answer.action === call.action && isSameContent(answer.content_hash, call.content_hash ?? null)
  if (!isSame) refuse('client_id_reused')
  return { room: room.row, replayed: true, events: [answer.event], records: [], member: memberOf(room, call.actor) }
}

function admitCall({ room, call }: Step) {
  const creates = call.ops[0]?.op === 'create'
  if (room.row === null) return creates ? undefined : refuse('not_found')
  if (creates) refuse(roomErrors.room_exists)
  if (room.row.closed_at !== null && !mayFollowClose(call)) refuse(roomErrors.room_closed)
  if (!call.members_only) return undefined
  const member = memberOf(room, call.actor)
  if (member === null) return refuse(roomErrors.not_a_member)
  return member.role === sentOutRole ? refuse(roomErrors.sent_out) : undefined
}

/** Ops that add no event and admit nobody. */
const quietOps: ReadonlySet<Op['op']> = new Set(['unrevised', 'change', 'remove', 'enqueue', 'cancel', 'settle'])

/** Rule C10. */
const mayFollowClose = ({ after_close, actor, ops }: CommitCall): boolean =>
  after_close === true && actor === 0 && ops.every(({ op }) => quietOps.has(op))

/** The call's answer: the entries that it added to the room. */
function committed({ room, call, first }: Step): Committed {
  const events: StoredEvent[] = []
  const records: RecordChange[] = []
  for (let index = first; index < room.entries.length; index++) {
    const entry = room.entries[index]
    if (entry?.kind === 'event') events.push(entry.event)
    else if (entry?.kind === 'record') records.push(entry.record)
  }
  return { room: rowOf(room), replayed: false, events, records, member: memberOf(room, call.actor) }
}

function apply(step: Step, op: Op): void {
  switch (op.op) {
    case 'create':
      return create(step, op)
    case 'require': {
      const code = op.check(factsOf(step, op.of))
      return code === null ? undefined : refuse(code)
    }
    case 'unrevised':
      if (rowOf(step.room).profile_seq !== op.profile_seq) throw new StaleCommit()
      return undefined
    case 'append':
      return append(step, op.type, op.body(factsOf(step)), step.call.actor, true, op)
    case 'change':
      return changeRecord(step, op)
    case 'remove':
      return removeRecord(step, op)
    case 'admit':
      return admit(step, op)
    case 'expel':
      return expel(step, op)
    case 'role':
      return changeRole(step, op)
    case 'languages':
      return setLanguages(step, op)
    case 'revise':
      return revise(step)
    case 'redact':
      return redact(step, op)
    case 'claim': {
      const { batch, room } = step
      batch.applied.push({ kind: 'claimed', room: rowOf(room), claim: op.claim, resource: op.resource, at: batch.now })
      return undefined
    }
    case 'enqueue': {
      const row = jobRow(op.job, rowOf(step.room).num, null, op.at ?? step.batch.now)
      step.batch.jobs.push({ kind: 'put', row, keep: false })
      return undefined
    }
    case 'schedule': {
      const at = typeof op.at === 'number' ? op.at : op.at(factsOf(step))
      const row = jobRow(op.job, rowOf(step.room).num, op.key, at)
      step.batch.jobs.push({ kind: 'put', row, keep: op.keep ?? false })
      return undefined
    }
    case 'cancel': {
      step.batch.jobs.push({ kind: 'cancel', room: rowOf(step.room).num, name: op.type.name, key: op.key })
      return undefined
    }
    case 'settle':
      return settle(step, op)
    case 'close': {
      step.room.row = { ...rowOf(step.room), closed_at: step.batch.now }
      step.batch.applied.push({ kind: 'closed', room: step.room.row })
      return append(step, roomClosed, { reason: op.reason ?? 'closed' }, step.call.actor, true)
    }
  }
}

function create({ batch, room, call }: Step, op: Extract<Op, { op: 'create' }>) {
  if (room.row !== null) refuse(roomErrors.room_exists)
  const { num, epoch } = batch.allocate()
  const counters = { last_seq: 0, floor_seq: 0, profile_seq: 0, member_count: 0 }
  room.row = { num, id: room.id, kind: op.kind, epoch, ...counters, created_at: batch.now, closed_at: null }
  batch.applied.push({ kind: 'created', room: room.row, actor: call.actor, profile: op.profile })
}

/** Only while the run holds its job, and once (platform rule JB3). */
function settle(step: Step, { run }: Extract<Op, { op: 'settle' }>) {
  const { runs, jobs } = step.batch
  if (runs.get(run.id) !== run.run) refuse('conflict')
  put(step, runs, run.id, 0)
  jobs.push({ kind: 'settle', run })
}

/** Caches of the room must be newer than the last entry of this call (rule C11). */
function revise({ room, first }: Step) {
  if (room.entries.length === first) throw new Error('revise must follow an event or a record change of its call')
  const row = rowOf(room)
  room.row = { ...row, profile_seq: row.last_seq }
}
