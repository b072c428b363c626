import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { AppError, errorBody } from '../../core/error.ts'
import { newId } from '../../core/id.ts'
import { answerAndClose } from '../guards/answer-and-close.ts'
import { jsonType } from './error.ts'
import type { Exchanges } from './exchanges.ts'

export type Unreadable = {
  /** Answers what never became a request: broken HTTP, headers over the limit, a request that took too long. */
  answer(error: Pick<NodeJS.ErrnoException, 'code'>, socket: Socket): void
}

/**
 * When Node cannot parse a request there is no response object: the answer is written to the socket, which then closes
 * (rule H12).
 */
export function createUnreadable(inProgress: Pick<Exchanges, 'of'>): Unreadable {
  return {
    answer(error, socket) {
      const exchanges = [...inProgress.of(socket)]
      // In the middle of a response, or after one to the same request, a client would take this answer for part of it
      // or for the next.
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

/** Node's code for a request that does not arrive in time. */
export const requestTimeout = 'ERR_HTTP_REQUEST_TIMEOUT'

function refusalOf(code: string | undefined): { status: number; reason: AppError } {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, reason: new AppError('too_large') }
  if (code === requestTimeout) return { status: 408, reason: new AppError('timeout') }
  return { status: 400, reason: new AppError('malformed') }
}
