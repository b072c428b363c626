import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino'

/** JSON lines. A child carries its fields (`request_id`, `trace_id`) on every line. */
export type Log = Logger

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/**
 * Lines gather up to so many bytes or ms: written one by one, each would wake a thread, which costs more than the request
 * that it is about. Those that still wait are written when the process exits.
 */
const gathered = { minLength: 4096, periodicFlush: 50 }

/** Writes to stdout unless a destination is handed in. */
export function createLog(
  options: { level: LogLevel; service: string },
  to: DestinationStream = destination({ dest: 1, sync: false, ...gathered }),
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

/** What a line must hold for any of the expressions above to match. */
const suspicious = /password|token|secret|api_key|authorization|cookie|code=|signature=|Bearer |Basic |eyJ|:\/\//i

/**
 * One line without what would let its reader in: secrets by the name of their field at any depth, tokens by their shape,
 * in query strings and in headers, and the password of any URL.
 */
export function withoutSecrets(line: string): string {
  // Nearly every line is of a request and holds none of these.
  if (!suspicious.test(line)) return line
  return line
    .replace(secretField, '"$1":"[redacted]"')
    .replace(secretParameter, '$1[redacted]')
    .replace(bearer, '$1 [redacted]')
    .replace(jwt, '[redacted]')
    .replace(password, '$1[redacted]@')
}
