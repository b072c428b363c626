import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Recorder, within } from './recorder.ts'

/** A TCP connection that can send anything. */
export class RawConnection {
  readonly socket: Socket
  /** Everything received so far. */
  received = Buffer.alloc(0)
  readonly #arrivals = new Recorder<number>()
  readonly closed: Promise<void>

  constructor(port: number) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.#arrivals.push(this.received.length)
    })
    this.socket.on('error', () => {})
    this.socket.on('close', () => resolve())
  }

  write(data: string | Buffer): void {
    if (this.socket.writable) this.socket.write(data)
  }

  /** Resolves when this text has been received. */
  async says(text: string, ms = 10_000): Promise<string> {
    await this.#arrivals.until(() => this.received.includes(text), JSON.stringify(text), { ms })
    return this.received.toString('latin1')
  }

  /** The status of the answer to one request; null if the connection ended without an answer. */
  async status(ms = 10_000): Promise<number | null> {
    const said = await Promise.race([
      this.says('\r\n\r\n', ms),
      within(this.closed, 'an answer', ms).then(() => this.received.toString('latin1')),
    ])
    const status = /^HTTP\/1\.1 (\d{3})/.exec(said)?.[1]
    return status === undefined ? null : Number(status)
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}

export type Frame = {
  opcode?: number
  payload?: string | Buffer
  fin?: boolean
  /** Reserved bits, 0 to 7. */
  rsv?: number
  masked?: boolean
  /** The length in the header, if it is to differ from the payload's. */
  length?: number | bigint
}

/** One WebSocket frame (RFC 6455 §5.2), which may be malformed. */
export function frame({ opcode = 1, payload = '', fin = true, rsv = 0, masked = true, length }: Frame): Buffer {
  const body = Buffer.from(payload)
  const size = BigInt(length ?? body.length)
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode]
  const mark = masked ? 0x80 : 0
  const wide = Buffer.alloc(8)
  wide.writeBigUInt64BE(size)
  if (size < 126n) head.push(mark | Number(size))
  else if (size < 65_536n) head.push(mark | 126, ...wide.subarray(6))
  else head.push(mark | 127, ...wide)
  if (!masked) return Buffer.concat([Buffer.from(head), body])
  const key = randomBytes(4)
  const hidden = Buffer.from(body.map((byte, index) => byte ^ (key[index % 4] ?? 0)))
  return Buffer.concat([Buffer.from(head), key, hidden])
}

export function upgradeRequest(
  path: string,
  { host = 'localhost', headers = {} }: { host?: string; headers?: Readonly<Record<string, string>> } = {},
): string {
  const fields = {
    Host: host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** A WebSocket that sends raw bytes: open, connected to the default namespace, and able to break every rule. */
export class RawWebSocket {
  readonly connection: RawConnection
  readonly texts = new Recorder<string>()
  /** The code of the server's close frame; null if the connection ended without one. */
  readonly ended: Promise<number | null>
  #rest = Buffer.alloc(0)
  #code: number | null = null

  constructor(connection: RawConnection, rest: Buffer) {
    this.connection = connection
    this.#take(rest)
    connection.socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.ended = connection.closed.then(() => this.#code)
  }

  #take(chunk: Buffer) {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (;;) {
      const [first, second] = this.#rest
      if (first === undefined || second === undefined) return
      let size = second & 0x7f
      let from = 2
      if (size === 126) {
        if (this.#rest.length < 4) return
        size = this.#rest.readUInt16BE(2)
        from = 4
      } else if (size === 127) {
        if (this.#rest.length < 10) return
        size = Number(this.#rest.readBigUInt64BE(2))
        from = 10
      }
      if (this.#rest.length < from + size) return
      const payload = this.#rest.subarray(from, from + size)
      this.#rest = this.#rest.subarray(from + size)
      if ((first & 0x0f) === 8) {
        this.#code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
        // Answer the closing handshake, then end the connection.
        this.connection.socket.end(frame({ opcode: 8, payload }))
      } else this.texts.push(payload.toString())
    }
  }

  send(bytes: Buffer): void {
    this.connection.write(bytes)
  }

  sendText(text: string): void {
    this.send(frame({ payload: text }))
  }

  /** Sends an event with this acknowledgement id; returns the reply. */
  async ask(id: number, event: readonly unknown[]): Promise<{ ok?: unknown; code?: unknown; retry?: unknown }> {
    this.sendText(`42${id}${JSON.stringify(event)}`)
    const said = await this.texts.until((text) => text.startsWith(`43${id}[`), 'the acknowledgement')
    const [reply] = JSON.parse(said.slice(2 + String(id).length))
    return reply
  }

  /** How the server ended it: the close code, or null for an end without one. */
  end(ms = 10_000): Promise<number | null> {
    return within(this.ended, 'the end of the connection', ms)
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]()
  }
}

/** Upgrades, does the Engine.IO handshake and connects to the namespace; as a guest, unless `auth` is given. */
export async function openRawWebSocket(
  port: number,
  { auth = {}, namespace = true }: { auth?: object; namespace?: boolean } = {},
): Promise<RawWebSocket> {
  const connection = new RawConnection(port)
  await once(connection.socket, 'connect')
  connection.write(upgradeRequest('/socket.io/?EIO=4&transport=websocket', { host: `127.0.0.1:${port}` }))
  const said = await connection.says('\r\n\r\n')
  if (!said.startsWith('HTTP/1.1 101')) throw new Error(`The upgrade was answered: ${said.slice(0, 200)}`)
  const socket = new RawWebSocket(connection, connection.received.subarray(said.indexOf('\r\n\r\n') + 4))
  await socket.texts.until((text) => text.startsWith('0'), 'the Engine.IO handshake')
  if (namespace) {
    socket.sendText(`40${JSON.stringify(auth)}`)
    await socket.texts.until((text) => text.startsWith('40'), 'the namespace')
  }
  return socket
}
