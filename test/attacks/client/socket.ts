import { connect, type Socket } from 'node:net'
import { FrameReader } from '../../../bench/src/load/frame-reader.ts'
import type { Tally } from './tally.ts'

export type SocketOptions = {
  port: number
  /** The local address to connect from. */
  from: string
  tally: Tally
  auth?: Readonly<Record<string, unknown>>
  /** Query of the handshake instead of the usual one. */
  query?: string
  headers?: Readonly<Record<string, string>>
  /** Called with the name and size in bytes of each event. */
  onEvent?: (name: string, bytes: Buffer) => void
}

/** An acknowledgement; `code` is null for a success. */
export type Reply = { code: string | null; text: string }

const opcodes = { text: 1, close: 8 } as const
/** Larger packets are counted but not parsed, to save the attacker's CPU. */
const lookedInto = 64 * 1024
/** The start of a packet tells its kind. */
const startBytes = 160

/**
 * A Socket.IO connection (protocol 5 over Engine.IO 4, websocket only) on a bare TCP socket: it is cheap, can stop
 * reading, and can send anything. Each answer and each end goes to the tally.
 */
export class AttackSocket {
  readonly tally: Tally
  /** Resolves at the end of the connection with the close code, or null without one. */
  readonly closed: Promise<number | null>
  readonly #socket: Socket
  readonly #options: SocketOptions
  readonly #frames = new FrameReader((opcode, bytes, start, length) => this.#onFrame(opcode, bytes, start, length))
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  readonly #opened = Promise.withResolvers<boolean>()
  #closeCode: number | null = null
  #head: string | null = ''
  #isOpen = false
  #lastId = 0

  constructor(options: SocketOptions) {
    this.#options = options
    this.tally = options.tally
    this.#socket = connect({ port: options.port, host: '127.0.0.1', localAddress: options.from, noDelay: true })
    const { promise, resolve } = Promise.withResolvers<number | null>()
    this.closed = promise
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => resolve(this.#onClosed()))
    this.#socket.on('data', (chunk) => this.#onData(chunk))
    const { query = 'EIO=4&transport=websocket', headers = {} } = options
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#socket.write(
      `GET /socket.io/?${query} HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\nUpgrade: websocket\r\n${more.join('')}` +
        'Connection: Upgrade\r\nSec-WebSocket-Key: cGFybG9yLXJhaWRzLWtleQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
  }

  /** Whether the connection to the namespace was accepted. */
  get opened(): Promise<boolean> {
    return this.#opened.promise
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Sends an event without an acknowledgement. */
  emit(event: string, payload: unknown): void {
    this.#write(frameOf(`42${JSON.stringify([event, payload])}`))
  }

  /** Sends an event with an acknowledgement; answers `closed` if the connection ends, `unanswered` after the time limit. */
  request(event: string, payload: unknown, patienceMs = 15_000): Promise<Reply> {
    const id = ++this.#lastId
    const { promise, resolve } = Promise.withResolvers<Reply>()
    const settle = (reply: Reply) => {
      clearTimeout(late)
      this.#waiting.delete(id)
      resolve(reply)
    }
    const late = setTimeout(() => settle({ code: 'unanswered', text: '' }), patienceMs)
    if (!this.#socket.writable) settle({ code: 'closed', text: '' })
    else {
      this.#waiting.set(id, settle)
      this.#write(frameOf(`42${id}${JSON.stringify([event, payload])}`))
    }
    return promise
  }

  /** Writes frames made by `frameOf` at once. */
  send(...frames: Buffer[]): void {
    this.#write(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames))
  }

  /** Stops reading. */
  stall(): void {
    this.#socket.pause()
  }

  /** Ends the connection from this side, which is not counted. */
  destroy(): void {
    this.#isOpen = false
    this.#socket.destroy()
  }

  #write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  #onClosed(): number | null {
    if (this.#isOpen) this.tally.count(this.#closeCode === null ? 'ended' : `closed ${this.#closeCode}`)
    this.#isOpen = false
    this.#opened.resolve(false)
    for (const settle of this.#waiting.values()) settle({ code: 'closed', text: '' })
    return this.#closeCode
  }

  #onData(chunk: Buffer): void {
    this.tally.receivedBytes += chunk.length
    if (this.#head === null) return this.#frames.push(chunk, 0, chunk.length)
    const before = this.#head.length
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#head
    if (!head.startsWith('HTTP/1.1 101')) {
      this.tally.count(codeIn(head) ?? `status ${head.slice(9, 12)}`)
      this.#socket.destroy()
      return
    }
    this.#head = null
    this.#frames.push(chunk, end + 4 - before, chunk.length)
  }

  #onFrame(opcode: number, bytes: Buffer, start: number, length: number): void {
    if (opcode === opcodes.close) this.#closeCode = length >= 2 ? bytes.readUInt16BE(start) : 1005
    if (opcode !== opcodes.text) return
    const begin = bytes.toString('latin1', start, start + Math.min(length, startBytes))
    const kind = begin.slice(0, 2)
    if (kind[0] === '2') this.#write(frameOf('3'))
    else if (kind[0] === '0') this.#write(frameOf(`40${JSON.stringify(this.#options.auth ?? {})}`))
    else if (kind === '40') this.#onOpen()
    else if (kind === '42') this.#onEvent(begin, bytes.subarray(start, start + length))
    else if (kind === '43') this.#onAck(begin, bytes, start, length)
    else if (kind === '44') this.tally.count(codeIn(begin) ?? 'refused')
  }

  #onOpen(): void {
    this.#isOpen = true
    this.#opened.resolve(true)
  }

  #onEvent(begin: string, bytes: Buffer): void {
    const name = /^42\["([^"]*)"/.exec(begin)?.[1] ?? ''
    if (name === 'error' && bytes.length <= lookedInto) this.tally.count(codeIn(bytes.toString()) ?? 'error')
    this.#options.onEvent?.(name, bytes)
  }

  #onAck(begin: string, bytes: Buffer, start: number, length: number): void {
    const id = Number(/^43(\d+)/.exec(begin)?.[1])
    const text = length <= lookedInto ? bytes.toString('utf8', start, start + length) : begin
    const code = begin.includes('"ok":false') ? (codeIn(text) ?? 'refused') : null
    this.tally.count(code ?? 'ok')
    this.#waiting.get(id)?.({ code, text })
  }
}

/** Opens a connection and waits for the namespace; null if the server refuses it. */
export async function openSocket(options: SocketOptions): Promise<AttackSocket | null> {
  const socket = new AttackSocket(options)
  if (await socket.opened) return socket
  socket.destroy()
  return null
}

export const codeIn = (text: string): string | undefined => /"code":"(\w+)"/.exec(text)?.[1]

/** A text frame as a client sends it; with a mask of zero the content is unchanged. */
export function frameOf(text: string): Buffer {
  const body = Buffer.from(text)
  const size = body.length
  const wide = Buffer.alloc(8)
  wide.writeBigUInt64BE(BigInt(size))
  const head = size < 126 ? [0x80 | size] : size < 65_536 ? [0x80 | 126, ...wide.subarray(6)] : [0x80 | 127, ...wide]
  return Buffer.concat([Buffer.from([0x81, ...head, 0, 0, 0, 0]), body])
}
