import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** One request, until its body has arrived and its answer has ended. */
export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly since: number }

/** The requests in progress of a server. */
export type Exchanges = {
  /** Called once, before the server listens. */
  watch(server: Server): void
  of(socket: Socket): Iterable<Exchange>
  /** Bodies that have not arrived within `limit` ms; each is answered once. A body that is read as a stream has no such limit. */
  overdue(limit: number): Exchange[]
  /** The request's body is read as a stream, which has a least rate instead of a time limit (rule RR3). */
  streams(request: IncomingMessage): void
}

export function createExchanges(monotonic: () => number): Exchanges {
  const bySocket = new WeakMap<Socket, Set<Exchange>>()
  /** Those whose body may be late: nearly all bodies have arrived when the answer has ended. */
  const arriving = new Set<Exchange>()
  const streamed = new WeakSet<IncomingMessage>()
  return {
    watch(server) {
      // Before listeners that queue the request: the bytes that follow may be broken before its turn comes.
      server.prependListener('request', (request, response) => {
        const exchanges = bySocket.get(request.socket) ?? new Set()
        bySocket.set(request.socket, exchanges)
        const exchange = { request, response, since: monotonic() }
        exchanges.add(exchange)
        arriving.add(exchange)
        const remove = () => {
          exchanges.delete(exchange)
          arriving.delete(exchange)
        }
        response.once('close', () => (request.complete ? remove() : request.once('close', remove)))
      })
    },
    of: (socket) => bySocket.get(socket) ?? [],
    overdue(limit) {
      const since = monotonic() - limit
      const found = [...arriving].filter(
        (exchange) => exchange.since <= since && !exchange.request.complete && !streamed.has(exchange.request),
      )
      for (const exchange of found) arriving.delete(exchange)
      return found
    },
    streams: (request) => void streamed.add(request),
  }
}
