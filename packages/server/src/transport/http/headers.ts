import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Origins } from '../guards/origins.ts'

/**
 * Headers of every response. Constant, and few: helmet computes its headers for each request, which costs as much as
 * the rest of the request.
 */
export function commonHeaders({ forceHttps }: { forceHttps: boolean }): Readonly<Record<string, string>> {
  return {
    'content-security-policy': "default-src 'self';script-src 'self'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    vary: 'Origin',
    // Without includeSubDomains: other services under this host's name are not ours to restrict.
    ...(forceHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}

/** Additional headers of an HTML page, which only browsers use. `styles` are the allowed sources of style sheets. */
export function pageHeaders(options: { styles: string; forceHttps: boolean }): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    `style-src ${options.styles}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
    ...(options.forceHttps ? ['upgrade-insecure-requests'] : []),
  ]
  return {
    'content-security-policy': policy.join(';'),
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  }
}

const methods = 'GET,HEAD,POST,PUT,PATCH,DELETE'
const exposed = [
  'X-Request-Id,Retry-After,Allow,Content-Range,Accept-Ranges,Content-Length,Idempotent-Replayed',
  // Of resumable uploads (tus 1.0).
  'Location,Tus-Resumable,Tus-Version,Tus-Extension,Tus-Max-Size,Upload-Offset,Upload-Length,Upload-Expires',
].join(',')

/**
 * CORS (Fetch standard, 3.2): the response names an allowed origin; a foreign origin gets no CORS headers (rule H8).
 * Cookies authorize nothing, so credentials are not allowed; a page may send any header.
 */
export function allowOrigins(app: FastifyInstance, origins: Origins): void {
  app.addHook('onRequest', (request, reply, next) => {
    const { origin, host } = request.headers
    if (origin === undefined || !origins(origin, host)) {
      next()
      return
    }
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', exposed)
    next()
  })
}

/** Answers the preflight request of an allowed origin. One of a foreign origin is handled like any OPTIONS. */
export function answerPreflights(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, next) => {
    if (isPreflight(request) && reply.hasHeader('access-control-allow-origin')) answerPreflight(request, reply)
    else next()
  })
}

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  const wanted = headers['access-control-request-headers']
  if (wanted !== undefined) reply.header('access-control-allow-headers', wanted)
  void reply
    .code(204)
    .headers({ 'access-control-allow-methods': methods, 'access-control-max-age': '7200' })
    .header('vary', 'Origin, Access-Control-Request-Headers')
    .send()
}
