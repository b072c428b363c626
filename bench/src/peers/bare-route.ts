import { fileURLToPath } from 'node:url'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

const program = fileURLToPath(new URL('../bare-route-server.ts', import.meta.url))

/** A Fastify route that answers `body`, with its request log going to /dev/null. */
export async function startBareRoute(body: string): Promise<ServerProcess & { port: number }> {
  const port = await freePort()
  const server = await startServer({
    args: [program, String(port), body],
    logFile: '/dev/null',
    healthUrl: `http://127.0.0.1:${port}/api/rooms/any`,
  })
  return { ...server, port }
}
