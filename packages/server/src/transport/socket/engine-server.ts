import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server as Engine } from 'engine.io'
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws'
import { AppError, errorBody } from '../../core/error.ts'
import type { RequestSource } from '../guards/address.ts'
import { rateLimited } from '../../platform/limiter/limiter.ts'
import { withoutBase } from '../web/base-path.ts'
import { type EngineQuery, readEngineTarget } from './engine-query.ts'
import { isPlainUtf8 } from '../http/body.ts'
import { type Intake, pieceBytes, type Source } from '../guards/intake.ts'
import { answerAndClose } from '../guards/answer-and-close.ts'
import { type ByteCounter, uncountedBytes } from '../http/in-flight-bytes.ts'
import { doorLimits } from '../limits.ts'
import { shrinkListeners } from './listeners.ts'

export type EngineOptions = {
  /** Ms between server pings, and until one that is not answered ends the connection. */
  pingInterval: number
  pingTimeout: number
  /** Bytes of one frame or polled body. */
  maxPayload: number
  /** Frames that one message may come in. */
  maxFragments: number
  /** Values of JSON in one frame. */
  maxValues: number
  /** Packets in one polled body. */
  maxPackets: number
}

export const engineDefaults: EngineOptions = {
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: doorLimits.frameBytes.value,
  maxFragments: doorLimits.frameFragments.value,
  maxValues: doorLimits.jsonValues.value,
  maxPackets: doorLimits.bodyPackets.value,
}

/** What is known of a client before anything is read from it. `fresh`: a new connection, not a request of an open one. */
export type ConnectionAttempt = { origin: string | null; host: string | null; sender: RequestSource; fresh: boolean }

/** Ms that a closing WebSocket may take to flush and answer before its socket is destroyed. */
const closeTimeout = 5000

/** Requests in progress on one connection: current clients send the next one after the answer. */
const pipelined = 32

/** Ms for telling a connection over its bound why it is closed. */
const refusalTimeout = 500

/** The counter of in-flight bytes for the sender of this request. */
export type ByteCounterOf = (request: IncomingMessage) => () => ByteCounter

/** How input of clients is read. */
export type InputReading = { arrivalOf: ByteCounterOf; addressOf: (request: IncomingMessage) => string; intake: Intake }

