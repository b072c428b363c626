import type { z } from 'zod'
import { parseWellFormed } from './text/well-formed.ts'

/**
 * How stored JSON is read (rules SD1 to SD6 in README.md): the one place that parses it, so that no row of an earlier or
 * later release, and no broken one, throws where somebody reads a room.
 */

/** An object of stored JSON as it is, with what this release does not know. */
export type StoredObject = Readonly<Record<string, unknown>>

/** What a row is of, as the counter and the log name it. */
export type StoredKind = 'room' | 'setting' | 'event' | 'record' | 'member' | 'profile'

/** A row that cannot be read. `row` says which and `why` what is wrong with it: neither holds anything of its content. */
export type UnreadableRow = { kind: StoredKind; row: string; why: string }

/** Told of each row that cannot be read, as often as it is met; must not throw. */
export type TellUnreadable = (row: UnreadableRow) => void

/** One kind of stored object: its version, what it holds, and how an older one becomes one of this version. */
export type StoredShape<T> = {
  v: number
  schema: z.ZodType<T>
  /** `v` is lower than the shape's. May throw: then the row cannot be read. */
  upcast?: Upcast | undefined
}
export type Upcast = (value: StoredObject, v: number) => StoredObject

/** `value` as the schema has it, `stored` with all fields that the row has: writers keep these (rule SD3). */
export type Reading<T> = { ok: true; value: T; stored: StoredObject } | { ok: false; why: string }

/** Null: the text is no JSON, or none of an object. */
export function storedObject(text: string): StoredObject | null {
  const value = parsed(text)
  return isObject(value) ? value : null
}

/** The same of a list. */
export function storedList(text: string): readonly unknown[] | null {
  const value = parsed(text)
  return Array.isArray(value) ? value : null
}

function parsed(text: string): unknown {
  try {
    return parseWellFormed(text)
  } catch {
    return null
  }
}

/** Reads an object that was stored at version `v`. One of a newer release is read as far as it fits (rule SD2). */
export function readStored<T>({ v: current, schema, upcast }: StoredShape<T>, v: number, text: string): Reading<T> {
  const found = storedObject(text)
  if (found === null) return { ok: false, why: 'no JSON object' }
  const stored = v < current && upcast ? upcastSafely(found, v, upcast) : found
  if (stored === null) return { ok: false, why: `nothing of version ${v}` }
  const result = schema.safeParse(stored)
  if (result.success) return { ok: true, value: result.data, stored }
  const [issue] = result.error.issues
  return { ok: false, why: `version ${v}, ${issue?.path.join('.') || 'as a whole'}: ${issue?.code ?? 'invalid'}` }
}

/**
 * The text that stands for a stored one in this release; null when it cannot be read. Text of the current version is
 * answered as it is: only its ends are looked at, for this runs for each row that recovery sends (rule SD1).
 */
export function currentText(shape: StoredShape<unknown>, v: number, text: string): string | null {
  if (v === shape.v) return isObjectText(text) ? text : null
  const reading = readStored(shape, v, text)
  return reading.ok ? JSON.stringify(reading.stored) : null
}

/** Whether the text can be spliced into what clients are sent: it is looked at no further (rule SD1). */
export const isObjectText = (text: string): boolean => text.startsWith('{') && text.endsWith('}')

function upcastSafely(value: StoredObject, v: number, upcast: Upcast): StoredObject | null {
  try {
    return upcast(value, v)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is StoredObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
