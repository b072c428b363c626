import { Socket as NetSocket } from 'node:net'
import type { Socket as EngineSocket } from 'engine.io'

/**
 * What this file knows of the inside of engine.io 6.6.11 and ws 8.23.0. Nothing else in the code looks there. A write
 * through their queues costs a WebSocket header, two writes and a callback for each member; all members of a room get
 * the same bytes, so these go to the TCP socket as they are.
 */
type Inside = {
  writeBuffer: readonly { data?: string | Buffer; options?: { wsPreEncodedFrame?: readonly Buffer[] } }[]
  transport: { writable: boolean; socket: { _socket: NetSocket } }
}

/** The fields as they must be for the fast way; a release that moved them takes the slow one, and says so. */
function hasInside(conn: object): conn is Inside {
  if (!('writeBuffer' in conn) || !Array.isArray(conn.writeBuffer)) return false
  const transport = 'transport' in conn ? conn.transport : null
  if (typeof transport !== 'object' || transport === null) return false
  if (!('writable' in transport) || typeof transport.writable !== 'boolean') return false
  const webSocket = 'socket' in transport ? transport.socket : null
  if (typeof webSocket !== 'object' || webSocket === null || !('_sender' in webSocket)) return false
  return '_socket' in webSocket && webSocket._socket instanceof NetSocket
}

/** One connection's way past engine.io's queue, while that queue is empty. */
export class FastWriter {
  readonly #conn: EngineSocket
  readonly #inside: Inside
  readonly #socket: NetSocket

  private constructor(conn: EngineSocket, inside: Inside) {
    this.#conn = conn
    this.#inside = inside
    this.#socket = inside.transport.socket._socket
  }

  /** For a connection on a WebSocket; null when its inside is not what is known here. */
  static for(conn: EngineSocket): FastWriter | null {
    const inside: object = conn
    return hasInside(inside) ? new FastWriter(conn, inside) : null
  }

  /** Whether everything engine.io was given before is on its way, so that order is kept. */
  get isOpen(): boolean {
    const { writeBuffer, transport } = this.#inside
    return writeBuffer.length === 0 && transport.writable && this.#conn.readyState === 'open'
  }

  /** In one system call, however many buffers there are. */
  write(buffers: readonly Buffer[]): void {
    if (buffers.length > 1) this.#socket.cork()
    for (const bytes of buffers) this.#socket.write(bytes)
    if (buffers.length > 1) this.#socket.uncork()
  }

  /** Puts the bytes of whole frames into engine.io's queue, behind what is there. */
  queue(bytes: Buffer): void {
    // The field that socket.io's own adapter uses; ws writes it as it is.
    const options = { compress: false, wsPreEncodedFrame: [bytes] }
    this.#conn.write('', options)
  }

  get waiting(): number {
    if (this.#socket.destroyed) return 0
    return this.#socket.writableLength + (this.#inside.writeBuffer.length > 0 ? queuedBytes(this.#inside) : 0)
  }

  /** Calls once when the TCP socket was emptied; false when it will not say so. */
  onDrain(run: () => void): boolean {
    if (!this.#socket.writableNeedDrain) return false
    this.#socket.once('drain', run)
    return true
  }
}

/** Bytes (characters, for text) in engine.io's queue. */
export function queuedBytes(conn: object): number {
  if (!('writeBuffer' in conn) || !Array.isArray(conn.writeBuffer)) return 0
  const queue: Inside['writeBuffer'] = conn.writeBuffer
  let bytes = 0
  for (const { data, options } of queue) bytes += options?.wsPreEncodedFrame?.[0]?.length ?? data?.length ?? 0
  return bytes
}

/** By what a client that polls names its session. */
export const sidOf = (conn: object): string => ('id' in conn && typeof conn.id === 'string' ? conn.id : '')

/** Closes the WebSocket of this connection with a code; false when it has none (it polls). */
export function closeWebSocket(conn: EngineSocket, code: number): boolean {
  const webSocket = webSocketOf(conn)
  if (!('close' in webSocket) || typeof webSocket.close !== 'function') return false
  webSocket.close(code)
  return true
}

/** Ends it without a word, with whatever waits to be sent; false when it has none. */
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

/** Ms that a client that polls has to fetch the rest when its session is closed; engine.io waits for 30 s. */
const pollCloseTimeout = 2000

/** Lets go of the handshake's request, which engine.io keeps as long as the connection lives, and bounds its closing. */
export function releaseHandshake(conn: EngineSocket): void {
  Object.assign(conn, { request: null })
  if (conn.transport.name === 'polling') Object.assign(conn.transport, { closeTimeout: pollCloseTimeout })
}
