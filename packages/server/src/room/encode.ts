import type { AnyEventType, RecordType, RoomFacts, StoredEvent, StoredRecord } from '../core/contract.ts'
import { AppError } from '../core/error.ts'
import type { TellUnreadable, UnreadableRow } from '../core/stored.ts'
import { type Sources, UndeclaredNeed } from './encode/context.ts'
import { createCurrent } from './encode/current.ts'
import { changedRecord, createRecordViews, recordItem, type ShownRecord, wholeRecord } from './encode/records.ts'
import { createEventTexts, type EncoderData, isShared, type KnownEvent, type ReadKind } from './encode/texts.ts'
import { audienceOf } from './audience.ts'
import { unreadableEvent } from './contract.ts'
import type { Frame } from './live/sink.ts'
import type { HistoryItem, LogEntry, RecordChange } from './types.ts'

/**
 * Turns stored rows into what clients are sent. The only place that does, for live delivery, recovery, history, streams
 * and replies alike, so that a client applies all of them with one function (rule EN1).
 */
export type Encoder = {
  /**
   * Frames in the order of the entries; a redacted or pruned event (D2) has none, and an event that cannot be read has one
   * that says so (rule UN1). A promise only if something must be loaded first.
   */
  frames(room: RoomFacts, entries: readonly LogEntry[]): Frame[] | Promise<Frame[]>
  /** The same for events that were read: in a page or snapshot each item stands at its position (rule HI1). */
  items(room: RoomFacts, items: readonly HistoryItem[], as: ReadKind): Frame<string>[] | Promise<Frame<string>[]>
  /**
   * An event's payload as JSON text, as it is delivered live, with `live` if that is given (rule EN4); a promise only when
   * something must be loaded first. Fails with `not_found` where it cannot be read.
   */
  payload(room: RoomFacts, event: StoredEvent, live?: string): string | Promise<string>
  /** Records as the wire shows them; those of unknown types are left out. */
  records(room: RoomFacts, records: readonly StoredRecord[], as: ReadKind): ShownRecord[] | Promise<ShownRecord[]>
  /** A record as `room_joined` and replies contain it, to be sent now. */
  recordItem(record: ShownRecord): string
}

