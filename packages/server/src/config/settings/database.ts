import { integer, text } from '../kinds.ts'
import { optional, setting } from '../setting.ts'

/** The database, and the messages between nodes. */
export const databaseSettings = {
  databaseUrl: optional({
    env: 'DATABASE_URL',
    kind: text,
    absent: 'sqlite:///parlor.db',
    help: 'sqlite:///name.db (in DATA_DIR), sqlite:////absolute/name.db, or postgres://user:password@host/name.',
    isSecret: true,
  }),
  databaseConnections: setting({
    env: 'DATABASE_CONNECTIONS',
    kind: integer(4, 500),
    fallback: 16,
    help: 'Maximum connections to PostgreSQL: half for writes, one for health checks, the rest for reads.',
  }),
  redisUrl: optional({
    env: 'REDIS_URL',
    kind: text,
    absent: 'one process, no Redis',
    help: 'Not available yet: the server does not start if it is set.',
    aliases: [{ env: 'SSE_REDIS_URL' }],
    isSecret: true,
  }),
} as const
