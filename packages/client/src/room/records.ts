import { createStore, type Store, type WritableStore } from '../store.ts'
import type { RecordsByKey, RoomRecord } from '../types.ts'

type Values = ReadonlyMap<string, RoomRecord>

/** A record in answers of `join_room` and pages of the state. */
export type WholeRecord = { type: string; key: string; seq: number; value?: object; deleted?: true }
/** A live change. `whole`: `set` is the complete value. */
export type RecordChange = {
  type: string
  key: string
  seq: number
  set?: object
  unset?: readonly string[]
  whole?: true
  deleted?: true
}

/** The record types that have their own event, by its name. */
export type RecordEvents = Readonly<Record<string, string>>

/** An event of one record type; it contains the whole value, `key` and `seq`. */
type OwnEvent = { event: string; data: { room_id?: string; key: string; seq: number; deleted?: true } }

const isOwnEvent = (received: { event: string; data: object }, types: RecordEvents): received is OwnEvent =>
  Object.hasOwn(types, received.event)

/** The record change in an event; null if the event is not about a record. */
export function changeOf(received: { event: string; data: object }, types: RecordEvents): RecordChange | null {
  if (!isOwnEvent(received, types)) return null
  const { room_id: _, key, seq, deleted, ...set } = received.data
  return { type: types[received.event] ?? '', key, seq, set, whole: true, deleted }
}

export type Records = {
  of<Type extends string>(type: Type): Store<RecordsByKey<Type>>
  /** Starts over; until `settled` only some of the records are known. */
  clear(): void
  whole(record: WholeRecord): void
  changed(change: RecordChange): void
  /** All pages after a snapshot were read. */
  settled(): void
}

/** The room's records. The change with the higher `seq` wins, in whatever order they arrive. */
export function createRecords(): Records {
  const types = new Map<string, WritableStore<Values>>()
  /** The `seq` of deletions by type and key: an older page must not restore the record. */
  const deleted = new Map<string, number>()
  /** Changes of records on pages that were not read yet; they apply after the record. Null: all pages were read. */
  let early: RecordChange[] | null = null

  // Sound: the server validates record values against the contract of their type.
  function of<Type extends string>(type: Type): WritableStore<RecordsByKey<Type>>
  function of(type: string): WritableStore<Values> {
    const known = types.get(type)
    if (known) return known
    const made = createStore<Values>(new Map())
    types.set(type, made)
    return made
  }

  function put(type: string, key: string, record: RoomRecord | null): void {
    const values = new Map(of(type).get())
    if (record) values.set(key, record)
    else values.delete(key)
    of(type).set(values)
  }

  const seqOf = (type: string, key: string) =>
    Math.max(of(type).get().get(key)?.seq ?? 0, deleted.get(`${type} ${key}`) ?? 0)

  function apply({ type, key, seq, set, unset = [], whole, deleted: isDeleted }: RecordChange): void {
    if (seq <= seqOf(type, key)) return
    if (isDeleted) {
      deleted.set(`${type} ${key}`, seq)
      return put(type, key, null)
    }
    const known = whole ? {} : (of(type).get().get(key)?.value ?? {})
    const before = Object.entries(known).filter(([name]) => !unset.includes(name))
    put(type, key, { seq, value: { ...Object.fromEntries(before), ...set } })
  }

  return {
    of,
    clear() {
      early = []
      deleted.clear()
      for (const values of types.values()) values.set(new Map())
    },
    whole: ({ value, ...record }) => apply({ ...record, set: value, whole: true }),
    changed(change) {
      const isKnown = seqOf(change.type, change.key) > 0
      if (early && !isKnown && !change.deleted && !change.whole) early.push(change)
      else apply(change)
    },
    settled() {
      const waiting = early ?? []
      early = null
      for (const change of waiting) apply(change)
      deleted.clear()
    },
  }
}
