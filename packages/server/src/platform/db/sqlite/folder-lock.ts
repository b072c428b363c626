import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from '../../../core/start-error.ts'

export type FolderLock = { release(): void }

const BUSY = 5
/** Primary result codes for a lock file that is not a database: truncated by a power failure, or overwritten. */
const unreadable = new Set([11, 26])

/**
 * Locks the folder for this process; throws a sentence for the operator when another process holds the lock. The
 * operating system keeps the lock on an open file (through SQLite, which implements this correctly on every platform),
 * so it ends with the process however that ends, and there is no stale pid file.
 * The file stays when the lock is released. If it is new although there is a `database`, someone may have removed it
 * while another process runs: then this process needs exclusive access to the database, a lock that cannot be removed
 * (rule FILE3 of platform/files/README.md). Afterwards a mark in the lock file says that this check is done, because a
 * mere reader of the database must not prevent a start.
 */
export function lockFolder(folder: string, database: string | null = null): FolderLock {
  const path = join(folder, 'parlor.lock')
  const lock = openLock(path, folder)
  try {
    if (!isMarked(lock)) {
      if (database !== null && existsSync(database)) mustBeAlone(database, folder)
      mark(lock)
    }
    return { release: () => lock.close() }
  } catch (error) {
    lock.close()
    throw error
  }
}

function openLock(path: string, folder: string): DatabaseSync {
  try {
    return holdLock(path)
  } catch (cause) {
    if (unreadable.has(codeOf(cause))) {
      rmSync(path)
      return openLock(path, folder)
    }
    throw codeOf(cause) === BUSY ? inUse(folder, '', cause) : cannotLock(path, cause)
  }
}

/** In exclusive mode the lock outlives the transaction, so that the mark can be committed. */
function holdLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw error
  }
}

const isMarked = (lock: DatabaseSync) => lock.prepare('PRAGMA user_version').get()?.['user_version'] === 1

/** On a full disk the lock stays valid without the mark, and the next start checks again. */
function mark(lock: DatabaseSync): void {
  try {
    lock.exec('PRAGMA user_version = 1; COMMIT')
  } catch {
    if (!lock.isTransaction) lock.exec('BEGIN EXCLUSIVE')
  }
}

/** Every connection to a WAL-mode database, even an idle one, holds a shared lock on its file. */
function mustBeAlone(database: string, folder: string): void {
  const connection = new DatabaseSync(database, { timeout: 0 })
  try {
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK')
  } catch (cause) {
    if (codeOf(cause) !== BUSY) throw cause
    throw inUse(
      folder,
      ' (its lock file was removed, so this once a program that only reads the database counts as well)',
      cause,
    )
  } finally {
    connection.close()
  }
}

const inUse = (folder: string, note: string, cause: unknown) =>
  new StartError(
    `The data folder ${folder} is in use by another Parlor process${note}; stop it or set another DATA_DIR.`,
    { cause },
  )

const cannotLock = (path: string, cause: unknown) =>
  new StartError(`${path} cannot be locked (${cause instanceof Error ? cause.message : String(cause)}).`, { cause })

const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : -1
