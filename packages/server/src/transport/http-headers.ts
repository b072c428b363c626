import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { isAllowed } from './origins.ts'

/**
 * What every answer carries, as constants: helmet works the same values out anew for each request, which costs as much
 * again as all the rest of it.
 */
export function commonHeaders({ forceHttps }: { forceHttps: boolean }): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentPolicy({ styles: "'self'", forceHttps }),
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    ...(forceHttps ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

export function contentPolicy(options: { styles: string; forceHttps: boolean }): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src ${options.styles}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
    ...(options.forceHttps ? ['upgrade-insecure-requests'] : []),
  ].join(';')
}

/** Answers a foreign origin without CORS headers (rule H8); no cookie authorizes a call, so none is asked for. */
export function allowOrigins(app: FastifyInstance, list: readonly string[]): void {
  const allowed = {
    origin: true,
    methods: 'GET,HEAD,POST,PUT,PATCH,DELETE',
    exposedHeaders: 'X-Request-Id,Retry-After,Allow,Content-Range,Accept-Ranges,Content-Length',
    maxAge: 7200,
  }
  const refused = { origin: false }
  void app.register(cors, {
    delegator: (request, done) => {
      const { origin, host } = request.headers
      done(null, origin !== undefined && isAllowed(origin, host, list) ? allowed : refused)
    },
  })
}
