import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Log } from '../platform/log/log.ts'

/** One line for each answered request. Of the address it shows the route's pattern and the path, never the query: tokens stand there. */
export class RequestLog extends LogController {
  readonly #log: Log

  constructor(log: Log) {
    super()
    this.#log = log
  }

  override incomingRequest(): void {}
  override routeNotFound(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const line = {
      request_id: request.id,
      trace_id: request.trace_id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 100) / 100,
    }
    if (error) this.#log.warn({ ...line, err: error }, 'request broke off')
    else this.#log.info(line, 'request')
  }
}
