import { factor, flag, integer, type Kind, oneOf, origins, proxies, secrets, text, webAddress } from './kinds.ts'

/**
 * One setting. `fallback` null: absent is a state of its own, said in `absent`. `aliases` are other programs' names for
 * it, read when ours is not there; `reads` turns an alias's text into ours where they differ (undefined: says nothing).
 */
export type Setting<T = unknown> = {
  env: string
  kind: Kind<T>
  fallback: T | null
  absent?: string
  help: string
  aliases?: readonly { env: string; reads?: (value: string) => string | undefined }[]
  isSecret?: true
}

const setting = <T>(row: Setting<T> & { fallback: T }): Setting<T> & { fallback: T } => row
const optional = <T>(row: Omit<Setting<T>, 'fallback'> & { absent: string }): Setting<T> & { fallback: null } => ({
  ...row,
  fallback: null,
})

/** Every setting. The types of Config, `--help`, docs/config.md and .env.example come from here. */
export const settings = {
  env: setting({
    env: 'PARLOR_ENV',
    kind: oneOf('development', 'testing', 'production'),
    fallback: 'development',
    help: 'The profile. Production refuses missing or weak secrets and open origins.',
    aliases: [{ env: 'FLASK_ENV' }],
  }),
  port: setting({
    env: 'PORT',
    kind: integer(0, 65_535),
    fallback: 3001,
    help: 'TCP port for everything: REST, Socket.IO and event streams. 0 takes a free one.',
    aliases: [{ env: 'FLASK_PORT' }],
  }),
  host: setting({
    env: 'HOST',
    kind: text,
    fallback: '0.0.0.0',
    help: 'Address to listen on. 127.0.0.1 keeps the server to this machine.',
    aliases: [{ env: 'FLASK_HOST' }],
  }),
  dataDir: setting({
    env: 'DATA_DIR',
    kind: text,
    fallback: './data',
    help: 'Folder for everything that the server keeps. One process a folder.',
  }),
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
  publicUrl: optional({
    env: 'PUBLIC_URL',
    kind: webAddress,
    absent: 'taken from each request',
    help: 'Address under which people reach this server; an allowed origin, and with it the only one of its own (without it any page may come whose origin is the Host of the request). It may have a path: everything is served under it, whether the proxy in front takes the path away or leaves it.',
    aliases: [{ env: 'API_BASE_URL' }, { env: 'BACKEND_URL' }],
  }),
  frontendUrl: optional({
    env: 'FRONTEND_URL',
    kind: webAddress,
    absent: 'none',
    help: 'Address of a web app served elsewhere; an allowed origin.',
  }),
  serviceName: setting({
    env: 'SERVICE_NAME',
    kind: text,
    fallback: 'parlor',
    help: 'Name in health answers and log lines.',
  }),
  corsOrigins: optional({
    env: 'CORS_ORIGINS',
    kind: origins,
    absent: 'http://localhost:*, http://127.0.0.1:*, file://*',
    help: 'Origins whose pages may use this server, besides PUBLIC_URL and FRONTEND_URL. The default is for development: production warns of it. * means any; production refuses it.',
  }),
  trustProxy: setting({
    env: 'TRUST_PROXY',
    kind: proxies,
    fallback: ['loopback'],
    help: 'Proxies that are believed about the address and scheme of a client.',
  }),
  forceHttps: optional({
    env: 'FORCE_HTTPS',
    kind: flag,
    absent: 'true in production when PUBLIC_URL is https, else false',
    help: 'Refuse plain HTTP and WS, and tell browsers to come by HTTPS only.',
  }),
  allowGuests: setting({
    env: 'ALLOW_GUESTS',
    kind: flag,
    fallback: true,
    help: 'Whether people may come without an account.',
  }),
  rateLimitFactor: setting({
    env: 'RATE_LIMIT_FACTOR',
    kind: factor,
    fallback: 1,
    help: 'Multiplies rate limits and caps per address. 0 turns them off, for load tests.',
  }),
  metricsToken: optional({
    env: 'METRICS_TOKEN',
    kind: text,
    absent: '/metrics answers loopback only',
    help: 'Bearer token with which /metrics answers from anywhere.',
    isSecret: true,
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    kind: oneOf('silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'),
    fallback: 'info' as const,
    help: 'Least level of the JSON lines on stdout.',
    aliases: [{ env: 'FLASK_DEBUG', reads: (value) => (flag.parse(value) ? 'debug' : undefined) }],
  }),
  maxInlineBytes: setting({
    env: 'MAX_INLINE_BYTES',
    kind: integer(1, 6_000_000),
    fallback: 5 * 1024 * 1024,
    help: 'Not available yet: largest image or recording that may come inside a message, decoded, in bytes.',
  }),
  twilioAccountSid: optional({
    env: 'TWILIO_ACCOUNT_SID',
    kind: text,
    absent: 'calls without Twilio',
    help: 'With TWILIO_API_KEY and TWILIO_API_SECRET: POST /api/token makes tokens for Twilio Video.',
  }),
  twilioApiKey: optional({
    env: 'TWILIO_API_KEY',
    kind: text,
    absent: 'none',
    help: "The key's SID, which starts with SK.",
  }),
  twilioApiSecret: optional({
    env: 'TWILIO_API_SECRET',
    kind: text,
    absent: 'none',
    help: "The key's secret.",
    isSecret: true,
  }),
  twilioRegion: optional({
    env: 'TWILIO_REGION',
    kind: text,
    absent: "Twilio's own choice",
    help: 'The region that the Twilio key is of.',
  }),
  livekitApiKey: optional({
    env: 'LIVEKIT_API_KEY',
    kind: text,
    absent: 'calls without LiveKit',
    help: 'With LIVEKIT_API_SECRET: POST /api/token makes tokens for LiveKit.',
  }),
  livekitApiSecret: optional({
    env: 'LIVEKIT_API_SECRET',
    kind: text,
    absent: 'none',
    help: "The key's secret.",
    isSecret: true,
  }),
  secretKey: optional({
    env: 'SECRET_KEY',
    kind: text,
    absent: 'derived from JWT_SECRET_KEY; with both absent one is made and kept in DATA_DIR, but never in production',
    help: 'Signs invitations, and gives guests who only name themselves their ids. At least 32 characters.',
    isSecret: true,
  }),
  secretKeyPrevious: setting({
    env: 'SECRET_KEY_PREVIOUS',
    kind: secrets,
    fallback: [],
    help: 'Earlier values of SECRET_KEY (comma list) that still verify and decrypt.',
    isSecret: true,
  }),
  jwtSecretKey: optional({
    env: 'JWT_SECRET_KEY',
    kind: text,
    absent: 'derived from SECRET_KEY',
    help: 'Signs access tokens (HS256); services that share it can verify them. At least 32 characters.',
    aliases: [{ env: 'JWT_SECRET' }],
    isSecret: true,
  }),
  jwtSecretKeyPrevious: setting({
    env: 'JWT_SECRET_KEY_PREVIOUS',
    kind: secrets,
    fallback: [],
    help: 'Earlier values of JWT_SECRET_KEY (comma list) whose tokens are still taken.',
    isSecret: true,
  }),
} as const

type Table = typeof settings
/** What was set or is the default, before anything is derived from it. */
export type Values = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> & { fallback: infer F }
    ? F extends null
      ? T | null
      : T
    : never
}
