import { createStore, type Store, type WritableStore } from '../store.ts'
import type { RecordsByKey, RoomRecord } from '../types.ts'

type Values = ReadonlyMap<string, RoomRecord>

/** A record as `join_room` and the pages of the state answer it. */
export type WholeRecord = { type: string; key: string; seq: number; value?: object; deleted?: true }
/** As it changes live. `whole`: `set` is all there is. */
export type RecordChange = {
  type: string
  key: string
  seq: number
  set?: object
  unset?: readonly string[]
  whole?: true
  deleted?: true
}

/** The types of records that have an event of their own, by its name. */
export type RecordEvents = Readonly<Record<string, string>>

/** An event that only records of one type have; it carries the whole value beside `key` and `seq`. */
type OwnEvent = { event: string; data: { room_id?: string; key: string; seq: number; deleted?: true } }

const isOwnEvent = (received: { event: string; data: object }, types: RecordEvents): received is OwnEvent =>
  Object.hasOwn(types, received.event)

/** The change of a record that the event tells; null when no type of record has an event of this name. */
export function changeOf(received: { event: string; data: object }, types: RecordEvents): RecordChange | null {
  if (!isOwnEvent(received, types)) return null
  const { room_id: _, key, seq, deleted, ...set } = received.data
  return { type: types[received.event] ?? '', key, seq, set, whole: true, deleted }
}

export type Records = {
  of<Type extends string>(type: Type): Store<RecordsByKey<Type>>
  /** Begins anew; until `settled` only some of the records are known. */
  clear(): void
  whole(record: WholeRecord): void
  changed(change: RecordChange): void
  /** All pages behind a snapshot have been read. */
  settled(): void
}

/** The room's records. Of two words about one the higher `seq` holds, in whatever order they come. */
export function createRecords(): Records {
  const types = new Map<string, WritableStore<Values>>()
  /** `seq` of deletions by type and key: a page that was read before must not bring the record back. */
  const deleted = new Map<string, number>()
  /** Changes of records that stand on a page that was not read yet: they need what they change. Null: all is known. */
  let early: RecordChange[] | null = null

  // What stands under the name of a type is what the contracts say: the server checks what it sends.
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
