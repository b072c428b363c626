import { isSameContent } from '../../core/text/content-hash.ts'
import type { AnyEventType, StoredEvent } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { storedObject } from '../../core/stored.ts'
import {
  type Batch,
  answerName,
  factsOf,
  mark,
  memberOf,
  nextSeq,
  put,
  refuse,
  type RoomState,
  rowOf,
  type Step,
} from './batch.ts'
import { changeRecord, removeRecord } from './batch-records.ts'
import { jobRow } from '../../platform/jobs/jobs.ts'
import { memberChanged, memberJoined, memberLanguages, memberLeft, roomClosed } from '../contract.ts'
import { areSame, readsOf } from '../languages.ts'
import { isOver } from '../limits.ts'
import { type CommitCall, type Committed, type JsonObject, type Op, type RecordChange, sentOutRole } from '../types.ts'
import { roomErrors, StaleCommit } from '../errors.ts'

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

/** What belongs to an event and stands in no log. */
type Besides = Pick<Extract<Op, { op: 'append' }>, 'aside' | 'live'>

/** `own`: the event is the call's and may carry its client_id; the first one does. */
function append(
  step: Step,
  type: AnyEventType,
  body: JsonObject,
  actor: number,
  own: boolean,
  { aside, live }: Besides = {},
) {
  const { batch, room, call } = step
  const text = JSON.stringify(body)
  if (isOver(text, batch.limits.eventBytes)) {
    throw new AppError('too_large', { details: { limit: batch.limits.eventBytes } })
  }
  const seq = nextSeq(room)
  const name = own && call.client_id !== null ? answerName(actor, call.client_id) : null
  const first = name !== null && (room.answers.get(name) ?? null) === null
  const event: StoredEvent = {
    room: rowOf(room).num,
    seq,
    type: type.name,
    v: type.v,
    actor,
    client_id: first ? call.client_id : null,
    body: text,
    at: batch.now,
  }
  const content_hash = first ? (call.content_hash ?? null) : null
  if (first) put(step, room.answers, name, { action: call.action, content_hash, event })
  const expires_at = type.retention_ms === null ? null : batch.now + type.retention_ms
  room.entries.push(live === undefined ? { kind: 'event', event } : { kind: 'event', event, live })
  room.events.push({ event, action: call.action, content_hash, expires_at })
  batch.applied.push({ kind: 'event', room: rowOf(room), event, body, aside: aside ?? null })
}

function admit(step: Step, { user, role, capacity }: Extract<Op, { op: 'admit' }>) {
  const { batch, room } = step
  if (memberOf(room, user) !== null) return
  const row = rowOf(room)
  if (capacity !== null && row.member_count >= capacity) refuse(roomErrors.room_full)
  room.row = { ...row, member_count: row.member_count + 1 }
  // Whoever reads the room without being a member may have read the next seq too.
  const view_seq = batch.isModerator(role) && !createsRoom(step) ? row.last_seq + 1 : 0
  put(step, room.members, user, { user, role, joined_at: batch.now, languages: null, view_seq })
  mark(step, room.changedMembers, user)
  batch.applied.push({ kind: 'member', room: room.row, user, role })
  append(step, memberJoined, { role }, user, false)
}

function expel(step: Step, { user, by, reason }: Extract<Op, { op: 'expel' }>) {
  const { batch, room } = step
  const member = memberOf(room, user)
  if (member === null) return
  const row = rowOf(room)
  room.row = { ...row, member_count: row.member_count - 1 }
  put(step, room.members, user, null)
  mark(step, room.changedMembers, user)
  batch.applied.push({ kind: 'member', room: room.row, user, role: null })
  append(step, memberLeft, { role: member.role, by, reason: reason ?? (by === null ? 'left' : 'removed') }, user, false)
}

function changeRole(step: Step, { user, role, by, from }: Extract<Op, { op: 'role' }>) {
  const { batch, room } = step
  const found = memberOf(room, user)
  if (from !== undefined && found?.role !== from) return
  const member = found ?? refuse('not_found')
  if (member.role === role) return
  const isSameView = showsAs(batch, role) === showsAs(batch, member.role)
  const view_seq = isSameView ? member.view_seq : rowOf(room).last_seq + 1
  put(step, room.members, user, { ...member, role, view_seq })
  mark(step, room.changedMembers, user)
  batch.applied.push({ kind: 'member', room: rowOf(room), user, role })
  append(step, memberChanged, { role, by }, user, false)
}