export function createEncoder(
  deps: Sources & {
    events: readonly AnyEventType[]
    records: readonly RecordType[]
    /** Called for stored rows that cannot be read. */
    unreadable?: TellUnreadable
  },
): Encoder {
  const { unreadable: tell = () => undefined } = deps
  const texts = createEventTexts(deps.events, deps)
  const views = createRecordViews(deps.records, deps)
  const current = createCurrent()

  const isAtHand = (entry: LogEntry): boolean =>
    entry.kind === 'event' ? texts.isAtHand(entry.event) : views.isAtHand(entry.record)

  /** The frame of an event that cannot be read: without it clients would take the event for one that does not exist (rule UN1). */
  function unreadable(room: RoomFacts, seq: number, row: UnreadableRow, audience: Frame['audience']): Frame<string> {
    tell(row)
    return { seq, audience, event: unreadableEvent.name, json: `{"room_id":${JSON.stringify(room.id)},"seq":${seq}}` }
  }

  /** `make` makes the frame of the event in its current version; what fails in it is a body that is not what it should be. */
  function frameOf(
    room: RoomFacts,
    seq: number,
    event: StoredEvent,
    make: (of: KnownEvent, event: StoredEvent) => Frame<string>,
  ): Frame<string> | null {
    if (event.body === '') return null
    const known = texts.known(event)
    // All events of an unknown type have the same fault: it is reported once.
    if (!known) return unreadable(room, seq, { kind: 'event', row: `type ${event.type}`, why: 'no such type' }, 'room')
    try {
      const upgraded = current.event(known.type, event)
      if (upgraded) return make(known, upgraded)
      throw new Error(`not as version ${event.v} has it`)
    } catch (error) {
      if (error instanceof UndeclaredNeed) throw error
      const why = error instanceof Error ? error.message : 'its text cannot be made'
      return unreadable(
        room,
        seq,
        { kind: 'event', row: `room ${room.num} seq ${event.seq}`, why },
        // Who would see it may stand in what cannot be read.
        typeof known.type.audience === 'function' ? 'moderators' : known.type.audience,
      )
    }
  }

  const eventFrame = (
    room: RoomFacts,
    event: StoredEvent,
    found?: EncoderData,
    keeps = true,
    live?: string,
  ): Frame<string> | null =>
    frameOf(room, event.seq, event, (known, upgraded) => {
      const { type } = known
      const audience = audienceOf(type.audience, upgraded)
      const name = type.nameIn ? type.nameIn(upgraded) : type.wire(room.kind)
      return { seq: event.seq, audience, event: name, json: texts.text(known, room, upgraded, found, keeps, live) }
    })

  function itemFrame(room: RoomFacts, item: HistoryItem, keeps: boolean, found?: EncoderData): Frame<string> | null {
    const { position } = item
    if (position === item.event.seq) return eventFrame(room, item.event, found, keeps)
    return frameOf(room, position, item.event, (known, event) => {
      const { item: view, name } = known.type
      const audience = audienceOf(known.type.audience, event)
      if (!view) throw new Error(`${name} carries an item of history and does not say how it is shown`)
      const json = texts.itemText(known, view, room, { position, event }, found, keeps)
      return { seq: position, audience, event: view.wire(room.kind), json }
    })
  }

  /** The events in their current version, for which data is loaded; one that cannot be upgraded as it is. */
  const upgradedAll = (events: readonly StoredEvent[]): StoredEvent[] =>
    events.map((event) => {
      const known = event.body === '' ? undefined : texts.known(event)
      return (known && current.event(known.type, event)) ?? event
    })

  /** A record in the current version of its type; null: it cannot be read, and was reported. */
  function readable(room: RoomFacts, record: StoredRecord): { type: RecordType; record: StoredRecord } | null {
    const { type: name, key, v } = record
    const type = views.known(name)
    const upgraded = type ? current.record(type, record) : null
    if (type && upgraded) return { type, record: upgraded }
    if (!type) tell({ kind: 'record', row: `type ${name}`, why: 'no such type' })
    else tell({ kind: 'record', row: `room ${room.num} ${name} ${key}`, why: `not as version ${v} has it` })
    return null
  }

  /** What fails in its view is a value that is not what it should be: the record is left out (rule UN2). */
  function show(
    room: RoomFacts,
    record: StoredRecord,
    people?: EncoderData['people'],
    keeps = true,
  ): ShownRecord | null {
    const found = readable(room, record)
    if (!found) return null
    try {
      return views.show(found.type, room, found.record, people, keeps)
    } catch (error) {
      if (error instanceof UndeclaredNeed) throw error
      const why = error instanceof Error ? error.message : 'its view cannot be made'
      tell({ kind: 'record', row: `room ${room.num} ${record.type} ${record.key}`, why })
      return null
    }
  }

  function recordFrame(room: RoomFacts, change: RecordChange, people?: EncoderData['people']): Frame | null {
    const shown = show(room, change, people)
    if (!shown) return null
    // `set` has properties of the version in which the record was stored.
    return change.v === shown.type.v ? changedRecord(room, change, shown) : wholeRecord(room, shown)
  }

  /** Profiles that the records' views need; undefined if all are cached. */
  const loadFor = (room: RoomFacts, records: readonly StoredRecord[]) =>
    views.load(records.flatMap((record) => (views.isAtHand(record) ? [] : (readable(room, record)?.record ?? []))))

  function build(
    room: RoomFacts,
    entries: readonly LogEntry[],
    found?: EncoderData,
    people?: EncoderData['people'],
  ): Frame[] {
    const frames: Frame[] = []
    for (const entry of entries) {
      if (entry.kind === 'event') {
        const frame = eventFrame(room, entry.event, found, true, entry.live)
        if (frame) frames.push(frame)
      } else {
        const frame = recordFrame(room, entry.record, people)
        if (frame) frames.push(frame)
      }
    }
    return frames
  }

  return {
    frames(room, entries) {
      if (entries.every(isAtHand)) return build(room, entries)
      const events = entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []))
      const records = entries.flatMap((entry) => (entry.kind === 'record' ? [entry.record] : []))
      const [finding, loading] = [texts.load(room, upgradedAll(events), 'changes'), loadFor(room, records)]
      return Promise.all([Promise.resolve(finding), Promise.resolve(loading)]).then(([found, people]) =>
        build(room, entries, found, people),
      )
    },
    items(room, items, as) {
      const make = (found?: EncoderData) => items.flatMap((item) => itemFrame(room, item, isShared(as), found) ?? [])
      const events = upgradedAll(items.map(({ event }) => event))
      return texts.load(room, events, as)?.then(make) ?? make()
    },
    payload(room, event, live) {
      const make = (found?: EncoderData) => {
        const frame = eventFrame(room, event, found, true, live)
        if (!frame || frame.event === unreadableEvent.name) throw new AppError('not_found')
        return frame.json
      }
      if (texts.isAtHand(event)) return make()
      return texts.load(room, upgradedAll([event]), 'changes')?.then(make) ?? make()
    },
    records(room, records, as) {
      const make = (people?: EncoderData['people']) =>
        records.flatMap((record) => show(room, record, people, isShared(as)) ?? [])
      return loadFor(room, records)?.then(make) ?? make()
    },
    recordItem: (record) => recordItem(record, deps.clock.now()),
  }
}
