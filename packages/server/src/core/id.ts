import { randomBytes, randomUUID } from 'node:crypto'

/**
 * A new id for anything that the outside may name: UUIDv7 (RFC 9562), so that ids of different milliseconds sort by
 * time. Every message needs one, hence node's pooled randomUUID with the time put in front instead of a library.
 */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

/** When an id of `newId` was created, in ms since 1970; 0 for an id of another kind. */
export function timeOf(id: string): number {
  return id.charAt(14) === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) || 0 : 0
}

/** `bytes` random bytes as base64url, for values that must not be guessed. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url')
