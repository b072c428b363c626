import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { Recorder } from './recorder.ts'
import type { Connected, JsonObject, Reply } from './wire.ts'

export type Heard = { event: string; data: JsonObject }

export type ClientOptions = Partial<ManagerOptions & Omit<SocketOptions, 'auth'>> & {
  token?: string | undefined
  /** Further fields of the handshake's `auth`. */
  auth?: JsonObject
}

/** A stock socket.io-client that records its events. */
export class SocketClient {
  readonly socket: Socket
  readonly heard = new Recorder<Heard>()
  /** `connect`, `disconnect` and `connect_error`, in order. */
  readonly life = new Recorder<{ what: 'connect' | 'disconnect' | 'connect_error'; reason: string; error?: Error }>()

  constructor(url: string, { token, auth = {}, ...options }: ClientOptions = {}) {
    this.socket = io(url, {
      forceNew: true,
      transports: ['websocket'],
      reconnection: false,
      timeout: 10_000,
      ...options,
      auth: { ...(token === undefined ? {} : { token }), ...auth },
    })
    this.socket.onAny((event: string, data: JsonObject) => this.heard.push({ event, data }))
    this.socket.on('connect', () => this.life.push({ what: 'connect', reason: '' }))
    this.socket.on('disconnect', (reason) => this.life.push({ what: 'disconnect', reason }))
    this.socket.on('connect_error', (error) => this.life.push({ what: 'connect_error', reason: error.message, error }))
  }

  /** The payload of `connected`, of the latest connection. */
  async connected(from = 0): Promise<Connected> {
    const heard = await this.heard.until(({ event }) => event === 'connected', '`connected`', { from })
    // JSON from outside, whose fields the tests check.
    return JSON.parse(JSON.stringify(heard.data))
  }

  /** Sends an event and waits for its acknowledgement; rejects if none comes. */
  request<T = JsonObject>(event: string, payload: unknown, ms = 10_000): Promise<Reply<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply<T>>()
    this.socket.timeout(ms).emit(event, payload, (error: Error | null, reply: Reply<T>) => {
      if (error) reject(new Error(`${event} was not acknowledged (${error.message})`, { cause: error }))
      else resolve(reply)
    })
    return promise
  }

  /** Sends a request that must succeed; returns its data. */
  async ask<T = JsonObject>(event: string, payload: unknown, ms?: number): Promise<T> {
    const reply = await this.request<T>(event, payload, ms)
    if (!reply.ok) throw new Error(`${event} was refused: ${JSON.stringify(reply)}`)
    return reply.data
  }

  /** The first event of this name, from index `from` on, whose payload matches. */
  async hear(
    event: string,
    matches: (data: JsonObject) => boolean = () => true,
    options: { from?: number; ms?: number } = {},
  ): Promise<JsonObject> {
    const found = await this.heard.until((item) => item.event === event && matches(item.data), event, options)
    return found.data
  }

  [Symbol.dispose](): void {
    this.socket.disconnect()
  }
}

/** A connected client. */
export async function connect(url: string, options: ClientOptions = {}): Promise<SocketClient> {
  const client = new SocketClient(url, options)
  const first = await client.life.until(() => true, 'the connection', { ms: 15_000 })
  if (first.what !== 'connect') {
    client.socket.disconnect()
    throw new Error(`The connection was refused: ${first.reason}`, { cause: first.error })
  }
  await client.connected()
  return client
}
