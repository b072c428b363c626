import { inspect } from 'node:util'
import { loadConfig } from './config.ts'
import { helpText } from './config/describe.ts'
import { StartError } from './core/start-error.ts'
import { createServer } from './server.ts'

if (process.argv.includes('--help')) process.stdout.write(helpText())
else await run().catch(refuse)

async function run(): Promise<void> {
  const { config, warnings } = loadConfig()
  const server = createServer(config, warnings, { onDiskFailure: () => process.exit(1) })
  await server.start()
  // Until here a signal just ends the process: there is nobody to say goodbye to, and nothing that a crash could harm.
  // A terminal and npm may both pass on the same one: stopping twice is stopping once.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void server.stop())
}

/** What a person can mend is said in a sentence; what they cannot, with all that is known of it. */
function refuse(error: unknown): never {
  process.stderr.write(error instanceof StartError ? `Parlor cannot start. ${error.message}\n` : `${inspect(error)}\n`)
  process.exit(1)
}
