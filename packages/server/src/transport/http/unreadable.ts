import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { AppError, errorBody } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import { answerAndClose } from '../guards/answer-and-close.ts'
import { jsonType } from './error.ts'

type Exchange = { request: IncomingMessage; response: ServerResponse }

export type Unreadable = {
  /** Remembers each connection's requests in progress; called once, before the server listens. */
  watch(server: Server): void
  /** Answers what never became a request: broken HTTP, headers over their limit, a request that took too long. */
  answer(error: NodeJS.ErrnoException, socket: Socket): void
}

/** What Node cannot read as HTTP has no response object: its answer is written to the connection, which then ends (rule H12). */
export function createUnreadable(): Unreadable {
  const inProgress = new WeakMap<Socket, Set<Exchange>>()

  return {
    watch(server) {
      // In front of listeners that take turns: the next bytes may be broken before it is the request's turn.
      server.prependListener('request', (request, response) => {
        const exchanges = inProgress.get(request.socket) ?? new Set()
        inProgress.set(request.socket, exchanges)
        const exchange = { request, response }
        exchanges.add(exchange)
        const remove = () => exchanges.delete(exchange)
        response.once('close', () => (request.complete ? remove() : request.once('close', remove)))
      })
    },
    answer(error, socket) {
      const exchanges = [...(inProgress.get(socket) ?? [])]
      // In the midst of an answer, or after the answer to the same request, a client would take this one for something else.
      if (error.code === 'ECONNRESET' || !socket.writable || exchanges.some(({ response }) => response.headersSent)) {
        socket.destroy()
        return
      }
      const { status, reason } = refusalOf(error.code)
      const body = JSON.stringify({ ...errorBody(reason), request_id: newId() })
      answerAndClose(
        socket,
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: ${jsonType}\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      )
    },
  }
}

function refusalOf(code: string | undefined): { status: number; reason: AppError } {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, reason: new AppError('too_large') }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, reason: new AppError('timeout') }
  return { status: 400, reason: new AppError('malformed') }
}
