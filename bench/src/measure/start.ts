import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDataDir } from '../peers/data-dir.ts'
import { settings } from '../peers/parlor.ts'
import { freePort, startServer } from '../peers/server-process.ts'

const boot = fileURLToPath(new URL('../../../scripts/boot.mjs', import.meta.url))

export type StartFigures = { startMs: number }

/** From starting what `npm start` starts, on an empty data folder, to the first 200 from health. */
export async function measureStart(): Promise<StartFigures> {
  const port = await freePort()
  const dataDir = makeDataDir()
  const began = performance.now()
  const server = await startServer({
    args: [boot, 'packages/server/src/main.ts'],
    env: { ...settings(port, dataDir.path), LOG_LEVEL: 'warn' },
    logFile: join(dataDir.path, 'bench.log'),
    healthUrl: `http://127.0.0.1:${port}/api/health`,
  })
  const startMs = performance.now() - began
  // In peace: killed, the boot script could not pass it on.
  await server.stop('SIGTERM')
  dataDir.remove()
  return { startMs }
}
