import { randomBytes, randomFillSync } from 'node:crypto'

const digits = Buffer.from('0123456789abcdef')
/** Where the random digits stand in an id, that of the variant aside. */
const places = [15, 16, 17, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35]
const variantPlace = 19
/** Random bytes for the next ids, one for each digit: asking for them for each id costs more than the rest of it. */
const pool = new Uint8Array((places.length + 1) * 256)
let used = pool.length
/** The id that is being written, and the time that stands in it. */
const text = Buffer.from('00000000-0000-7000-8000-000000000000')
let time = 0

/**
 * A new id for anything that the outside may name: UUIDv7 (RFC 9562), so that ids of different milliseconds sort by
 * time. Every message needs one, hence no library: it is written into one buffer, and is a single string.
 */
export function newId(): string {
  const now = Date.now()
  if (now !== time) {
    const hex = now.toString(16).padStart(12, '0')
    text.write(`${hex.slice(0, 8)}-${hex.slice(8)}`)
    time = now
  }
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  for (const place of places) text[place] = digits[(pool[used++] ?? 0) & 15] ?? 0
  text[variantPlace] = digits[8 + ((pool[used++] ?? 0) & 3)] ?? 0
  return text.toString('latin1')
}

/** When an id of `newId` was created, in ms since 1970; 0 for an id of another kind. */
export function timeOf(id: string): number {
  return id.charAt(14) === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) || 0 : 0
}

/** `bytes` random bytes as base64url, for values that must not be guessed. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url')
