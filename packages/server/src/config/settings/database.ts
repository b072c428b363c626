import { integer, text } from '../kinds.ts'
import { optional, setting } from '../setting.ts'

/** Where things are stored, and how nodes hear of each other. */
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
    help: 'Connections to PostgreSQL that this server opens at most: half for writes, one for health, the rest for reads.',
  }),
  redisUrl: optional({
    env: 'REDIS_URL',
    kind: text,
    absent: 'one process, no Redis',
    help: 'Not available yet: a start with it set is refused.',
    aliases: [{ env: 'SSE_REDIS_URL' }],
    isSecret: true,
  }),
} as const
