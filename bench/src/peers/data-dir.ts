import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const parent = fileURLToPath(new URL('../../../.parlor', import.meta.url))

export type DataDir = { path: string; remove(): void }

/** On the disk of the repository: a temporary folder may lie in memory, where syncs cost nothing. */
export function makeDataDir(): DataDir {
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(join(parent, 'bench-'))
  const remove = () => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  // A bench that is interrupted leaves nothing behind.
  process.once('exit', remove)
  return { path, remove }
}
