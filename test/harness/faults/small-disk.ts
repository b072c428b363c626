import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file system of its own. */
export type SmallDisk = Disposable & {
  grow(size: string): void
  /** Fills it with a file in the folder `filled`. */
  fill(): void
}

/** Why a test cannot mount one here; false if it can. */
export const canMount: string | false = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux'
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'parlor-test', '/mnt'], { stdio: 'ignore' })
    return false
  } catch {
    return 'no file system may be mounted here'
  }
})()

/** Mounts a file system of this size (as in mount: `64k`) over an empty folder until it is disposed. */
export function smallDisk(folder: string, size: string): SmallDisk {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'parlor-test', folder])
  return {
    grow: (larger) => void execFileSync('mount', ['-o', `remount,size=${larger}`, folder]),
    fill() {
      mkdirSync(join(folder, 'filled'))
      writeFileSync(join(folder, 'filled', 'fill'), Buffer.alloc(4096))
    },
    [Symbol.dispose]: () => void execFileSync('umount', ['-l', folder]),
  }
}
