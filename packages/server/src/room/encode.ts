import type { EventType, RecordType, RoomFacts, StoredEvent } from '../core/contract.ts'
import { wellFormedJson } from '../core/text/well-formed.ts'
import type { Frame } from './live/sink.ts'
import type { LogEntry, People, RecordChange } from './types.ts'

/**
 * Makes what members are written of what is stored: the same for live delivery, recovery and history, so that a client
 * applies them with one function. An event that was made for a reply is not made again for the room.
 */
export type Encoder = {
  /**
   * Frames in the order of the entries; what was redacted or pruned (D2) or is of no type known here has none. A promise
   * only when a profile must be loaded first.
   */
  frames(room: RoomFacts, entries: readonly LogEntry[]): Frame[] | Promise<Frame[]>
  /** An event's payload as JSON text, as it is delivered; a promise only when the actor's profile must be loaded. */
  payload(room: RoomFacts, event: StoredEvent): string | Promise<string>
  /** Who sees a record of this type; undefined when the type is not known. */
  recordAudience(type: string): Frame['audience'] | undefined
}

export function createEncoder(deps: {
  events: readonly EventType[]
  records: readonly RecordType[]
  people: People
}): Encoder {
  const { people } = deps
  const events = new Map(deps.events.map((type) => [type.name, type]))
  const records = new Map(deps.records.map((type) => [type.name, type]))
  /** By the event, as long as its actor is shown in the same way. */
  const made = new WeakMap<StoredEvent, { json: string; person: string }>()

  function encode(type: EventType, room: RoomFacts, event: StoredEvent, person: string): string {
    const known = made.get(event)
    if (known?.person === person) return known.json
    const json = wellFormedJson(type.encode(event, room, person))
    made.set(event, { json, person })
    return json
  }

  /** The profiles that are not cached, loaded; undefined when all are at hand. */
  function load(entries: readonly LogEntry[]): Promise<ReadonlyMap<number, string>> | undefined {
    const missing = new Set<number>()
    for (const entry of entries) {
      if (entry.kind === 'event' && people.cached(entry.event.actor) === undefined) missing.add(entry.event.actor)
    }
    return missing.size > 0 ? people.load([...missing]) : undefined
  }

  function build(room: RoomFacts, entries: readonly LogEntry[], loaded?: ReadonlyMap<number, string>): Frame[] {
    const frames: Frame[] = []
    for (const entry of entries) {
      if (entry.kind === 'event') {
        const { event } = entry
        const type = events.get(event.type)
        if (!type || event.body === '') continue
        const person = loaded?.get(event.actor) ?? people.cached(event.actor) ?? nobody
        const json = encode(type, room, event, person)
        frames.push({ seq: event.seq, audience: type.audience, event: type.wire(room.kind), json })
      } else {
        const type = records.get(entry.record.type)
        if (!type) continue
        const json = wellFormedJson(recordChanged(room, entry.record))
        frames.push({ seq: entry.record.seq, audience: type.audience, event: 'record_changed', json })
      }
    }
    return frames
  }

  return {
    frames(room, entries) {
      const loading = load(entries)
      return loading ? loading.then((loaded) => build(room, entries, loaded)) : build(room, entries)
    },
    payload(room, event) {
      const type = events.get(event.type)
      if (!type) throw new Error(`no event type ${event.type}`)
      const person = people.cached(event.actor)
      if (person !== undefined) return encode(type, room, event, person)
      return people.load([event.actor]).then((loaded) => encode(type, room, event, loaded.get(event.actor) ?? nobody))
    },
    recordAudience: (type) => records.get(type)?.audience,
  }
}

/** Stands in for a profile that even loading did not bring. */
const nobody = '{"id":"","name":"Parlor","avatar_url":null,"guest":false}'

function recordChanged(room: RoomFacts, record: RecordChange): string {
  const head = `{"room_id":${JSON.stringify(room.id)},"type":${JSON.stringify(record.type)},"key":${JSON.stringify(record.key)},"seq":${record.seq}`
  if (record.value === null) return `${head},"deleted":true}`
  return `${head},"set":${record.set},"unset":${JSON.stringify(record.unset)}}`
}
