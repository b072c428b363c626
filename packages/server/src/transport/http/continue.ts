import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { pathOf } from './request.ts'

/**
 * `Expect: 100-continue` (RFC 9110, 10.1.1): a client asks before it sends a large body. Node says yes to everyone; routes that
 * read their body as a stream say it once the request is allowed, so that a refusal costs no body (rule RR6).
 */
const unanswered = new WeakSet<IncomingMessage>()

/** `decidesLater`: whether the route at this path says itself when the body may come. */
export function answerExpectations(server: Server, decidesLater: (method: string, path: string) => boolean): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (decidesLater(request.method ?? '', pathOf(request.url ?? ''))) unanswered.add(request)
    else response.writeContinue()
    server.emit('request', request, response)
  })
  // Node would answer an expectation that it does not know with a bare 417; a server may ignore it (rule H18).
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response))
}

/** The body may come. */
export function mayContinue(request: IncomingMessage, response: ServerResponse): void {
  if (unanswered.delete(request)) response.writeContinue()
}

/** Whether the client still waits to be told whether its body may come. */
export const isWaiting = (request: IncomingMessage): boolean => unanswered.has(request)
