import { flag, integer, oneOf, origins, proxies, text, webAddress } from '../kinds.ts'
import { optional, setting } from '../setting.ts'

/** The process, its addresses, and who may connect from where. */
export const serverSettings = {
  env: setting({
    env: 'PARLOR_ENV',
    kind: oneOf('development', 'testing', 'production'),
    fallback: 'development',
    help: 'The profile. Production refuses missing or weak secrets and open origins. Testing, for automated tests alone, checks each answer and hashes passwords weakly.',
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
    help: 'Folder for all data of the server. Only one process can use it.',
  }),
  publicUrl: optional({
    env: 'PUBLIC_URL',
    kind: webAddress,
    absent: 'taken from each request',
    help: 'Public address of this server. Its origin is allowed; without this setting, pages whose origin equals the Host of the request are allowed. It may have a path: everything is served under it, whether a proxy strips the path or keeps it.',
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
    help: 'Origins whose pages may use this server, besides PUBLIC_URL and FRONTEND_URL. The default is for development; production warns about it. * means any origin; production refuses it.',
  }),
  trustProxy: setting({
    env: 'TRUST_PROXY',
    kind: proxies,
    fallback: ['loopback'],
    help: 'Proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted.',
  }),
  forceHttps: optional({
    env: 'FORCE_HTTPS',
    kind: flag,
    absent: 'true in production when PUBLIC_URL is https, else false',
    help: 'Refuse plain HTTP and WS, and tell browsers to use only HTTPS.',
  }),
} as const
