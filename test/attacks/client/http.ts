import { Agent, request } from 'node:http'
import { codeIn, type Reply } from './socket.ts'
import type { Tally } from './tally.ts'

export type HttpCall = {
  method?: string
  path: string
  token?: string | undefined
  body?: unknown
  headers?: Readonly<Record<string, string>>
  /** Time limit in ms; then the request counts as `unanswered`. */
  patienceMs?: number
}

/** Makes requests from one address over a bounded number of connections; each answer goes to the tally. */
export class HttpClient {
  readonly #agent: Agent
  readonly #port: number
  readonly #from: string
  readonly #tally: Tally

  constructor(options: { port: number; from: string; tally: Tally; connections?: number }) {
    this.#port = options.port
    this.#from = options.from
    this.#tally = options.tally
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections ?? Number.POSITIVE_INFINITY })
  }

  /** Without an error code, `code` has the status: `status 404`. */
  call(call: HttpCall): Promise<Reply> {
    const { method = 'GET', path, token, body, headers = {}, patienceMs = 15_000 } = call
    const { promise, resolve } = Promise.withResolvers<Reply>()
    const payload = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    // A limit for the whole call, because a stream sends something from time to time for ever.
    const late = setTimeout(() => sent.destroy(new Error('unanswered')), patienceMs)
    const settle = (reply: Reply) => {
      clearTimeout(late)
      this.#tally.count(reply.code ?? 'ok')
      resolve(reply)
    }
    const sent = request({
      port: this.#port,
      host: '127.0.0.1',
      localAddress: this.#from,
      agent: this.#agent,
      method,
      path,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === null
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...headers,
      },
    })
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        this.#tally.receivedBytes += chunk.length
        size += chunk.length
        if (size <= 65_536) chunks.push(chunk)
      })
      response.on('error', (error) => settle({ code: endOf(error), text: '' }))
      response.on('end', () => {
        const status = response.statusCode ?? 0
        const text = Buffer.concat(chunks).toString()
        settle({ code: status < 300 ? null : (codeIn(text) ?? `status ${status}`), text })
      })
    })
    sent.on('error', (error) => {
      // The server closed an idle connection just as it was used again: retry, as every client does.
      clearTimeout(late)
      if (sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve(this.call(call))
      else settle({ code: endOf(error), text: '' })
    })
    sent.end(payload ?? undefined)
    return promise
  }

  destroy(): void {
    this.#agent.destroy()
  }
}

const endOf = ({ message }: Error): string => (message === 'unanswered' ? 'unanswered' : 'ended')
