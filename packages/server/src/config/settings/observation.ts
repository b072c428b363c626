import { flag, oneOf, text } from '../kinds.ts'
import { optional, setting } from '../setting.ts'

/** What an operator sees. */
export const observationSettings = {
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
} as const
