import type { Door } from './actions.ts'
import type { JsonObject } from '../wire.ts'

export const inPath = (door: Door, field: string): boolean => door.kind === 'http' && door.path.includes(`:${field}`)

/** Replaces values that a path cannot contain. */
const inSegment = (value: unknown): string => (typeof value === 'string' ? value.toWellFormed() || ' ' : 'none')

/** The fields as the server reads them. */
export const asSent = (door: Door, input: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      inPath(door, name) ? inSegment(value) : typeof value === 'string' ? value.toWellFormed() : value,
    ]),
  )

export function place(door: { path: string }, input: JsonObject): { path: string; body: JsonObject } {
  const body = { ...input }
  const path = door.path.replace(/:(\w+)/g, (_, field: string) => {
    const segment = encodeURIComponent(inSegment(body[field]))
    delete body[field]
    return segment
  })
  return { path, body }
}

export function queryOf(fields: JsonObject): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    query.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  return `?${query.toString()}`
}
