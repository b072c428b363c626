import type { z } from 'zod'
import { parseWellFormed } from './text/well-formed.ts'

/**
 * How stored JSON is read (rules SD1 to SD5 in README.md): the one place that parses it, so that no row of an earlier or
 * later release, and no broken one, throws when a room is read.
 */

/** An object of stored JSON with all its fields, also those that this release does not know. */
export type StoredObject = Readonly<Record<string, unknown>>

/** The kind of a row, as the counter and the log name it. */
export type StoredKind = 'room' | 'setting' | 'event' | 'record' | 'member' | 'profile' | 'job' | 'key'

/** A row that cannot be read. `row` says which one and `why` the reason: neither repeats its content. */
export type UnreadableRow = { kind: StoredKind; row: string; why: string }

/** Called for each row that cannot be read, each time that it is read; must not throw. */
export type TellUnreadable = (row: UnreadableRow) => void

/** One kind of stored object: its version, its schema, and how an older one is upgraded to this version. */
export type StoredShape<T> = {
  v: number
  schema: z.ZodType<T>
  /** `v` is lower than the shape's. May throw: then the row cannot be read. */
  upcast?: Upcast | undefined
}
export type Upcast = (value: StoredObject, v: number) => StoredObject

/** `value` as the schema parses it, `stored` with all fields of the row: code that writes the row back keeps them (rule SD3). */
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
 * The stored text, upgraded to this release; null when it cannot be read. Text of the current version is
 * answered unchanged: only its first and last character are checked, because this runs for each event that is sent (rule SD1).
 * Text from the database was checked when it was read (`checkedText`).
 */
export function currentText(shape: StoredShape<unknown>, v: number, text: string): string | null {
  if (v === shape.v) return isObjectText(text) ? text : null
  const reading = readStored(shape, v, text)
  return reading.ok ? JSON.stringify(reading.stored) : null
}

/** The stored object, upgraded to this release; null when it cannot be read. One of the current version is not validated (rule SD1). */
export function currentObject(shape: StoredShape<unknown>, v: number, text: string): StoredObject | null {
  if (v === shape.v) return storedObject(text)
  const reading = readStored(shape, v, text)
  return reading.ok ? reading.stored : null
}

/** Stands for text from the database that is not the JSON of an object; every reader takes it as unreadable. */
export const brokenText = '?'

/**
 * The text as it is in the database, or `brokenText`: what is spliced into the wire's JSON must be JSON itself (rule SD6).
 * By parsing, not by the database: SQLite's `json_valid` refuses JSON that is nested deeper than 1,000 levels, and PostgreSQL
 * before 16 has nothing like it.
 */
export const checkedText = (text: string): string =>
  isObjectText(text) && storedObject(text) !== null ? text : brokenText

/** Whether the text looks like an object; not validated further (rule SD1). */
const isObjectText = (text: string): boolean => text.startsWith('{') && text.endsWith('}')

function upcastSafely(value: StoredObject, v: number, upcast: Upcast): StoredObject | null {
  try {
    return upcast(value, v)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is StoredObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
