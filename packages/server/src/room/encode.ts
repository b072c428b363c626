import type { EventType, RecordType, RoomFacts, StoredEvent, StoredRecord } from '../core/contract.ts'
import type { Sources } from './encode/context.ts'
import { changedRecord, createRecordViews, recordItem, type ShownRecord } from './encode/records.ts'
import { createEventTexts, type Found, type Showing } from './encode/texts.ts'
import type { Frame } from './live/sink.ts'
import type { HistoryItem, LogEntry } from './types.ts'

/**
 * Makes what clients are sent of what is stored: the only place that does, for live delivery, recovery, history, streams
 * and replies alike, so that a client applies all of them with one function (rule EN1).
 */
export type Encoder = {
  /**
   * Frames in the order of the entries; what was redacted or pruned (D2) or is of no type known here has none. A promise
   * only when something must be loaded first.
   */
  frames(room: RoomFacts, entries: readonly LogEntry[]): Frame[] | Promise<Frame[]>
  /** The same for events alone: as they happened, or as a page or snapshot shows items, each at its position (rule HI1). */
  items(room: RoomFacts, items: readonly HistoryItem[], as: Showing): Frame<string>[] | Promise<Frame<string>[]>
  /** An event's payload as JSON text, as it is delivered live; a promise only when something must be loaded first. */
  payload(room: RoomFacts, event: StoredEvent): string | Promise<string>
  /** Records as the wire shows them; those of no type known here are left out. */
  records(room: RoomFacts, records: readonly StoredRecord[]): ShownRecord[] | Promise<ShownRecord[]>
  /** A record as `room_joined` and replies hold it, to be sent now. */
  recordItem(record: ShownRecord): string
}

export function createEncoder(
  deps: Sources & { events: readonly EventType[]; records: readonly RecordType[] },
): Encoder {
  const texts = createEventTexts(deps.events, deps)
  const views = createRecordViews(deps.records, deps)

  const isAtHand = (entry: LogEntry): boolean =>
    entry.kind === 'event' ? texts.isAtHand(entry.event) : views.isAtHand(entry.record)

  function eventFrame(room: RoomFacts, event: StoredEvent, found?: Found): Frame<string> | null {
    const known = texts.known(event)
    if (!known || event.body === '') return null
    const { audience, wire } = known.type
    return { seq: event.seq, audience, event: wire(room.kind), json: texts.text(known, room, event, found) }
  }

  function itemFrame(room: RoomFacts, item: HistoryItem, found?: Found): Frame<string> | null {
    const { position, event } = item
    if (position === event.seq) return eventFrame(room, event, found)
    const known = texts.known(event)
    if (!known || event.body === '') return null
    const { audience, item: view, name } = known.type
    if (!view) throw new Error(`${name} carries an item of history and does not say how it is shown`)
    const json = texts.itemText(known, view, room, item, found)
    return { seq: position, audience, event: view.wire(room.kind), json }
  }

  function build(room: RoomFacts, entries: readonly LogEntry[], found?: Found, people?: Found['people']): Frame[] {
    const frames: Frame[] = []
    for (const entry of entries) {
      if (entry.kind === 'event') {
        const frame = eventFrame(room, entry.event, found)
        if (frame) frames.push(frame)
      } else {
        const type = views.known(entry.record.type)
        if (type) frames.push(changedRecord(room, entry.record, views.show(type, room, entry.record, people)))
      }
    }
    return frames
  }

  return {
    frames(room, entries) {
      if (entries.every(isAtHand)) return build(room, entries)
      const events = entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []))
      const records = entries.flatMap((entry) => (entry.kind === 'record' ? [entry.record] : []))
      const [finding, loading] = [texts.load(room, events, 'log'), views.load(records)]
      return Promise.all([Promise.resolve(finding), Promise.resolve(loading)]).then(([found, people]) =>
        build(room, entries, found, people),
      )
    },
    items(room, items, as) {
      const make = (found?: Found) => items.flatMap((item) => itemFrame(room, item, found) ?? [])
      const events = items.map(({ event }) => event)
      return texts.load(room, events, as)?.then(make) ?? make()
    },
    payload(room, event) {
      const known = texts.known(event)
      if (!known) throw new Error(`no event type ${event.type}`)
      if (texts.isAtHand(event)) return texts.text(known, room, event)
      const make = (found?: Found) => texts.text(known, room, event, found)
      return texts.load(room, [event], 'log')?.then(make) ?? make()
    },
    records(room, records) {
      const make = (people?: Found['people']) =>
        records.flatMap((record) => {
          const type = views.known(record.type)
          return type ? [views.show(type, room, record, people)] : []
        })
      return views.load(records)?.then(make) ?? make()
    },
    recordItem: (record) => recordItem(record, deps.clock.now()),
  }
}
