import { DatabaseError } from 'pg'
import { AppError } from '../../../core/error.ts'
import { UniqueViolation } from '../database.ts'

const UNIQUE_VIOLATION = '23505'
const CHARACTER_NOT_IN_REPERTOIRE = '22021'

/** SQLSTATE classes and codes that mean the server cannot do it now, or that it timed out (PostgreSQL, appendix A). */
const unavailable = /^(08|53|57|58|XX)|^(25P03|25P04|40001|40P01|55P03|25006)$/

/**
 * Translates an error of pg into one of `Database`. An error that is not the server's answer to a statement is a lost
 * or refused connection.
 */
export function postgresError(thrown: unknown): unknown {
  if (thrown instanceof AppError || thrown instanceof UniqueViolation || thrown instanceof TypeError) return thrown
  if (!(thrown instanceof DatabaseError)) return new AppError('storage_unavailable', { cause: thrown })
  const code = thrown.code ?? ''
  if (code === UNIQUE_VIOLATION) return new UniqueViolation(thrown.constraint ?? '', thrown)
  if (code === CHARACTER_NOT_IN_REPERTOIRE) return new AppError('validation_error', { cause: thrown })
  if (unavailable.test(code)) return new AppError('storage_unavailable', { cause: thrown })
  return thrown
}

/** Whether a lock was not available in time: another transaction is writing the same row. */
export function isLockTimeout(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.cause instanceof DatabaseError && thrown.cause.code === '55P03'
}

/**
 * The disk is full or broken, memory is short, or the server is read-only. Lost connections are found by the breaker.
 */
const cannotWrite = /^(53[012]|58|XX|25006)/

/** Whether no write at all can succeed at the moment. */
export function isStorageFailure(thrown: unknown): boolean {
  const cause = thrown instanceof AppError ? thrown.cause : null
  return cause instanceof DatabaseError && cannotWrite.test(cause.code ?? '')
}
