import { z } from 'zod'
import { storedList } from '../../core/stored.ts'
import type { StoredRecord } from '../../core/contract.ts'
import type { JsonObject } from '../types.ts'

/**
 * A record as it is stored. `unset` maps names of properties that it once had to the `seq` that took them away, for
 * a node that repairs a gap; of the oldest names only the newest `seq` is kept, as `forgotten`.
 */
export type RecordState = StoredRecord & { unset: Unset }
export type Unset = { readonly forgotten: number; readonly names: ReadonlyMap<string, number> }

export const nothingUnset: Unset = { forgotten: 0, names: new Map() }

/** Names kept per record. A reader that misses a forgotten one is told to take a snapshot (readLog, `whole`). */
const NAMES_KEPT = 100

export const unsetToText = ({ forgotten, names }: Unset): string =>
  forgotten === 0 && names.size === 0 ? '' : JSON.stringify([forgotten, ...names])

const unsetSchema = z.tuple([z.int()], z.tuple([z.string(), z.int()]))

export function unsetFromText(text: string): Unset {
  if (text === '') return nothingUnset
  const stored = unsetSchema.safeParse(storedList(text))
  // The forgotten names are unknown: a reader with an older version of the record takes a snapshot.
  if (!stored.success) return { forgotten: Number.MAX_SAFE_INTEGER, names: new Map() }
  const [forgotten, ...names] = stored.data
  return { forgotten, names: new Map(names) }
}

/** Each property as JSON text; properties that JSON leaves out are left out. */
function properties(value: JsonObject | null): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [name, property] of Object.entries(value ?? {})) {
    const text: string | undefined = JSON.stringify(property)
    if (text !== undefined) texts.set(name, text)
  }
  return texts
}

function toText(texts: ReadonlyMap<string, string>): string {
  return `{${[...texts].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
}

export type Difference = { value: string; set: string; unset: readonly string[] }

/** The changes from `current` to `next`, by top-level property (rule R1); null if there are none (rule R2). */
export function difference(current: JsonObject | null, next: JsonObject): Difference | null {
  const before = properties(current)
  const after = properties(next)
  const set = new Map([...after].filter(([name, text]) => before.get(name) !== text))
  const unset = [...before.keys()].filter((name) => !after.has(name))
  if (current !== null && set.size === 0 && unset.length === 0) return null
  return { value: toText(after), set: toText(set), unset }
}

/** The change that sets all of `next` for readers who know properties of these names. */
export function replacement(known: readonly string[], next: JsonObject): Difference {
  const after = properties(next)
  const value = toText(after)
  return { value, set: value, unset: known.filter((name) => !after.has(name)) }
}

/** The remembered names after a change at `seq` that took `gone` away and left the record with the properties of `value`. */
export function remember(unset: Unset, gone: readonly string[], value: JsonObject | null, seq: number): Unset {
  const names = new Map([...unset.names].filter(([name]) => value === null || !Object.hasOwn(value, name)))
  for (const name of gone) {
    names.delete(name)
    names.set(name, seq)
  }
  let { forgotten } = unset
  for (const [name, at] of names) {
    if (names.size <= NAMES_KEPT) break
    names.delete(name)
    forgotten = Math.max(forgotten, at)
  }
  return { forgotten, names }
}

/** The names to unset for a reader that knows the record as of `after`; null when some of them are forgotten. */
export function unsetSince(unset: Unset, after: number): string[] | null {
  if (unset.forgotten > after) return null
  return [...unset.names].filter(([, seq]) => seq > after).map(([name]) => name)
}
