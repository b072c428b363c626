import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError, errorBody } from '../../core/error.ts'
import type { Log } from '../../platform/log/log.ts'

export const jsonType = 'application/json; charset=utf-8'

/** Beyond this length the rest of a refused body is not drained: the connection closes. */
const drainLimit = 64 * 1024 * 1024

/** The only place that answers a failed call over HTTP (rule H2). Errors of the server are logged with their cause. */
export function createErrorReply(log: Log) {
  return function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const error = asAppError(thrown)
    const { status } = error
    if (status === 500 || (status > 500 && error.cause !== undefined)) {
      const where = { request_id: request.id, trace_id: request.trace_id, route: request.routeOptions.url }
      log.error({ ...where, code: error.code, err: error.cause ?? error }, 'request failed')
    }
    if (error.details.retry_after !== undefined) reply.header('retry-after', String(error.details.retry_after))
    if (status === 401) reply.header('www-authenticate', challengeOf(error))
    if (Number(request.headers['content-length'] ?? 0) > drainLimit) reply.header('connection', 'close')
    return reply
      .code(status)
      .header('content-type', jsonType)
      .send(JSON.stringify({ ...errorBody(error), request_id: request.id }))
  }
}

/** RFC 6750, 3: the challenge names the error only when a token was sent. */
const challengeOf = (error: AppError) => (error.is('not_authenticated') ? 'Bearer' : 'Bearer error="invalid_token"')

/** Fastify's own refusals, by status; any other foreign error is `internal`. */
function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !('statusCode' in thrown))
    return AppError.from(thrown)
  const { statusCode } = thrown
  if (statusCode === 404 || statusCode === 414) return new AppError('not_found', { cause: thrown })
  if (statusCode === 413) return new AppError('too_large', { cause: thrown })
  if (statusCode === 415) return new AppError('unsupported_type', { cause: thrown })
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new AppError('malformed', { cause: thrown })
  return AppError.from(thrown)
}
