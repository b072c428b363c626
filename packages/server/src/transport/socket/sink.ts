import type { Socket as EngineSocket } from 'engine.io'
import type { CutReason, Range, Sink } from '../../room/live/sink.ts'
import { bytesOf, ownEventPacket, type Packet, packetBytes, packetsOf, webSocketBytes } from './fanout-encode.ts'
import { closeWebSocket, FastWriter, queuedBytes, terminateWebSocket } from './fast-write.ts'

/** RFC 6455 and the IANA registry: 1011 internal error, 1012 service restart, 1013 try again later. */
const closeCodes: Record<CutReason, number> = {
  slow: 1013,
  restored: 1013,
  failed: 1011,
  shutdown: 1012,
  session_ended: 1000,
}

const disconnectPacket = '1'
/** Bytes of a shared range that are copied behind what is a client's own, into one buffer; more go as they are. */
const copiedLimit = 16 * 1024
const uncompressed = { compress: false }
/** Ms until a client that polls, or whose socket says nothing, is looked at again. */
const drainCheck = 100

export type SinkOptions = {
  /** Whether to write past engine.io's queue. */
  fastWrite: boolean
  /** Called if engine.io's internals have changed: then every write takes the slow path. */
  onSlowWay: () => void
}

/** One Socket.IO connection as the room's engine sees it: acks and other packets of its own in front of shared ranges. */
export class SocketSink implements Sink {
  readonly #conn: EngineSocket
  readonly #options: SinkOptions
  /** Null while the client polls, and when the fast way is off. */
  #fast: FastWriter | null = null
  /** Queued packets for this client alone, and their bytes. */
  #own: (string | Packet)[] = []
  #ownBytes = 0
  /** Bytes for this client alone that were written since its backlog was last empty. */
  #handed = 0
  /** Nothing is written any more. */
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

  /** The transport has ended: what still waited for its next write would count as held for good. */
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
    return this.#fast ? this.#fast.waiting : queuedBytes(this.#conn)
  }

  own(): number {
    return this.#ownBytes + (this.#handed === 0 ? 0 : Math.min(this.#handed, this.waiting()))
  }

  /** A packet for this client alone; leaves with the next write or flush. Answers its bytes. */
  push(packet: string | Packet): number {
    if (this.#isCut) return 0
    const bytes = packetBytes(packet)
    this.#own.push(packet)
    this.#ownBytes += bytes
    return bytes
  }

  emit(event: string, json: string): number {
    return this.push(ownEventPacket(event, json))
  }

  write(range: Range): void {
    if (this.#isCut) return
    if (!this.#fast) {
      this.flush()
      for (const packet of range.encoded(packetsOf)) this.#conn.write(packet, uncompressed)
      return
    }
    const shared = range.encoded(bytesOf)
    if (this.#own.length === 0) this.#send(this.#fast, shared)
    else if (shared.length <= copiedLimit) this.#send(this.#fast, webSocketBytes(this.#takeOwn(), shared))
    else this.#send(this.#fast, webSocketBytes(this.#takeOwn()), shared)
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
   * The Socket.IO disconnect packet tells stock clients not to come back: it is for sessions that ended alone. Who polls
   * fetches what is left, unless it is cut for not doing so.
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
    const isBehind = this.#conn.transport.name === 'websocket' && queuedBytes(this.#conn) > 0
    if (isBehind && !discards) this.#conn.once('drain', close)
    else close()
  }
}
