import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Origins } from '../guards/origins.ts'

/**
 * What every answer carries. Constants, and few: helmet works its headers out anew for each request, which costs as much
 * again as all the rest of it.
 */
export function commonHeaders({ forceHttps }: { forceHttps: boolean }): Readonly<Record<string, string>> {
  return {
    'content-security-policy': "default-src 'self';script-src 'self'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    vary: 'Origin',
    // Without includeSubDomains: what else is served under this host's name is not ours to bind.
    ...(forceHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}

/** What a page carries besides: only browsers that show it heed these. `styles` are the sources of its style sheets. */
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
const exposed = 'X-Request-Id,Retry-After,Allow,Content-Range,Accept-Ranges,Content-Length,Idempotent-Replayed'

/**
 * CORS (Fetch standard, 3.2): an allowed origin is named in the answer, a foreign one is answered without (rule H8). No
 * cookie authorizes a call, so none is asked for; a page may send whatever headers it likes.
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

/** Says what an allowed origin asks for before it calls. A foreign one is answered as any OPTIONS is. */
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