export function createEngine(options: EngineOptions, { arrivalOf, addressOf, intake }: InputReading): Engine {
  /** The contract says 1009 for too large in any way; ws says 1008 for too many fragments. */
  class ParlorWebSocket extends WebSocket implements Breakable {
    isBroken = false
    override emit(...[name, ...args]: Parameters<WebSocket['emit']>): boolean {
      if (name === 'error') this.isBroken = true
      return super.emit(name, ...args)
    }
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
    override handleUpgrade(...[request, socket, head, then]: Parameters<WebSocketServer['handleUpgrade']>): void {
      super.handleUpgrade(request, socket, head, (webSocket, upgraded) => {
        if (!(webSocket instanceof ParlorWebSocket)) throw new Error('ws made a WebSocket of another class')
        readInPieces(new WebSocketInput(addressOf(request), webSocket, socket, { intake, begin: arrivalOf(request) }))
        then(webSocket, upgraded)
      })
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

/** A WebSocket that says whether what it reads is broken: ws takes its listener off then, and nothing more is looked at. */
type Breakable = { readonly isBroken: boolean }

/** `begin`: counts the bytes of a connection's messages. */
type InputDeps = { readonly intake: Intake; readonly begin: () => ByteCounter }

/**
 * A WebSocket's input: ws gets it in pieces, each when it is its turn, and what is held until a message is whole is
 * counted. One object with one listener, because thousands of connections have one each.
 */
class WebSocketInput implements Source {
  readonly address: string
  readonly webSocket: WebSocket & Breakable
  readonly socket: Duplex
  readonly #deps: InputDeps
  /** The listener of ws, which parses all frames in the bytes at once. */
  readonly #readers: readonly Function[]
  #arrived = 0
  #arrival: ByteCounter | null = null

  constructor(address: string, webSocket: WebSocket & Breakable, socket: Duplex, deps: InputDeps) {
    this.address = address
    this.webSocket = webSocket
    this.socket = socket
    this.#deps = deps
    this.#readers = socket.listeners('data')
  }

  pause(): void {
    this.socket.pause()
  }

  /** A socket over its bound stays paused (rule S3). */
  resume(): void {
    if (!this.webSocket.isPaused) this.socket.resume()
  }

  take(bytes: Buffer): void {
    this.#count(bytes)
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.length <= pieceBytes ? bytes : bytes.subarray(at, at + pieceBytes)
      this.#deps.intake.take(this, () => this.#read(piece))
    }
  }

  #read(bytes: Buffer): void {
    if (this.socket.destroyed || this.webSocket.isBroken || this.webSocket.isPaused) return
    for (const reader of this.#readers) Reflect.apply(reader, this.socket, [bytes])
  }

  /**
   * What is too much beside the others of its address is closed and read no further (1013: try again later), and soon
   * gone with what it holds. Counted before ws, which may find the end of the message in the same bytes: what follows
   * there is not counted.
   */
  #count(bytes: Buffer): void {
    this.#arrived += bytes.length
    // Most connections only listen. They are spared what tells one message from the next.
    if (this.#arrived <= uncountedBytes) return
    const more = this.#arrival ? bytes.length : this.#arrived
    this.#arrival ??= watchMessages(this.webSocket, this.socket, this.#deps.begin())
    if (this.#arrival.add(more)) return
    const { webSocket } = this
    webSocket.close(1013)
    webSocket.pause()
    setTimeout(() => webSocket.terminate(), refusalTimeout).unref()
  }
}

/** In place of ws's own listener. */
function readInPieces(input: WebSocketInput): void {
  const { socket } = input
  socket.removeAllListeners('data')
  shrinkListeners(socket)
  socket.on('data', (bytes: Buffer) => input.take(bytes))
}

export type EngineDeps = InputReading & {
  /** The path of PUBLIC_URL; '' for the root. */
  basePath: string
  /** Why a request is refused; null lets it pass. An upgrade has no response, a handshake no `sid`. */
  admit: (request: IncomingMessage, response: ServerResponse | null, sid: string | null) => AppError | null
  /** Packets in one polled body. */
  maxPackets: number
}

/**
 * Puts the engine in front of an HTTP server's other listeners. `admit` is asked first, for requests and upgrades alike:
 * what it answers refuses with that error's status and body, which engine.io's own check could not say to an upgrade.
 */
export function attachEngine(engine: Engine, server: HttpServer, gate: EngineDeps): void {
  const { arrivalOf, addressOf, intake, maxPackets } = gate
  const others = server.listeners('request')
  server.removeAllListeners('request')
  const sources = new WeakMap<Duplex, Source & { open: number }>()
  server.on('request', (request, response) => {
    const { socket } = request
    let source = sources.get(socket)
    if (!source) sources.set(socket, (source = { address: addressOf(request), open: 0 }))
    const { open } = source
    // Node hands over all that stand in what it has read, whatever of it was answered.
    if (open >= pipelined) return socket.destroy()
    source.open += 1
    response.once('close', () => (source.open -= 1))
    // Whoever has gone by its turn is not answered: the end of the answer, which others count on, has been told already.
    intake.take(source, () => void (response.closed || answer(request, response)))
    return undefined
  })

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const entered = enter(request, response, gate)
    if (entered === null) {
      for (const other of others) Reflect.apply(other, server, [request, response])
    } else if (entered instanceof AppError) {
      refuseRequest(response, entered)
    } else {
      engine.handleRequest(handOver(request, entered), response)
      if (request.method === 'POST') watchPolled(request, response, arrivalOf(request)(), maxPackets)
    }
  }

  server.on('upgrade', (request, socket, head) => {
    const entered = enter(request, null, gate) ?? new AppError('not_found')
    if (entered instanceof AppError) refuseUpgrade(socket, entered)
    else if (!asksForWebSocket(entered)) refuseUpgrade(socket, new AppError('malformed'))
    else engine.handleUpgrade(handOver(request, entered), socket, head)
  })
}

/** What a request asks of the engine; why it may not; or null, when it is not the engine's. */
function enter(
  request: IncomingMessage,
  response: ServerResponse | null,
  { admit, basePath }: Pick<EngineDeps, 'admit' | 'basePath'>,
): EngineQuery | AppError | null {
  const query = readEngineTarget(withoutBase(request.url ?? '', basePath))
  if (query === null) return null
  const refused = admit(request, response, query === 'ambiguous' ? null : query.sid || null)
  if (refused) return refused
  if (query === 'ambiguous') return new AppError('malformed')
  if (request.method === 'POST' && !isPlainUtf8(request.headers)) return new AppError('unsupported_type')
  return query
}

/** engine.io goes by these parameters, and reads none of its own where they stand (`prepare` in its server.js). */
function handOver(request: IncomingMessage, query: EngineQuery): IncomingMessage {
  return Object.assign(request, { _query: query })
}

/** Each message that is whole, and the end of the connection, end the count. */
function watchMessages(webSocket: WebSocket, socket: Duplex, arrival: ByteCounter): ByteCounter {
  webSocket.on('message', () => arrival.end())
  socket.once('close', () => arrival.end())
  return arrival
}

/** The same for a polled body, which may not hold more than so many packets either. */
function watchPolled(
  request: IncomingMessage,
  response: ServerResponse,
  arrival: ByteCounter,
  maxPackets: number,
): void {
  let packets = 1
  const take = (text: string | Buffer) => {
    for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) packets += 1
    if (packets > maxPackets) give(new AppError('too_large', { details: { limit: maxPackets } }))
    else if (!arrival.add(text.length)) give(rateLimited(1000))
  }
  const give = (refused: AppError) => {
    request.removeListener('data', take)
    // engine.io must not come to its end, where it answers.
    request.pause()
    if (response.headersSent) return
    response.setHeader('connection', 'close')
    refuseRequest(response, refused)
  }
  request.on('data', take).once('close', () => arrival.end())
}

/** Stands between the packets of a polled body (Engine.IO protocol 4). */
const separator = '\u001e'

/** engine.io answers 101 to any upgrade before it checks the URL. */
const asksForWebSocket = ({ transport, EIO }: EngineQuery): boolean => transport === 'websocket' && EIO === '4'

function refuseRequest(response: ServerResponse, error: AppError): void {
  const { retry_after } = error.details
  if (retry_after !== undefined) response.setHeader('retry-after', retry_after)
  response.writeHead(error.status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(errorBody(error)))
}

function refuseUpgrade(socket: Duplex, error: AppError): void {
  const text = JSON.stringify(errorBody(error))
  const head = [
    `HTTP/1.1 ${error.status} Refused`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...(error.details.retry_after === undefined ? [] : [`Retry-After: ${error.details.retry_after}`]),
  ]
  answerAndClose(socket, `${head.join('\r\n')}\r\n\r\n${text}`)
}
