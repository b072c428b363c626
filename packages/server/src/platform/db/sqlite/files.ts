import { type Stats, statSync } from 'node:fs'

/** The three files of an open database. */
export type SqliteFiles = {
  /** Size of the `-wal` on the disk when last checked. */
  walBytes(): number
  /**
   * Null while all three files are the ones that were opened; otherwise says which is not (rule DB3). Takes a few
   * microseconds.
   */
  lost(): Error | null
}

/**
 * Remembers which files SQLite has open. A file that was removed or replaced lives on without a name: writes and syncs
 * of it succeed, and its content is gone with the process. The database file itself must not be opened for this check
 * (see `openWal`), so it compares paths, which also detects a moved folder.
 */
export function watchFiles(file: string): SqliteFiles {
  const wal = `${file}-wal`
  const mine = [file, wal, `${file}-shm`].map((path) => ({ path, ...identity(statSync(path)) }))
  let walBytes = 0

  return {
    walBytes: () => walBytes,
    lost() {
      for (const { path, dev, ino } of mine) {
        const found = statSync(path, { throwIfNoEntry: false })
        if (found === undefined) return new Error(`${path} was removed or moved away while it was in use`)
        if (found.ino !== ino || found.dev !== dev) return new Error(`${path} was replaced while it was in use`)
        if (path === wal) walBytes = found.size
      }
      return null
    },
  }
}

const identity = ({ dev, ino }: Stats) => ({ dev, ino })
