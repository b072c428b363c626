import { connect, type Socket } from 'node:net'
import { FrameReader } from './frame-reader.ts'

/** What the clients of one process tell; payloads are positions in a buffer that is valid during the call only. */
export type ClientEvents = {
  /** The namespace answered and, if there was a room to join, the join was acknowledged. */
  ready(client: Client): void
  message(client: Client, bytes: Buffer, start: number, length: number): void
  /** The ack of a `send`. */
  acknowledged(client: Client, ok: boolean): void
  /** The server closed, with the code of its close frame if it sent one; anything before `ready` is a failure too. */
  closed(client: Client, code: number | null, reason: string): void
}

export type ClientOptions = {
  port: number
  /** The handshake's `auth`, or null for a plain connection. */
  auth: Readonly<Record<string, string | boolean>> | null
  /** The room to join, or null to only connect. */
  room: string | null
  /** Which of the clients this is; its sender number in markers. */
  id: number
  events: ClientEvents
  /** Read into by every client of the process: a read is worked off before the next one begins. */
  buffer: Buffer
}

const opcodeText = 1
const opcodeClose = 8
/** First characters of a packet: Engine.IO's kinds, then the kinds of Socket.IO inside its `message`. */
const packet = { open: 0x30, ping: 0x32, message: 0x34, connect: 0x30, event: 0x32, ack: 0x33 } as const
const joinAck = '430['
const accepted = '{"ok":true'
const zeroMask = Buffer.alloc(4)

/**
 * One Socket.IO connection (protocol 5 over Engine.IO 4, websocket alone) on a bare TCP socket. It looks at the first
 * bytes of a frame to know its kind, and decodes nothing else.
 */
export class Client {
  readonly id: number
  readonly room: string | null
  readonly #options: ClientOptions
  readonly #socket: Socket
  readonly #frames = new FrameReader((opcode, bytes, start, length) => this.#onFrame(opcode, bytes, start, length))
  #upgrade = ''
  #isUpgraded = false
  #isReady = false
  #closeCode: number | null = null

  constructor(options: ClientOptions) {
    this.id = options.id
    this.room = options.room
    this.#options = options
    const { port, buffer } = options
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer, callback: (length) => this.#onRead(length) },
    })
    this.#socket.on('error', (error) => this.#ended(error.message))
    this.#socket.on('close', () => this.#ended('closed'))
    this.#socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Key: cGFybG9yLWJlbmNoLWtleQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
  }

  /** Sends a whole frame from `textFrame`. */
  send(frame: Buffer): void {
    this.#socket.write(frame)
  }

  /** Stops reading: what the server sends stays in the kernel's buffers, and then with the server. */
  stall(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.removeAllListeners('close').destroy()
  }

  #ended(reason: string): void {
    this.#socket.removeAllListeners('close')
    this.#options.events.closed(this, this.#closeCode, reason)
  }

  #onRead(length: number): boolean {
    const { buffer } = this.#options
    if (this.#isUpgraded) this.#frames.push(buffer, 0, length)
    else this.#readUpgrade(buffer.subarray(0, length))
    return true
  }

  #readUpgrade(chunk: Buffer): void {
    const before = this.#upgrade.length
    this.#upgrade += chunk.toString('latin1')
    const end = this.#upgrade.indexOf('\r\n\r\n')
    if (end < 0) return
    if (!this.#upgrade.startsWith('HTTP/1.1 101')) {
      this.#socket.destroy(new Error(`the upgrade was refused: ${this.#upgrade.slice(0, 300)}`))
      return
    }
    this.#isUpgraded = true
    this.#frames.push(chunk, end + 4 - before, chunk.length)
  }

  #onFrame(opcode: number, bytes: Buffer, start: number, length: number): void {
    if (opcode === opcodeText) this.#onPacket(bytes, start, length)
    else if (opcode === opcodeClose) this.#closeCode = length >= 2 ? bytes.readUInt16BE(start) : 1005
  }

  #onPacket(bytes: Buffer, start: number, length: number): void {
    const { auth } = this.#options
    if (bytes[start] === packet.message) this.#onMessage(bytes, start, length)
    else if (bytes[start] === packet.ping) this.send(textFrame('3'))
    else if (bytes[start] === packet.open) this.send(textFrame(auth === null ? '40' : `40${JSON.stringify(auth)}`))
  }

  #onMessage(bytes: Buffer, start: number, length: number): void {
    switch (bytes[start + 1] ?? 0) {
      case packet.event:
        if (isNewMessage(bytes, start)) this.#options.events.message(this, bytes, start, length)
        break
      case packet.ack:
        this.#onAck(bytes, start, length)
        break
      case packet.connect:
        if (this.room === null) this.#ready()
        else this.send(textFrame(`420["join_room",{"room_id":${JSON.stringify(this.room)}}]`))
        break
      default:
        this.#refused(bytes, start, length)
    }
  }

  #onAck(bytes: Buffer, start: number, length: number): void {
    const list = bytes.indexOf(0x5b, start)
    const isAccepted = bytes.toString('latin1', list + 1, list + 1 + accepted.length) === accepted
    if (bytes.toString('latin1', start, list + 1) !== joinAck) this.#options.events.acknowledged(this, isAccepted)
    else if (isAccepted) this.#ready()
    else this.#refused(bytes, start, length)
  }

  #refused(bytes: Buffer, start: number, length: number): void {
    this.#socket.destroy(new Error(`refused: ${bytes.toString('utf8', start, start + Math.min(length, 300))}`))
  }

  #ready(): void {
    if (this.#isReady) return
    this.#isReady = true
    this.#options.events.ready(this)
  }
}

/** `42["new_message"` at the start of a payload. */
function isNewMessage(bytes: Buffer, start: number): boolean {
  return bytes[start + 4] === 0x6e && bytes[start + 8] === 0x6d && bytes[start + 15] === 0x22
}

/** A text frame as a client sends it; the mask is zero, so the content stands in it as it is. */
export function textFrame(text: string): Buffer {
  const body = Buffer.from(text)
  if (body.length > 0xffff) throw new RangeError('the generator sends no frames over 64 KiB')
  const header =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff])
  return Buffer.concat([header, zeroMask, body])
}
