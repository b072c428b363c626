import { DatabaseError } from 'pg'
import { AppError } from '../../../core/error.ts'
import { UniqueViolation } from '../database.ts'

const UNIQUE_VIOLATION = '23505'
const CHARACTER_NOT_IN_REPERTOIRE = '22021'

/** Classes and codes of SQLSTATE that say that the server cannot do it now, or that time ran out (PostgreSQL, appendix A). */
const unavailable = /^(08|53|57|58|XX)|^(25P03|25P04|40001|40P01|55P03|25006)$/

/** What pg threw, in the terms of `Database`. What is not the server's answer to a statement is a lost or refused connection. */
export function postgresError(thrown: unknown): unknown {
  if (thrown instanceof AppError || thrown instanceof UniqueViolation || thrown instanceof TypeError) return thrown
  if (!(thrown instanceof DatabaseError)) return new AppError('storage_unavailable', { cause: thrown })
  const code = thrown.code ?? ''
  if (code === UNIQUE_VIOLATION) return new UniqueViolation(thrown.constraint ?? '', thrown)
  if (code === CHARACTER_NOT_IN_REPERTOIRE) return new AppError('validation_error', { cause: thrown })
  if (unavailable.test(code)) return new AppError('storage_unavailable', { cause: thrown })
  return thrown
}

/** Whether a lock was not to be had in time: someone else is at work on the same row. */
export function isLockTimeout(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.cause instanceof DatabaseError && thrown.cause.code === '55P03'
}

/** The disk is full or broken, memory is short, or the server takes no writes: lost connections are found out by asking. */
const cannotWrite = /^(53[012]|58|XX|25006)/

/** Whether it says that nothing can be written at the moment, whoever tries. */
export function isStorageFailure(thrown: unknown): boolean {
  const cause = thrown instanceof AppError ? thrown.cause : null
  return cause instanceof DatabaseError && cannotWrite.test(cause.code ?? '')
}
