import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** Clock ticks per second in /proc. */
export function ticksPerSecond(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
}

/** User and system time of a whole process, all its threads, in seconds (proc(5): fields 14 and 15 of `stat`). */
export function cpuSeconds(pid: number, ticks: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The second field is the program's name in brackets and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticks
}

/**
 * Seconds that the main thread of a process was ready to run and had to wait for a core (proc(5), `schedstat`): others
 * on the machine took them. 0 where the kernel keeps no account.
 */
export function waitedSeconds(pid: number): number {
  const path = `/proc/${pid}/schedstat`
  return existsSync(path) ? Number(readFileSync(path, 'latin1').split(' ')[1]) / 1e9 : 0
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  if (kib === undefined) throw new Error(`process ${pid} has no resident memory: it ended`)
  return Number(kib) * 1024
}

/** How many files and sockets this process and those it starts may hold open. */
export function openFilesLimit(): number {
  const limit = /^Max open files\s+\d+\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
  return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
}
