import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from '../../../core/start-error.ts'

/**
 * Copies the database `from`, which a server may have open, to a new file `to`; returns its size in bytes (rule DB6).
 * It reads one snapshot, however long that takes, and blocks no writer. `finish` may change the copy. An interrupted
 * backup is started from the beginning.
 */
export function backupSqlite(from: string, to: string, finish: readonly string[]): number {
  if (!existsSync(from)) throw new StartError(`There is no database at ${from}: is this the DATA_DIR of the server?`)
  if (existsSync(to)) throw new StartError(`${to} already exists: choose another file, or remove it.`)
  const partial = `${to}.partial`
  rmSync(partial, { force: true })
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5000 })
  try {
    source.prepare('VACUUM INTO ?').run(partial)
  } finally {
    source.close()
  }
  const copy = new DatabaseSync(partial)
  for (const sql of finish) copy.exec(sql)
  const found = copy.prepare('PRAGMA quick_check').get()?.['quick_check']
  copy.close()
  if (found !== 'ok') throw new StartError(`The copy at ${partial} is damaged: ${String(found)}`)
  syncPath(partial)
  renameSync(partial, to)
  if (process.platform !== 'win32') syncPath(dirname(to))
  return statSync(to).size
}

function syncPath(path: string): void {
  const fd = openSync(path, process.platform === 'win32' ? 'r+' : 'r')
  fsyncSync(fd)
  closeSync(fd)
}
