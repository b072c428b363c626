import { AppError } from '../../../core/error.ts'
import { UniqueViolation } from '../database.ts'

/** SQLite's primary result codes that mean that nothing can be stored or read now (https://sqlite.org/rescode.html). */
const unavailable = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
  26, // NOTADB
])
const CONSTRAINT_PRIMARYKEY = 1555
const CONSTRAINT_UNIQUE = 2067

/** Translates an error of SQLite into one of `Database`; returns any other error unchanged. */
export function sqliteError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return thrown
  if (unavailable.has(thrown.errcode & 0xff)) return new AppError('storage_unavailable', { cause: thrown })
  if (thrown.errcode === CONSTRAINT_UNIQUE || thrown.errcode === CONSTRAINT_PRIMARYKEY) {
    return new UniqueViolation(thrown.message.replace(/^.*failed: /, ''), thrown)
  }
  return thrown
}

const BUSY = 5

/** Another connection holds the lock. */
export const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  'errcode' in thrown &&
  typeof thrown.errcode === 'number' &&
  (thrown.errcode & 0xff) === BUSY
