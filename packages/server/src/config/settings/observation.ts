import { flag, oneOf, text } from '../kinds.ts'
import { optional, setting } from '../setting.ts'

/** Logs and metrics. */
export const observationSettings = {
  metricsToken: optional({
    env: 'METRICS_TOKEN',
    kind: text,
    absent: '/metrics answers only loopback',
    help: 'Bearer token for access to /metrics from other machines.',
    isSecret: true,
  }),
  logLevel: setting({
    env: 'LOG_LEVEL',
    kind: oneOf('silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'),
    fallback: 'info' as const,
    help: 'Minimum level of the JSON lines on stdout.',
    aliases: [{ env: 'FLASK_DEBUG', reads: (value) => (flag.parse(value) ? 'debug' : undefined) }],
  }),
} as const
