import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { createInfoLine, type InfoLine, type Log } from '../../platform/log/log.ts'

/**
 * One line for each answered request. It contains the route, or the path if no route matched; never the query, which
 * may contain tokens. The trace id is included where it differs from the request's id.
 */
export class RequestLog extends LogController {
  readonly #log: Log
  readonly #info: InfoLine

  constructor(log: Log) {
    super()
    this.#log = log
    this.#info = createInfoLine(log)
  }

  override incomingRequest(): void {}
  override routeNotFound(): void {}

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const fields = fieldsOf(request, reply)
    if (error) this.#log.warn({ ...JSON.parse(`{${fields}}`), err: error }, 'request broke off')
    else this.#info(fields, 'request')
  }
}

/** Members of a JSON object. Ids need no escaping (rule H9), nor do the methods that Node accepts. */
function fieldsOf({ id, trace_id, method, routeOptions, url }: FastifyRequest, reply: FastifyReply): string {
  const trace = trace_id === id ? '' : `,"trace_id":"${trace_id}"`
  const where =
    routeOptions.url === undefined
      ? `"path":${JSON.stringify(url.split('?', 1)[0])}`
      : `"route":${JSON.stringify(routeOptions.url)}`
  const ms = Math.round(reply.elapsedTime * 10) / 10
  return `"request_id":"${id}"${trace},"method":"${method}",${where},"status":${reply.statusCode},"ms":${ms}`
}
