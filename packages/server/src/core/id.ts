import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'

/** A new id for anything that the outside may name: UUIDv7 (RFC 9562), so that ids made later sort later. */
export const newId = (): string => v7()

/** `bytes` random bytes as base64url, for what must not be guessed. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url')
