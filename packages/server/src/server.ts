import { compose, type ServerParts } from './compose/compose.ts'
import type { Config } from './config.ts'
import { features } from './features/list.ts'

export { featureSettings } from './compose/declared.ts'

export type Server = {
  /** Opens the database and listens; resolves with the port. */
  start(): Promise<{ port: number }>
  /** Refuses what is new, lets what runs end (bounded in time), and closes everything. */
  stop(): Promise<void>
}

/** A server of all features; nothing is opened before it is started. */
export function createServer(config: Config, warnings: readonly string[], parts: ServerParts): Server {
  const { log } = parts
  let running: { stop(): Promise<void> } | null = null

  return {
    async start() {
      for (const warning of warnings) log.warn(warning)
      const server = await compose(config, features, parts)
      running = server
      log.info({ port: server.port, database: config.database.kind }, 'listening')
      return { port: server.port }
    },
    async stop() {
      const server = running
      running = null
      if (!server) return
      log.info('stopping')
      await server.stop()
      log.info('stopped')
    },
  }
}
