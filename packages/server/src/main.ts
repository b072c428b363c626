import { inspect } from 'node:util'
import { type Config, loadConfig } from './config.ts'
import { helpText } from './config/describe.ts'
import { systemClock, systemTimers } from './core/clock.ts'
import { StartError } from './core/start-error.ts'
import { limitHeapGrowth } from './main/heap-growth.ts'
import { createExit } from './main/exit.ts'
import { createStop } from './main/stop.ts'
import { createLogging, createStderr, type Logging } from './platform/log/log.ts'
import { createServer, featureSettings } from './server.ts'

if (process.argv.includes('--help')) process.stdout.write(helpText(featureSettings))
else await run()

async function run(): Promise<void> {
  limitHeapGrowth()
  const stderr = createStderr()
  const flushes = [stderr.flush]
  const leave = createExit(async (ms) => void (await Promise.all(flushes.map((flush) => flush(ms)))))
  const say = (words: string) => stderr.write(`${words}\n`)
  // Whatever this process writes is for its user alone (rule FILE1 of platform/files/README.md).
  process.umask(0o077)
  try {
    const { config, warnings } = loadConfig(featureSettings)
    const logging = createLogging({ level: config.logLevel, service: config.serviceName })
    flushes.push(logging.flush)
    await serve(config, warnings, { ...logging, leave, say })
  } catch (error) {
    // What a person can mend is said in a sentence; what they cannot, with all that is known of it.
    say(error instanceof StartError ? `Parlor cannot start. ${error.message}` : inspect(error))
    await leave(1)
  }
}

type Surroundings = Logging & { leave: (status: number) => unknown; say: (words: string) => void }

async function serve(config: Config, warnings: readonly string[], around: Surroundings): Promise<void> {
  const { log, leave } = around
  endOnErrors(around)
  const server = createServer(config, warnings, {
    log,
    linesDropped: around.dropped,
    onDiskFailure: () => void leave(1),
  })
  const stop = createStop({
    ...{ stop: () => server.stop(), leave, clock: systemClock, timers: systemTimers },
    onFailure: (err, words) => log.fatal({ err }, words),
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop.signal)
  await server.start()
  stop.started()
}

/**
 * After an error that nobody caught nothing is known of the process: it ends, and what was acknowledged is stored. Node
 * itself would say so, and its warnings, by a write to stderr that waits for whoever should read it.
 */
function endOnErrors({ log, leave, say }: Surroundings): void {
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'an error that nobody caught: the process ends')
    say(inspect(err))
    leave(1)
  })
  process.removeAllListeners('warning')
  process.on('warning', (err) => log.warn({ err }, 'a warning of Node'))
}
