import type { Audience, RecordType, RecordView, RoomFacts, StoredRecord } from '../../core/contract.ts'
import { between, type JsonText, spliced, textAt } from '../../core/json.ts'
import { wellFormedJson } from '../../core/text/well-formed.ts'
import { audienceOf } from '../audience.ts'
import type { Frame } from '../live/sink.ts'
import type { RecordChange } from '../types.ts'
import { Context, type Inputs, sameInputs, slotStart, type Sources } from './context.ts'
import { Memo } from './memo.ts'
import { unknownProfile } from './texts.ts'

const keptBytes = 4 * 1024 * 1024
const entryBytes = 200

/** A record as the wire shows it, through whichever door: `value` is null once it was removed. */
export type ShownRecord = {
  readonly type: RecordType
  readonly audience: Audience
  readonly key: string
  readonly seq: number
  readonly value: JsonText | null
}

/** The event for a change of such a record. */
export const wireOf = ({ wire = 'record_changed' }: RecordType): string => wire

/** The fields in front of a view's own, which a view cannot have. */
const headFields = ['room_id', 'key', 'seq', 'deleted']

/** Turns stored records into what the wire shows (rules EN1 to EN3). */
export function createRecordViews(types: readonly RecordType[], { people, clock, sign }: Sources) {
  const known = new Map(types.map((type) => [type.name, checked(type)]))
  const made = new Memo<StoredRecord, { inputs: Inputs; text: JsonText }>(keptBytes)

  function missing(records: readonly StoredRecord[]): number[] {
    const users = new Set<number>()
    for (const record of records) {
      const shows = known.get(record.type)?.shows
      if (!shows || record.value === null) continue
      for (const user of [record.actor, ...peopleIn(shows, record)]) {
        if (people.cached(user) === undefined) users.add(user)
      }
    }
    return [...users]
  }

  function view(
    { name, shows }: RecordType,
    room: RoomFacts,
    record: StoredRecord,
    loaded?: ReadonlyMap<number, string>,
    keeps = true,
  ) {
    const { value } = record
    if (value === null) return null
    if (!shows) return wellFormedJson(value)
    const profile = (user: number) => loaded?.get(user) ?? people.cached(user) ?? unknownProfile
    const inputs: Inputs = {
      actor: profile(record.actor),
      people: peopleIn(shows, record).map(profile),
      loaded: [],
      slot: slotStart(shows.slot_ms, clock.now()),
    }
    const before = made.get(record)
    if (before && sameInputs(before.inputs, inputs)) return before.text
    const needs = { name, ...shows }
    const text = wellFormed(
      shows.encode({ ...record, value }, new Context<StoredRecord>(room, record, needs, inputs, sign)),
    )
    if (keeps) made.set(record, { inputs, text }, sizeOf(text) + entryBytes)
    return text
  }

  return {
    known: (name: string): RecordType | undefined => known.get(name),

    /** Whether the record can be shown without reading anything first. */
    isAtHand: ({ type, value }: StoredRecord): boolean => value === null || known.get(type)?.shows === undefined,

    /** Loads the profiles that are not cached; undefined if all are. */
    load(records: readonly StoredRecord[]): Promise<ReadonlyMap<number, string>> | undefined {
      const users = missing(records)
      return users.length === 0 ? undefined : people.load(users)
    },

    show(
      type: RecordType,
      room: RoomFacts,
      record: StoredRecord,
      loaded?: ReadonlyMap<number, string>,
      keeps = true,
    ): ShownRecord {
      return {
        type,
        audience: audienceOf(type.audience, record),
        key: record.key,
        seq: record.seq,
        value: view(type, room, record, loaded, keeps),
      }
    },
  }
}

/** The view's `people`; none if the value cannot be read, which is reported when the view is made. */
function peopleIn({ people }: RecordView, record: StoredRecord): readonly number[] {
  if (!people) return []
  try {
    return people(record)
  } catch {
    return []
  }
}

/** As `room_joined` and pages of the state hold it, sent at `now`. */
export function recordItem({ type, key, seq, value }: ShownRecord, now: number): string {
  const head = `{"type":${JSON.stringify(type.name)},"key":${JSON.stringify(key)},"seq":${seq}`
  if (value === null) return `${head},"deleted":true}`
  return textAt(between(`${head},"value":`, value, '}'), now)
}

/** As sent to clients that may have missed changes of it: `set` has every property, and `whole` says so. */
export function wholeRecord(room: RoomFacts, record: ShownRecord): Frame {
  const { type, audience, seq, value } = record
  const event = wireOf(type)
  const head = headOf(room, record)
  if (value === null) return { seq, audience, event, json: `${head},"deleted":true}` }
  if (type.wire !== undefined) return { seq, audience, event, json: spliced(head, value) }
  return { seq, audience, event, json: between(`${head},"set":`, value, ',"unset":[],"whole":true}') }
}

/** As sent live: the changed properties, if the wire shows the stored value itself under `record_changed`. */
export function changedRecord(room: RoomFacts, change: RecordChange, record: ShownRecord): Frame {
  const { type, seq, value } = record
  if (type.wire !== undefined || type.shows !== undefined || value === null) return wholeRecord(room, record)
  const json = `${headOf(room, record)},"set":${change.set},"unset":${JSON.stringify(change.unset)}}`
  return { seq, audience: record.audience, event: wireOf(type), json: wellFormedJson(json) }
}

function headOf(room: RoomFacts, { type, key, seq }: ShownRecord): string {
  const id = `{"room_id":${JSON.stringify(room.id)},`
  const name = type.wire === undefined ? `"type":${JSON.stringify(type.name)},` : ''
  return `${id}${name}"key":${JSON.stringify(key)},"seq":${seq}`
}

const wellFormed = (text: JsonText): JsonText =>
  typeof text === 'string'
    ? wellFormedJson(text)
    : { head: wellFormedJson(text.head), since: text.since, tail: wellFormedJson(text.tail) }

const sizeOf = (text: JsonText): number =>
  typeof text === 'string' ? text.length : text.head.length + text.tail.length

/** Refuses a type whose event would contain a field twice. */
function checked(type: RecordType): RecordType {
  const { name, wire, shows, value } = type
  const schema = shows?.schema ?? value
  const fields = 'shape' in schema ? Object.keys(Object(schema.shape)) : []
  const twice = fields.filter((field) => headFields.includes(field))
  if (wire === undefined || twice.length === 0) return type
  throw new Error(`The record type ${name} has an event of its own, which holds ${twice.join(', ')} already`)
}
