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
  function of<Type extends string>(type: Type): Store<RecordsByKey<Type>>
  function of(type: string): Store<Values> {
    return valuesOf(type)
  }

  function valuesOf(type: string): WritableStore<Values> {
    const known = types.get(type)
    if (known) return known
    const made = createStore<Values>(new Map())
    types.set(type, made)
    return made
  }

  function put(type: string, key: string, record: RoomRecord | null): void {
    const values = new Map(valuesOf(type).get())
    if (record) values.set(key, record)
    else values.delete(key)
    valuesOf(type).set(values)
  }

  const seqOf = (type: string, key: string) =>
    Math.max(valuesOf(type).get().get(key)?.seq ?? 0, deleted.get(`${type} ${key}`) ?? 0)

  function remove(type: string, key: string, seq: number): void {
    deleted.set(`${type} ${key}`, seq)
    put(type, key, null)
  }

  function apply({ type, key, seq, set, unset = [], whole, deleted: isDeleted }: RecordChange): void {
    if (seq <= seqOf(type, key)) return
    if (isDeleted) return remove(type, key, seq)
    const known = whole ? {} : (valuesOf(type).get().get(key)?.value ?? {})
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
    whole({ type, key, seq, value, deleted: isDeleted }) {
      if (seq <= seqOf(type, key)) return
      if (isDeleted) remove(type, key, seq)
      else put(type, key, { seq, value: { ...value } })
    },
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
