import { setTimeout as sleep } from 'node:timers/promises'
import { Load } from '../load/load.ts'
import type { Peer } from '../peers/peer.ts'
import { openFilesLimit, residentBytes } from '../proc.ts'
import type { Context } from './context.ts'

export type IdleFigures = { connections: number; kibPerConnection: number }

const settleMs = 2000
/** Files that a process needs besides its connections. */
const otherFiles = 200

/** Resident memory of the server per connection that only stays; fewer than asked for where the file limit says so. */
export async function measureIdle(peer: Peer, wanted: number, context: Context): Promise<IdleFigures> {
  const connections = Math.min(wanted, openFilesLimit() - otherFiles)
  await sleep(settleMs)
  const before = residentBytes(peer.pid)
  const load = await Load.connect(
    {
      port: peer.port,
      serverPid: peer.pid,
      ticksPerSecond: context.ticksPerSecond,
      auth: null,
      clients: Array.from({ length: connections }, (_, id) => ({ id, room: null, isSender: false })),
      inFlight: 0,
      contentLength: 0,
      sampleEvery: 1,
    },
    context.generators,
  )
  try {
    await sleep(settleMs)
    return { connections, kibPerConnection: (residentBytes(peer.pid) - before) / 1024 / connections }
  } finally {
    await load.close()
  }
}