/** Only while the run holds its job, and once (platform rule JB3). */
function settle(step: Step, { run }: Extract<Op, { op: 'settle' }>) {
  const { runs, jobs } = step.batch
  if (runs.get(run.id) !== run.run) refuse('conflict')
  put(step, runs, run.id, 0)
  jobs.push({ kind: 'settle', run })
}

/** What decides the view of a member with this role (rule V3). */
const showsAs = ({ isModerator }: Batch, role: string) =>
  role === sentOutRole ? 'nothing' : isModerator(role) ? 'moderator' : 'member'

const createsRoom = ({ call }: Step): boolean => call.ops[0]?.op === 'create'

/** Rules V2 and V3. */
function setLanguages(step: Step, { user, user_id, languages }: Extract<Op, { op: 'languages' }>) {
  const { room } = step
  const member = memberOf(room, user) ?? refuse('not_found')
  // Fields that a newer release has stored stay (rule SD3 of the core).
  const kept = member.languages === null ? null : storedObject(member.languages)
  const text = JSON.stringify({ ...kept, ...languages })
  if (text === member.languages) return
  const isSameView = areSame(languages.reads, readsOf(member.languages))
  const view_seq = isSameView ? member.view_seq : rowOf(room).last_seq + 1
  put(step, room.members, user, { ...member, languages: text, view_seq })
  mark(step, room.changedMembers, user)
  append(step, memberLanguages, { user_id, languages }, user, false)
}

/** Caches of the room must be newer than the last entry of this call (rule C11). */
function revise({ room, first }: Step) {
  if (room.entries.length === first) throw new Error('revise must follow an event or a record change of its call')
  const row = rowOf(room)
  room.row = { ...row, profile_seq: row.last_seq }
}

/** Empties the body, in this batch or in the table, and appends its replacement (rules D1, D5). */
function redact(step: Step, { seq, position = seq, as, body, edits = false }: Extract<Op, { op: 'redact' }>) {
  const { batch, room } = step
  if (bodyOf(step, seq) === '') refuse('conflict')
  empty(step, seq, edits)
  // Its client_id is stored with the first event.
  if (position !== seq && !edits) empty(step, position, edits)
  const facts = factsOf(step)
  batch.applied.push({ kind: 'redacted', room: rowOf(room), seq: position, content_seq: edits ? facts.seq : null })
  append(step, as, body(facts), step.call.actor, true)
}

const bodyOf = ({ room }: Step, seq: number): string | undefined =>
  (room.events.find(({ event }) => event.seq === seq)?.event ?? room.targets.get(seq))?.body

function empty(step: Step, seq: number, edits: boolean): void {
  const { room } = step
  const index = room.events.findIndex((write) => write.event.seq === seq)
  const write = room.events[index]
  const target = write?.event ?? room.targets.get(seq) ?? null
  if (target === null) return refuse('not_found')
  const emptied = { ...target, body: '' }
  if (write === undefined) {
    room.redacted.push({ seq, edits })
    put(step, room.targets, seq, emptied)
  } else redactUnwritten(step, index, emptied, edits)
  if (target.client_id === null) return
  const name = answerName(target.actor, target.client_id)
  const answer = room.answers.get(name)
  if (answer !== undefined && answer !== null) {
    put(step, room.answers, name, { ...answer, ...(edits ? {} : { content_hash: null }), event: emptied })
  }
}

function redactUnwritten({ room, undo }: Step, index: number, empty: StoredEvent, edits: boolean) {
  const write = room.events[index]
  const at = room.entries.findIndex((entry) => entry.kind === 'event' && entry.event.seq === empty.seq)
  const entry = room.entries[at]
  if (write === undefined || entry === undefined) return
  const content_hash = edits ? write.content_hash : null
  room.events[index] = { ...write, event: empty, content_hash, expires_at: null }
  room.entries[at] = { kind: 'event', event: empty }
  // Lists are cut before this runs; an event of this very call is gone by then and must not come back.
  undo.push(() => {
    if (index < room.events.length) room.events[index] = write
    if (at < room.entries.length) room.entries[at] = entry
  })
}
