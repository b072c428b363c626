import type { AnyEventType, StoredEvent } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { answerName, factsOf, nextSeq, put, refuse, rowOf, type Step } from './batch.ts'
import { isOver } from '../limits.ts'
import type { JsonObject, Op } from '../types.ts'

/** What belongs to an event and stands in no log. */
type Besides = Pick<Extract<Op, { op: 'append' }>, 'aside' | 'live'>

/** `own`: the event is the call's and may carry its client_id; the first one does. */
export function append(
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

/** Empties the body, in this batch or in the table, and appends its replacement (rules D1, D5). */
export function redact(step: Step, { seq, position = seq, as, body, edits = false }: Extract<Op, { op: 'redact' }>) {
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
