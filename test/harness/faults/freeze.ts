import { readFileSync } from 'node:fs'
import { Client } from 'pg'

/** Why a database cannot be frozen here; false if it can. */
export const cannotFreeze: string | false = process.platform === 'linux' ? false : 'needs /proc'

/** Freezes every process of the PostgreSQL server at `url` (SIGSTOP); the returned function resumes them. */
export async function freeze(url: string): Promise<() => void> {
  const client = new Client(url)
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const backend = rows[0]?.pid ?? 0
  const first = parentOf(backend)
  // Once the parent is stopped no new process starts, so its children found then are all.
  process.kill(first, 'SIGSTOP')
  const stopped = [first, ...childrenOf(first)]
  for (const pid of stopped.slice(1)) process.kill(pid, 'SIGSTOP')
  return () => {
    for (const pid of stopped) process.kill(pid, 'SIGCONT')
    client.end().catch(() => {})
  }
}

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
