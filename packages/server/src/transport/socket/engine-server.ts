import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server as Engine } from 'engine.io'
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws'
import { AppError, errorBody } from '../../core/error.ts'
import type { RequestSource } from '../guards/address.ts'
import { withoutBase } from '../web/base-path.ts'
import { type EngineQuery, readEngineTarget } from './engine-query.ts'
import { isPlainUtf8 } from '../http/body.ts'
import { type InputQueue, pieceBytes, type Source } from '../guards/input-queue.ts'
import { answerAndClose } from '../guards/answer-and-close.ts'
import { type ByteCounter, uncountedBytes } from '../http/in-flight-bytes.ts'
import { doorLimits } from '../limits.ts'
import { shrinkListeners } from './listeners.ts'
import { readPolled } from './polled-body.ts'

export type EngineOptions = {
  /** Ms between server pings, and until an unanswered ping ends the connection. */
  pingInterval: number
  pingTimeout: number
  /** Maximum bytes of one frame or polling body. */
  maxPayload: number
  /** Maximum frames of one message. */
  maxFragments: number
  /** Maximum JSON values in one frame. */
  maxValues: number
  /** Maximum packets in one polling body. */
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

/** What is known of a client before reading from it. `fresh`: a new connection, not a request of an open session. */
export type ConnectionAttempt = { origin: string | null; host: string | null; sender: RequestSource; fresh: boolean }

/** Ms that a closing WebSocket may take to flush and answer before its socket is destroyed. */
const closeTimeout = 5000

/** Maximum requests in progress on one connection: current clients wait for each answer. */
const pipelined = 32

/** Ms to tell a client over its limit why its connection closes. */
const refusalTimeout = 500

/** The counter of in-flight bytes for the sender of this request. */
export type ByteCounterOf = (request: IncomingMessage) => () => ByteCounter

/** How client input is counted and scheduled. */
export type InputReading = {
  arrivalOf: ByteCounterOf
  addressOf: (request: IncomingMessage) => string
  inputQueue: InputQueue
}

export function createEngine(options: EngineOptions, { arrivalOf, addressOf, inputQueue }: InputReading): Engine {
  /** The contract says 1009 for any input that is too large; ws uses 1008 for too many fragments. */
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
  /** engine.io creates its WebSocket server from this class and has no options for these. */
  class ParlorWebSocketServer extends WebSocketServer {
    constructor(given: ServerOptions) {
      const own = { maxFragments: options.maxFragments, closeTimeout, WebSocket: ParlorWebSocket }
      super({ ...given, ...own })
    }
    override handleUpgrade(...[request, socket, head, then]: Parameters<WebSocketServer['handleUpgrade']>): void {
      super.handleUpgrade(request, socket, head, (webSocket, upgraded) => {
        if (!(webSocket instanceof ParlorWebSocket)) throw new Error('ws made a WebSocket of another class')
        readInPieces(
          new WebSocketInput(addressOf(request), webSocket, socket, { inputQueue, begin: arrivalOf(request) }),
        )
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
    // Foreign origins are refused before engine.io sees the request; allowed ones may read the response.
    cors: { origin: true, methods: ['GET', 'POST'] },
  })
}

/** A WebSocket that knows whether a protocol error occurred: ws then removes its listener, and no input is processed. */
type Breakable = { readonly isBroken: boolean }

/** `begin`: starts counting the in-flight bytes of a connection. */
type InputDeps = { readonly inputQueue: InputQueue; readonly begin: () => ByteCounter }

/**
 * A WebSocket's input: passes it to ws in pieces, when it is the connection's turn, and counts the in-flight bytes of
 * incomplete messages. One object with one listener, because there are thousands of connections.
 */
class WebSocketInput implements Source {
  readonly address: string
  readonly webSocket: WebSocket & Breakable
  readonly socket: Duplex
  readonly #deps: InputDeps
  /** The `data` listener of ws, which parses all frames in a chunk at once. */
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

  /** A socket over its limit stays paused (rule S3). */
  resume(): void {
    if (!this.webSocket.isPaused) this.socket.resume()
  }

  take(bytes: Buffer): void {
    this.#count(bytes)
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.length <= pieceBytes ? bytes : bytes.subarray(at, at + pieceBytes)
      this.#deps.inputQueue.take(this, () => this.#read(piece))
    }
  }

  #read(bytes: Buffer): void {
    if (this.socket.destroyed || this.webSocket.isBroken || this.webSocket.isPaused) return
    for (const reader of this.#readers) Reflect.apply(reader, this.socket, [bytes])
  }

  /**
   * A connection over the limit of its address is closed (1013: try again later), read no further, and terminated soon
   * after, which frees its memory. Counts before ws, which may find the end of the message in the same chunk: bytes
   * after it are not counted.
   */
  #count(bytes: Buffer): void {
    this.#arrived += bytes.length
    // Most connections only listen, and do not need the listeners that detect message ends.
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
  /** Why a request is refused; null if it is not. An upgrade has no response, a handshake no `sid`. */
  admit: (request: IncomingMessage, response: ServerResponse | null, sid: string | null) => AppError | null
  /** Maximum packets in one polling body. */
  maxPackets: number
  /** The input of an open session: its packets wait for their turns under this source. */
  inputOf: (sid: string) => Source | null
}

/**
 * Puts the engine before an HTTP server's other listeners. `admit` decides first, about requests and upgrades alike: a
 * refusal has the error's status and body, which engine.io's own check cannot send for an upgrade.
 */
export function attachEngine(engine: Engine, server: HttpServer, gate: EngineDeps): void {
  const { arrivalOf, addressOf, inputQueue, maxPackets } = gate
  const others = server.listeners('request')
  server.removeAllListeners('request')
  const sources = new WeakMap<Duplex, Source & { open: number }>()
  server.on('request', (request, response) => {
    const { socket } = request
    let source = sources.get(socket)
    if (!source) sources.set(socket, (source = { address: addressOf(request), open: 0 }))
    const { open } = source
    // Node emits all pipelined requests that it has read, however many are unanswered.
    if (open >= pipelined) return socket.destroy()
    source.open += 1
    response.once('close', () => (source.open -= 1))
    // A client that has left by its turn gets no answer: other code has already seen the response's `close` event.
    inputQueue.take(source, () => void (response.closed || answer(request, response)))
    return undefined
  })

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const entered = enter(request, response, gate)
    if (entered === null) {
      for (const other of others) Reflect.apply(other, server, [request, response])
    } else if (entered instanceof AppError) {
      refuseRequest(response, entered)
    } else {
      const input = request.method === 'POST' ? gate.inputOf(entered.sid) : null
      if (input) takePolled(request, response, entered, input)
      else engine.handleRequest(handOver(request, entered), response)
    }
  }

  /**
   * A session's body is not read while packets of its earlier ones wait (rule S9): engine.io answers a body once it has
   * split it, so a client may send the next long before the first packet had its turn.
   */
  function takePolled(request: IncomingMessage, response: ServerResponse, query: EngineQuery, input: Source): void {
    inputQueue.take(input, () => {
      if (response.closed) return
      const arrival = arrivalOf(request)()
      const hand = () => engine.handleRequest(handOver(request, query), response)
      readPolled({ request, response, input, arrival }, hand, { inputQueue, maxPackets, refuse: refuseRequest })
    })
  }

  // Without a listener Node ends the connection without an answer. Nothing here is a tunnel.
  server.on('connect', (_request, socket) => refuseUpgrade(socket, new AppError('malformed')))
  server.on('upgrade', (request, socket, head) => {
    const entered = enter(request, null, gate) ?? new AppError('not_found')
    if (entered instanceof AppError) refuseUpgrade(socket, entered)
    else if (!asksForWebSocket(entered)) refuseUpgrade(socket, new AppError('malformed'))
    else {
      const isWhole = untilItsTurn(socket)
      inputQueue.take({ address: addressOf(request) }, () => {
        if (isWhole()) engine.handleUpgrade(handOver(request, entered), socket, head)
      })
    }
  })
}

/**
 * Node hands over a socket without listeners: an error would end the process until engine.io has it. Returns what ends the
 * wait, and says whether the connection still is.
 */
function untilItsTurn(socket: Duplex): () => boolean {
  const drop = () => socket.destroy()
  socket.on('error', drop)
  return () => {
    socket.off('error', drop)
    return !socket.destroyed
  }
}

/** The engine's query; the error that refuses the request; or null if it is not for the engine. */
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
  // To any other method on an open session engine.io answers 500.
  if (!methods.includes(request.method ?? '')) return new AppError('method_not_allowed')
  if (request.method === 'POST' && !isPlainUtf8(request.headers)) return new AppError('unsupported_type')
  return query
}

/** OPTIONS: engine.io answers preflights. */
const methods: readonly string[] = ['GET', 'POST', 'OPTIONS']

/** engine.io uses these parameters if they are set, instead of parsing the URL (`prepare` in its server.js). */
function handOver(request: IncomingMessage, query: EngineQuery): IncomingMessage {
  return Object.assign(request, { _query: query })
}

/** Each message that is whole, and the end of the connection, end the count. */
function watchMessages(webSocket: WebSocket, socket: Duplex, arrival: ByteCounter): ByteCounter {
  webSocket.on('message', () => arrival.end())
  socket.once('close', () => arrival.end())
  return arrival
}

/** engine.io answers 101 to any upgrade before it checks the URL. */
const asksForWebSocket = ({ transport, EIO }: EngineQuery): boolean => transport === 'websocket' && EIO === '4'

function refuseRequest(response: ServerResponse, error: AppError): void {
  const { retry_after } = error.details
  if (retry_after !== undefined) response.setHeader('retry-after', retry_after)
  if (error.is('method_not_allowed')) response.setHeader('allow', methods.join(', '))
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
