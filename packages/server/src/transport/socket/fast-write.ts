import { Socket as NetSocket } from 'node:net'
import type { Socket as EngineSocket } from 'engine.io'

/**
 * The internals of engine.io 6.6.11 and ws 8.23.0 that this file uses; no other code depends on them. A write through
 * their queues costs a WebSocket header, two writes and a callback per member; all members of a room get the same
 * bytes, so this writes them directly to the TCP socket.
 */
type Inside = {
  writeBuffer: readonly { data?: string | Buffer; options?: { wsPreEncodedFrame?: readonly Buffer[] } }[]
  transport: { writable: boolean; socket: { _socket: NetSocket } }
}

/** Checks the fields that the fast path needs; with a release that changed them the slow path is used, and reported. */
function hasInside(conn: object): conn is Inside {
  if (!('writeBuffer' in conn) || !Array.isArray(conn.writeBuffer)) return false
  const transport = 'transport' in conn ? conn.transport : null
  if (typeof transport !== 'object' || transport === null) return false
  if (!('writable' in transport) || typeof transport.writable !== 'boolean') return false
  const webSocket = 'socket' in transport ? transport.socket : null
  if (typeof webSocket !== 'object' || webSocket === null || !('_sender' in webSocket)) return false
  return '_socket' in webSocket && webSocket._socket instanceof NetSocket
}

/** Writes to one connection past engine.io's queue while that queue is empty. */
export class FastWriter {
  readonly #conn: EngineSocket
  readonly #inside: Inside
  readonly #socket: NetSocket

  private constructor(conn: EngineSocket, inside: Inside) {
    this.#conn = conn
    this.#inside = inside
    this.#socket = inside.transport.socket._socket
  }

  /** For a WebSocket connection; null if its internals are not as expected. */
  static for(conn: EngineSocket): FastWriter | null {
    const inside: object = conn
    return hasInside(inside) ? new FastWriter(conn, inside) : null
  }

  /** Whether engine.io's queue is empty, so that order is kept. */
  get isOpen(): boolean {
    const { writeBuffer, transport } = this.#inside
    return writeBuffer.length === 0 && transport.writable && this.#conn.readyState === 'open'
  }

  /** Uses one system call for any number of buffers. */
  write(buffers: readonly Buffer[]): void {
    if (buffers.length > 1) this.#socket.cork()
    for (const bytes of buffers) this.#socket.write(bytes)
    if (buffers.length > 1) this.#socket.uncork()
  }

  /** Appends the bytes of whole frames to engine.io's queue. */
  queue(bytes: Buffer): void {
    // The field that socket.io's own adapter uses; ws writes it unchanged.
    const options = { compress: false, wsPreEncodedFrame: [bytes] }
    this.#conn.write('', options)
  }

  /** Bytes in the TCP socket's queue. */
  get waiting(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed
  }

  /** Calls back once when the TCP socket has drained; false if there will be no `drain` event. */
  onDrain(run: () => void): boolean {
    if (!this.#socket.writableNeedDrain) return false
    this.#socket.once('drain', run)
    return true
  }
}

/** engine.io's queue; null if its field is not as expected. */
export function queueOf(conn: object): Inside['writeBuffer'] | null {
  return 'writeBuffer' in conn && Array.isArray(conn.writeBuffer) ? conn.writeBuffer : null
}

/** What a packet in engine.io's queue takes besides its bytes: its object and options, and its text's header. */
export const queuedCost = 384

/**
 * What engine.io's queue takes, in bytes (characters, for text). Each packet is looked at once: the backlog of every waiting client is
 * asked for before each read, and that of a client that never polls may be a thousand packets. engine.io only appends to
 * its queue, and takes all of it by putting another in its place.
 */
export class QueueCount {
  #queue: Inside['writeBuffer'] | null = null
  #counted = 0
  #bytes = 0

  of(queue: Inside['writeBuffer']): number {
    if (queue !== this.#queue) {
      this.#queue = queue
      this.#counted = 0
      this.#bytes = 0
    }
    for (; this.#counted < queue.length; this.#counted += 1) {
      const packet = queue[this.#counted]
      this.#bytes += packet?.options?.wsPreEncodedFrame?.[0]?.length ?? packet?.data?.length ?? 0
      this.#bytes += queuedCost
    }
    return this.#bytes
  }
}

/** The session id that a polling client sends. */
export const sidOf = (conn: object): string => ('id' in conn && typeof conn.id === 'string' ? conn.id : '')

/** Closes the connection's WebSocket with a code; false if it is polling. */
export function closeWebSocket(conn: EngineSocket, code: number): boolean {
  const webSocket = webSocketOf(conn)
  if (!('close' in webSocket) || typeof webSocket.close !== 'function') return false
  webSocket.close(code)
  return true
}

/** Terminates the WebSocket without a closing handshake, discarding queued bytes; false if it is polling. */
export function terminateWebSocket(conn: EngineSocket): boolean {
  const webSocket = webSocketOf(conn)
  if (!('terminate' in webSocket) || typeof webSocket.terminate !== 'function') return false
  webSocket.terminate()
  return true
}

function webSocketOf(conn: EngineSocket): object {
  const webSocket = 'socket' in conn.transport ? conn.transport.socket : null
  return typeof webSocket === 'object' && webSocket !== null ? webSocket : {}
}

/** Ms in which a polling client may fetch its last packets after its session was closed; engine.io waits 30 s. */
const pollCloseTimeout = 2000

/**
 * Releases the handshake request and a listener, which engine.io would keep as long as the connection lives, and shortens
 * the close timeout.
 */
export function releaseHandshake(conn: EngineSocket): void {
  Object.assign(conn, { request: null })
  // Called for the answers of polling alone.
  if (conn.transport.name === 'websocket') conn.transport.removeAllListeners('headers')
  if (conn.transport.name === 'polling') Object.assign(conn.transport, { closeTimeout: pollCloseTimeout })
}
