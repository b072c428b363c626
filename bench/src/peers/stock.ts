import { fileURLToPath } from 'node:url'
import type { Peer } from './peer.ts'
import { freePort, startServer } from './server-process.ts'

const program = fileURLToPath(new URL('../stock-server.ts', import.meta.url))

export async function startStock(): Promise<Peer> {
  const port = await freePort()
  const server = await startServer({
    args: [program, String(port)],
    logFile: '/dev/null',
    healthUrl: `http://127.0.0.1:${port}/`,
  })
  return {
    name: 'stock',
    port,
    pid: server.pid,
    auth: null,
    makeRooms: async (count) => Array.from({ length: count }, (_, index) => `room-${index}`),
    readLoopDelay: async () => Number.NaN,
    lastWords: server.lastWords,
    stop: () => server.stop(),
  }
}
