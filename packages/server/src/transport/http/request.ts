import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's address, determined through trusted proxies. */
    address: string
    trace_id: string
  }
}

/** A request id: 32 hexadecimal digits, so that it can be a trace id too. Unique, not secret, and cheap to generate. */
export function createRequestIds(): () => string {
  const start = randomBytes(10).toString('hex')
  let count = 0
  return () => start + (++count).toString(16).padStart(12, '0')
}

/** The caller's own `X-Request-Id`, if it is short and plain enough for a header and a log line. */
export function givenRequestId(headers: IncomingHttpHeaders): string | null {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : null
}

/** The trace id of a valid `traceparent` (W3C Trace Context, 3.2.2). */
export function givenTraceId(headers: IncomingHttpHeaders): string | null {
  const given = headers['traceparent']
  if (typeof given !== 'string') return null
  return /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/.exec(given)?.[1] ?? null
}

/** The path without the query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/**
 * Whether a request has as many `Host` headers as its version of HTTP demands: one, and in HTTP/1.0 at most one (RFC 9112,
 * 3.2). Of several Node keeps only the first, and a proxy may have used another.
 */
export function hasItsHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0')
}

/** Whether a request asks for a WebSocket. An offer of any other protocol is ignored (RFC 9110, 7.8). */
export const offersWebSocket = ({ headers }: IncomingMessage): boolean =>
  /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.upgrade ?? '')

/** The token of `Authorization: Bearer`; null without one. Other schemes are ignored. */
export function bearerToken(headers: IncomingHttpHeaders): string | null {
  const given = headers.authorization
  if (given === undefined || !/^bearer(?: |$)/i.test(given)) return null
  return given.slice(7).trim()
}

/** The `Idempotency-Key`, with or without the quotes of a structured field. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | null {
  const given = headers['idempotency-key']
  if (typeof given !== 'string' || given === '') return null
  return /^"(.*)"$/.exec(given)?.[1] ?? given
}
