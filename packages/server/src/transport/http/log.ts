import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Log } from '../../platform/log/log.ts'

/**
 * One line for each answered request. It names the route, and the path only where there is none; never the query: tokens
 * stand there. The trace is named where it is not the request's own.
 */
export class RequestLog extends LogController {
  readonly #log: Log

  constructor(log: Log) {
    super()
    this.#log = log
  }

  override incomingRequest(): void {}
  override routeNotFound(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const { id, trace_id, method, routeOptions } = request
    const line = {
      request_id: id,
      ...(trace_id === id ? {} : { trace_id }),
      method,
      ...(routeOptions.url === undefined ? { path: request.url.split('?', 1)[0] } : { route: routeOptions.url }),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    }
    if (error) this.#log.warn({ ...line, err: error }, 'request broke off')
    else this.#log.info(line, 'request')
  }
}
