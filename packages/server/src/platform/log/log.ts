import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino'

/** JSON lines. A child carries its fields (`request_id`, `trace_id`) on every line. */
export type Log = Logger

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/** Writes to stdout unless a destination is handed in. Lines that are still waiting are written when the process exits. */
export function createLog(
  options: { level: LogLevel; service: string },
  to: DestinationStream = destination({ dest: 1, sync: false }),
): Log {
  return pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: withoutSecrets },
    },
    to,
  )
}

const secretFields =
  'password|old_password|new_password|token|access_token|refresh_token|id_token|secret|api_key|authorization|cookie|set-cookie'
const secretField = new RegExp(`"(${secretFields})":"(?:[^"\\\\]|\\\\.)*"`, 'gi')
const secretParameter = /([?&](?:access_token|token|code|signature)=)[^&\s"\\#]+/gi
const bearer = /\b(Bearer|Basic) [\w.~+/=-]+/gi
const jwt = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g
const password = /(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@"]*:)[^\s/@"]+@/gi

/**
 * One line without what would let its reader in: secrets by the name of their field at any depth, tokens by their shape,
 * in query strings and in headers, and the password of any URL.
 */
export function withoutSecrets(line: string): string {
  return line
    .replace(secretField, '"$1":"[redacted]"')
    .replace(secretParameter, '$1[redacted]')
    .replace(bearer, '$1 [redacted]')
    .replace(jwt, '[redacted]')
    .replace(password, '$1[redacted]@')
}
