import { chmodSync, readdirSync, rmSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'

/** Parlor's own entries in the data folder. In a folder that holds anything else, only these are restricted. */
const ours = /^(files|.+\.db(-wal|-shm|-journal)?|parlor\.lock(-journal)?|secret\.key(\.\d+)?|\.writable(-\d+)?)$/

/** What a killed start leaves behind: a probe of the disk, a secret not yet moved to its final name. */
const left = /^(\.writable(-\d+)?|secret\.key\.\d+)$/
/** Younger files may belong to another process that is starting now. */
const leftMs = 60_000

const others = 0o077

/**
 * Restricts the folder and its content to our user, and removes what killed starts left (rules FILE1 and FILE2 of
 * README.md). Call it while holding the folder's lock. Only warns of files that it cannot restrict: an administrator
 * may have a reason. On Windows folders inherit their permissions, and nothing is changed.
 */
export function keepPrivate(folder: string, warn: (text: string) => void): void {
  const names = readdirSync(folder)
  for (const name of names.filter((found) => left.test(found))) removeOld(join(folder, name))
  if (process.platform === 'win32') return
  for (const name of names.filter((found) => ours.test(found))) close(join(folder, name), warn)
  closeFolder(folder, names, warn)
}

function removeOld(path: string): void {
  const found = statIfThere(path)
  if (found && Date.now() - found.mtimeMs > leftMs) rmSync(path, { force: true })
}

function close(path: string, warn: (text: string) => void): void {
  const found = statIfThere(path)
  if (found && (found.mode & others) !== 0 && !tighten(path, found))
    warn(
      `${path} is open to other users of this machine (mode ${modeOf(found)}) and belongs to another user: chmod 600 it.`,
    )
}

/** A folder of another user, or one that others use too (`/var`, say), is not ours to restrict. */
function closeFolder(folder: string, names: readonly string[], warn: (text: string) => void): void {
  const found = statSync(folder)
  if ((found.mode & others) === 0) return
  const isOurs = names.every((name) => ours.test(name))
  if (isOurs && tighten(folder, found)) return
  const reason = isOurs ? 'belongs to another user' : 'holds other things as well'
  warn(
    `The folder ${folder} is open to other users of this machine (mode ${modeOf(found)}) and ${reason}: give Parlor a folder of its own with mode 700.`,
  )
}

function tighten(path: string, { mode, uid }: Stats): boolean {
  if (uid !== process.getuid?.()) return false
  try {
    chmodSync(path, mode & ~others & 0o777)
    return true
  } catch {
    return false
  }
}

const modeOf = ({ mode }: Stats) => (mode & 0o777).toString(8)

const statIfThere = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false })
