import { flag, integer, oneOf, origins, proxies, text, webAddress } from '../kinds.ts'
import { optional, setting } from '../setting.ts'

/** The process, its address, and who may come to it from where. */
export const serverSettings = {
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
} as const
