import { type Stats, statSync } from 'node:fs'

/** The three files of an open database. */
export type SqliteFiles = {
  /** Bytes that the `-wal` took on the disk when last looked at. */
  walBytes(): number
  /** Null while all three stand under their names; otherwise which does not (rule DB3). Some microseconds. */
  lost(): Error | null
}

/**
 * Remembers which files SQLite has open. A file that was removed or replaced lives on without a name: writes and syncs
 * of it pass, and all of it is gone with the process. The database file itself must not be opened for this (see
 * `openWal`), so names are asked, which also finds a folder that was moved.
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
