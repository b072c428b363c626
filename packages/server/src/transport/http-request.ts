import type { IncomingHttpHeaders } from 'node:http'
import { newId } from '../core/id.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it, through proxies that are trusted. */
    address: string
    trace_id: string
  }
}

/** A caller's own `X-Request-Id` when it is short and plain enough for a header and a log line, else a new id. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : newId()
}

/** The trace id of a valid `traceparent` (W3C Trace Context, 3.2.2), else a new one; 32 hexadecimal digits. */
export function traceIdOf(headers: IncomingHttpHeaders, requestId: string): string {
  const given = headers['traceparent']
  if (typeof given === 'string') {
    const id = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/.exec(given)?.[1]
    if (id !== undefined) return id
  }
  const own = requestId.replaceAll('-', '')
  return /^[\da-f]{32}$/.test(own) ? own : newId().replaceAll('-', '')
}

/** The token of `Authorization: Bearer`; null without one. Credentials of another scheme are not ours to judge. */
export function bearerToken(headers: IncomingHttpHeaders): string | null {
  const given = headers.authorization
  if (given === undefined || !/^bearer(?: |$)/i.test(given)) return null
  return given.slice(7).trim()
}

/** An `Idempotency-Key`, with or without the quotes of a structured field. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | null {
  const given = headers['idempotency-key']
  if (typeof given !== 'string' || given === '') return null
  return /^"(.*)"$/.exec(given)?.[1] ?? given
}
