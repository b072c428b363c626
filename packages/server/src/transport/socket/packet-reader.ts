import type { Socket as EngineSocket } from 'engine.io'
import { AppError } from '../../core/error.ts'
import type { InputQueue } from '../guards/input-queue.ts'
import type { ByteCounter, InFlightBytes } from '../http/in-flight-bytes.ts'
import { BinaryReader, type Incoming, isConnect, readPacket } from './packet.ts'

export type PacketReaderDeps = {
  inputQueue: InputQueue
  /** Counts the bytes of attachments until a packet's last one has arrived. */
  inFlight: InFlightBytes
  /** Maximum JSON values in one packet. */
  maxValues: number
}

/** Whom the packets are for. */
export type PacketTarget = {
  /** Returns false to drop all further input. */
  isReading(): boolean
  /** Whether the client leaves too many answers unread. */
  isBehind(): boolean
  /** It has for too long, while its packets wait. */
  onStuck(): void
  /** Whether packets other than CONNECT are accepted. */
  isConnected(): boolean
  /** Called with each complete packet, including its attachments. */
  onPacket(packet: Incoming): void
  /** The packet is too large, over the limit of its address, or not part of the protocol. */
  onUndecodable(error: unknown): void
}

/**
 * Parses one transport's input into Socket.IO packets, binary ones with their attachments, in turn with other
 * transports.
 */
export class PacketReader {
  readonly #conn: EngineSocket
  readonly address: string
  readonly #deps: PacketReaderDeps
  readonly #target: PacketTarget
  /** A binary event that waits for attachments. */
  #awaiting: BinaryReader | null = null
  #attachments: ByteCounter | null = null
  /** Packets that wait for their turn, and what runs at each; null: none ever did. One function for all: a body may bring 1,000. */
  #waiting: (string | Buffer)[] | null = null
  #next: (() => void) | null = null
  #bytes = 0
  /** The remaining attachments of an unrequested acknowledgement. */
  #unasked = 0

  constructor(conn: EngineSocket, address: string, deps: PacketReaderDeps, target: PacketTarget) {
    this.#conn = conn
    this.address = address
    this.#deps = deps
    this.#target = target
  }

  /** The size of the last packet with its attachments. */
  get bytes(): number {
    return this.#bytes
  }

  /** WebSocket input has already waited for its turn; a polling body delivers all its packets at once. */
  take(data: string | Buffer): void {
    if (this.#conn.transport.name === 'websocket' && !this.#waiting?.length) {
      this.#onData(data)
      return
    }
    this.#waiting ??= []
    this.#waiting.push(data)
    this.#next ??= () => {
      const next = this.#waiting?.shift()
      if (next !== undefined) this.#onData(next)
    }
    this.#deps.inputQueue.take(this, this.#next)
  }

  /** A WebSocket's own backlog stops what is read from it; a polling client could send on and never fetch an answer. */
  isBehind(): boolean {
    return this.#conn.transport.name === 'polling' && this.#target.isReading() && this.#target.isBehind()
  }

  onStuck(): void {
    this.#target.onStuck()
  }

  /** The number of following attachments to skip. */
  skip(attachments: number): void {
    this.#unasked = attachments
  }

  /** Stops reading and drops an incomplete packet. */
  end(): void {
    this.#awaiting = null
    this.#attachments?.end()
  }

  #onData(data: string | Buffer): void {
    if (!this.#target.isReading()) return
    this.#bytes = this.#awaiting ? this.#bytes + data.length : data.length
    try {
      if (this.#unasked > 0) {
        if (typeof data === 'string') throw new Error('a packet among the attachments of another')
        this.#unasked -= 1
        return
      }
      const read = this.#awaiting ? this.#attach(this.#awaiting, data) : this.#read(data)
      if (read instanceof BinaryReader) {
        this.#awaiting = read
      } else if (read) {
        this.#awaiting = null
        this.#attachments?.end()
        this.#target.onPacket(read)
      }
    } catch (error) {
      this.#target.onUndecodable(error)
    }
  }

  #read(data: string | Buffer): Incoming | BinaryReader {
    // Before CONNECT no other packet is decoded (rule S1).
    if (!this.#target.isConnected() && !isConnect(data)) throw new Error('a packet before the connection was made')
    return readPacket(data, this.#deps.maxValues)
  }

  #attach(awaiting: BinaryReader, data: string | Buffer): Incoming | null {
    this.#attachments ??= this.#deps.inFlight.from(this.address)
    if (!this.#attachments.add(data.length)) throw new AppError('rate_limited')
    return awaiting.add(data)
  }
}
