import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server as Engine } from 'engine.io'
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws'
import { AppError, errorBody, errors } from '../core/error.ts'
import type { Sender } from './address.ts'
import { endWith } from './last-words.ts'

export type EngineOptions = {
  /** Ms between server pings, and until one that is not answered ends the connection. */
  pingInterval: number
  pingTimeout: number
  /** Bytes of one frame or polled body. */
  maxPayload: number
  /** Frames that one message may come in. */
  maxFragments: number
}

export const engineDefaults: EngineOptions = {
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 8 * 1024 * 1024,
  maxFragments: 128,
}

/** What is known of who knocks, before anything of theirs is read. `fresh`: a new connection, not a request of an open one. */
export type Knock = { origin: string | null; host: string | null; sender: Sender; fresh: boolean }

/** Ms that a closing WebSocket may take to flush and answer before its socket is destroyed. */
const closeTimeout = 5000

const path = '/socket.io'

export function createEngine(options: EngineOptions): Engine {
  /** The contract says 1009 for too large in any way; ws says 1008 for too many fragments. */
  class ParlorWebSocket extends WebSocket {
    override close(code?: number, data?: string | Buffer): void {
      super.close(code === 1008 ? 1009 : code, data)
    }
  }
  /** engine.io makes its own WebSocket server of this class and knows none of these options. */
  class ParlorWebSocketServer extends WebSocketServer {
    constructor(given: ServerOptions) {
      const own = { maxFragments: options.maxFragments, closeTimeout, WebSocket: ParlorWebSocket }
      super({ ...given, ...own })
    }
  }
  return new Engine({
    wsEngine: ParlorWebSocketServer,
    pingInterval: options.pingInterval,
    pingTimeout: options.pingTimeout,
    maxHttpBufferSize: options.maxPayload,
    httpCompression: false,
    perMessageDeflate: false,
    // Foreign origins were refused before engine.io sees a request; those that pass may read the answers.
    cors: { origin: true, methods: ['GET', 'POST'] },
  })
}

/**
 * Puts the engine in front of an HTTP server's other listeners. `admit` is asked first, for requests and upgrades alike:
 * what it answers refuses with that error's status and body, which engine.io's own check could not say to an upgrade.
 */
export function attachEngine(
  engine: Engine,
  server: HttpServer,
  admit: (request: IncomingMessage, fresh: boolean) => AppError | null,
): void {
  const others = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    if (!isOurs(request.url)) {
      for (const other of others) Reflect.apply(other, server, [request, response])
      return
    }
    const refused = admit(request, isFresh(request.url))
    if (refused) refuseRequest(response, refused)
    else engine.handleRequest(request, response)
  })
  server.on('upgrade', (request, socket, head) => {
    if (!isOurs(request.url)) {
      refuseUpgrade(socket, new AppError('not_found'))
      return
    }
    const refused = admit(request, isFresh(request.url))
    if (refused) refuseUpgrade(socket, refused)
    else if (!asksForWebSocket(request.url)) refuseUpgrade(socket, new AppError('malformed'))
    else engine.handleUpgrade(request, socket, head)
  })
}

const query = (url: string): string | null => {
  const at = url.indexOf('?')
  const before = at === -1 ? url : url.slice(0, at)
  return before === path || before === `${path}/` ? url.slice(before.length) : null
}
const isOurs = (url = ''): boolean => query(url) !== null
const isFresh = (url = ''): boolean => !new URLSearchParams(query(url) ?? '').get('sid')

/** engine.io says 101 to any upgrade before it looks at what the URL asks for. */
function asksForWebSocket(url = ''): boolean {
  const asked = new URLSearchParams(query(url) ?? '')
  return asked.get('transport') === 'websocket' && asked.get('EIO') === '4'
}

function refuseRequest(response: ServerResponse, error: AppError): void {
  const { retry_after } = error.details
  if (retry_after !== undefined) response.setHeader('retry-after', retry_after)
  response.writeHead(errors[error.code].status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(errorBody(error)))
}

function refuseUpgrade(socket: Duplex, error: AppError): void {
  const text = JSON.stringify(errorBody(error))
  const head = [
    `HTTP/1.1 ${errors[error.code].status} Refused`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...(error.details.retry_after === undefined ? [] : [`Retry-After: ${error.details.retry_after}`]),
  ]
  endWith(socket, `${head.join('\r\n')}\r\n\r\n${text}`)
}
