import { closeSync, fdatasyncSync, openSync, statfsSync, writeSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { makeDataDir } from './peers/data-dir.ts'
import { median } from './statistics.ts'

export type Machine = {
  cpu: string
  cores: number
  node: string
  /** Median of an fdatasync after a write of 4 KiB at the end of a file, where Parlor's data lies. */
  syncMs: number
}

const syncs = 200
const tmpfsMagic = 0x01021994

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    syncMs: probeSync(),
  }
}

/** Throws where files lie in memory: a figure of durable messages from there would mean nothing. */
function probeSync(): number {
  const directory = makeDataDir()
  try {
    if (statfsSync(directory.path).type === tmpfsMagic)
      throw new Error(`${directory.path} lies in memory, not on a disk`)
    const file = openSync(join(directory.path, 'probe'), 'w')
    const block = Buffer.alloc(4096)
    const times = Array.from({ length: syncs }, () => {
      writeSync(file, block)
      const began = performance.now()
      fdatasyncSync(file)
      return performance.now() - began
    })
    closeSync(file)
    return median(times)
  } finally {
    directory.remove()
  }
}
