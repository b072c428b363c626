import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from '../../core/start-error.ts'

export type FolderLock = { release(): void }

/**
 * Takes the folder for this process alone; throws with a sentence for the person at the terminal when another process
 * has it. The lock is one that the operating system keeps on an open file (through SQLite, which does it right on every
 * platform), so it ends with the process however that ends, and no stale pid can be taken for a living one.
 */
export function lockFolder(folder: string): FolderLock {
  const lock = new DatabaseSync(join(folder, 'parlor.lock'))
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw new StartError(
      `The data folder ${folder} is in use by another Parlor process; stop it or set another DATA_DIR.`,
      {
        cause,
      },
    )
  }
  return { release: () => lock.close() }
}
