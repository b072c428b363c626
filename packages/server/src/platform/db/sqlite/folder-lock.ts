import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from '../../../core/start-error.ts'

export type FolderLock = { release(): void }

const BUSY = 5
/** Primary result codes of a lock file that is no database: cut short by a power failure, or written over. */
const unreadable = new Set([11, 26])

/**
 * Takes the folder for this process alone; throws with a sentence for the person at the terminal when another process
 * has it. The lock is one that the operating system keeps on an open file (through SQLite, which does it right on every
 * platform), so it ends with the process however that ends, and no stale pid can be taken for a living one.
 *
 * The file stays when the lock is released. If it is new although there is a `database`, someone may have removed it under
 * a living process: then nobody else may have the database open, which is a lock that cannot be removed (rule FILE3 of
 * platform/files/README.md). Afterwards a mark in the file says so, for a reader of the database must not stop a start.
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

/** A disk that is full leaves the lock as good as it is; the next start looks again. */
function mark(lock: DatabaseSync): void {
  try {
    lock.exec('PRAGMA user_version = 1; COMMIT')
  } catch {
    if (!lock.isTransaction) lock.exec('BEGIN EXCLUSIVE')
  }
}

/** Every connection to a database in WAL mode, a sleeping one too, keeps a shared lock on its file. */
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
