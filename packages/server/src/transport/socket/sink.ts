import type { Socket as EngineSocket } from 'engine.io'
import type { CutReason, Range, Sink } from '../../room/live/sink.ts'
import {
  bytesOf,
  ownEventPacket,
  type Packet,
  packetBytes,
  packetsOf,
  totalBytes,
  webSocketBytes,
} from './fanout-encode.ts'
import { closeWebSocket, FastWriter, QueueCount, queuedCost, queueOf, terminateWebSocket } from './fast-write.ts'

/** RFC 6455 and the IANA registry: 1011 internal error, 1012 service restart, 1013 try again later. */
const closeCodes: Record<CutReason, number> = {
  slow: 1013,
  restored: 1013,
  failed: 1011,
  shutdown: 1012,
  session_ended: 1000,
}

const disconnectPacket = '1'
/**
 * Up to this size shared bytes are copied into one buffer, behind the client's own packets; larger ones are written
 * separately.
 */
const copiedLimit = 16 * 1024
const uncompressed = { compress: false }
/** Ms between backlog checks for a polling client, or for a socket without a `drain` event. */
const drainCheck = 100

export type SinkOptions = {
  /** Whether to write past engine.io's queue. */
  fastWrite: boolean
  /** Called if engine.io's internals have changed: then every write takes the slow path. */
  onSlowWay: () => void
}

/** One Socket.IO connection as a sink of the room engine: its own packets, such as acks, go before shared ranges. */
export class SocketSink implements Sink {
  readonly #conn: EngineSocket
  readonly #options: SinkOptions
  /** Null while the client is polling, and when the fast path is disabled. */
  #fast: FastWriter | null = null
  /** Queued packets for this client alone, and their size in bytes. */
  #own: (string | Packet)[] = []
  #ownBytes = 0
  /** Bytes for this client alone written since its backlog was last empty. */
  #handed = 0
  /** Null while engine.io's queue is empty, as it nearly always is: most connections are idle WebSockets. */
  #queued: QueueCount | null = null
  /** Nothing is written after this. */
  #isCut = false
  /** The connection was cut because its session ended. */
  hasEndedSession = false

  /** `onClosed`: the transport has ended. */
  constructor(conn: EngineSocket, options: SinkOptions, onClosed: () => void) {
    this.#conn = conn
    this.#options = options
    if (conn.transport.name === 'websocket') this.#openFastWay()
    else conn.once('upgrade', () => this.#openFastWay())
    // It comes once. One listener, and no `once`: each costs a connection up to four objects for as long as it lasts.
    conn.on('close', () => {
      this.#giveUp()
      onClosed()
    })
  }

  /** The transport has ended: discard its queue, or its bytes would count for ever. */
  #giveUp(): void {
    this.#isCut = true
    this.#own = []
    this.#ownBytes = 0
    this.#handed = 0
  }

  get isCut(): boolean {
    return this.#isCut
  }

  #openFastWay(): void {
    if (!this.#options.fastWrite) return
    this.#fast = FastWriter.for(this.#conn)
    if (!this.#fast) this.#options.onSlowWay()
  }

  waiting(): number {
    if (this.#fast?.isDestroyed) return 0
    return (this.#fast?.waiting ?? 0) + this.#queuedBytes()
  }

  #queuedBytes(): number {
    const queue = queueOf(this.#conn)
    if (queue === null || queue.length === 0) {
      this.#queued = null
      return 0
    }
    this.#queued ??= new QueueCount()
    return this.#queued.of(queue)
  }

  own(): number {
    return this.#ownBytes + (this.#handed === 0 ? 0 : Math.min(this.#handed, this.waiting()))
  }

  /** Queues a packet for this client alone; it is sent with the next write or flush. Returns its size in bytes. */
  push(packet: string | Packet): number {
    if (this.#isCut) return 0
    const bytes = packetBytes(packet)
    this.#own.push(packet)
    this.#ownBytes += this.#fast ? bytes : bytes + queuedCost
    return bytes
  }

  emit(event: string, json: string): number {
    return this.push(ownEventPacket(event, json))
  }

  write(range: Range): void {
    if (this.#isCut) return
    if (!this.#fast) {
      this.flush()
      for (const packet of range.encodings(packetsOf).flat()) this.#conn.write(packet, uncompressed)
      return
    }
    const shared = range.encodings(bytesOf)
    if (this.#own.length === 0 && shared.length === 1) this.#send(this.#fast, ...shared)
    else if (totalBytes(shared) <= copiedLimit) this.#send(this.#fast, webSocketBytes(this.#takeOwn(), shared))
    else this.#send(this.#fast, ...this.#takeOwnBytes(), ...shared)
  }

  flush(): void {
    if (this.#own.length === 0 || this.#isCut) return
    if (this.#fast) {
      this.#send(this.#fast, webSocketBytes(this.#takeOwn()))
      return
    }
    for (const packet of this.#takeOwn()) {
      this.#conn.write(typeof packet === 'string' ? packet : packet.join(''), uncompressed)
    }
  }

  #send(fast: FastWriter, ...bytes: Buffer[]): void {
    if (fast.isOpen) fast.write(bytes)
    else for (const each of bytes) fast.queue(each)
  }

  /** In one buffer, if there is something. */
  #takeOwnBytes(): readonly Buffer[] {
    return this.#own.length === 0 ? [] : [webSocketBytes(this.#takeOwn())]
  }

  #takeOwn(): readonly (string | Packet)[] {
    const own = this.#own
    if (this.waiting() === 0) this.#handed = 0
    this.#handed += this.#ownBytes
    this.#own = []
    this.#ownBytes = 0
    return own
  }

  whenDrained(run: () => void): void {
    this.flush()
    if (this.#fast?.onDrain(run)) return
    if (this.waiting() === 0) setImmediate(run)
    else setTimeout(run, drainCheck).unref()
  }

  drop(): void {
    if (!terminateWebSocket(this.#conn)) this.#conn.close(true)
  }

  /**
   * Socket.IO's DISCONNECT packet tells stock clients not to reconnect: only for ended sessions. A polling client can
   * still fetch what is queued, unless it is cut as a slow consumer.
   */
  cut(reason: CutReason): void {
    if (reason === 'session_ended') {
      this.hasEndedSession = true
      this.push(disconnectPacket)
    }
    if (reason !== 'failed') this.flush()
    this.#isCut = true
    const discards = reason === 'slow' || reason === 'restored' || reason === 'failed'
    const close = () => {
      if (!closeWebSocket(this.#conn, closeCodes[reason])) this.#conn.close(discards)
    }
    // A WebSocket's close would overtake packets in engine.io's queue.
    const isBehind = this.#conn.transport.name === 'websocket' && this.#queuedBytes() > 0
    if (isBehind && !discards) this.#conn.once('drain', close)
    else close()
  }
}
