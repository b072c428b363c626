import { Socket as Engine } from 'engine.io-client'
import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser'
import type { Time } from '../time.ts'
import { endpointOf } from './endpoint.ts'

/** Timeout in ms for the server to accept a new connection. */
const acceptTimeout = 10_000

/** Why the server refused a connection; `data` has the code. */
export type Refusal = { message: string; data?: Readonly<Record<string, unknown>> }

export type SocketDeps = {
  url: string | undefined
  time: Time
  /** The data of the CONNECT packet. */
  auth: object
  /** The server accepted the connection. */
  onOpen: () => void
  /** Called for every event, synchronously when it arrives. */
  onEvent: (event: string, data: unknown) => void
  /**
   * The connection closed or could not be opened. Called once, and not after `close`. `refusal`: why the server refused
   * it, if it did.
   */
  onClose: (wasOpen: boolean, refusal: Refusal | null) => void
}

export type Socket = {
  /** Whether the server has accepted the connection and it is open. */
  isOpen(): boolean
  emit(event: string, payload: object): void
  /**
   * Emits an event with an acknowledgement; undefined when the connection closed first or after `ms` without a reply.
   */
  ask(event: string, payload: object, ms: number, answered: (reply: Packet['data']) => void): void
  /** Closes the connection; no more events are delivered. */
  close(): void
  /** Treats the connection as lost, without waiting for its heartbeat to time out. */
  abort(): void
}

/**
 * One Socket.IO connection (protocol 5, the main namespace) over one Engine.IO connection. A closed connection is never
 * reopened: reconnecting creates a new one (rule C3), so no event of an old one can reach it.
 */
export function openSocket({ url, time, auth, onOpen, onEvent, onClose }: SocketDeps): Socket {
  const { origin, path } = endpointOf(url)
  // Polling works where WebSockets are blocked.
  const engine = new Engine(origin, { path, transports: ['websocket', 'polling'], tryAllTransports: true })
  const [encoder, decoder] = [new Encoder(), new Decoder()]
  const decoded: Packet[] = []
  const replies = new Map<number, (reply: Packet['data']) => void>()
  let phase: 'opening' | 'open' | 'closed' = 'opening'
  let lastId = 0
  const isOpen = () => phase === 'open'
  const cancelTimeout = time.after(acceptTimeout, () => end())

  function send(type: PacketType, data?: unknown, id?: number): void {
    for (const part of encoder.encode({ type, nsp: '/', data, ...(id === undefined ? {} : { id }) })) engine.write(part)
  }

  function finish(): void {
    phase = 'closed'
    cancelTimeout()
    engine.close()
    for (const answered of [...replies.values()]) answered(undefined)
  }

  function end(refusal: Refusal | null = null): void {
    if (phase === 'closed') return
    const wasOpen = isOpen()
    finish()
    onClose(wasOpen, refusal)
  }

  function receive({ type, data, id = 0 }: Packet): void {
    if (phase === 'closed') return
    if (type === PacketType.CONNECT) {
      phase = 'open'
      cancelTimeout()
      onOpen()
    } else if (type === PacketType.EVENT) onEvent(data[0], data[1])
    else if (type === PacketType.ACK) replies.get(id)?.(data[0])
    else end(type === PacketType.CONNECT_ERROR ? data : null)
  }

  function decode(chunk: unknown): void {
    try {
      // Browsers give attachments as ArrayBuffer, Node as Buffer, which is a Uint8Array too (rule E2).
      decoder.add(chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk)
    } catch {
      return end()
    }
    // Outside `add`, so that a handler's error is not taken for a packet error.
    for (const packet of decoded.splice(0)) receive(packet)
  }

  // A packet with binary attachments comes in several chunks.
  decoder.on('decoded', (packet: Packet) => decoded.push(packet))
  engine.on('open', () => send(PacketType.CONNECT, auth))
  engine.on('data', decode)
  engine.on('close', () => end())

  return {
    isOpen,
    emit(event, payload) {
      if (isOpen()) send(PacketType.EVENT, [event, payload])
    },
    ask(event, payload, ms, answered) {
      if (!isOpen()) return answered(undefined)
      const id = ++lastId
      const settle = (reply: Packet['data']) => {
        cancel()
        replies.delete(id)
        answered(reply)
      }
      const cancel = time.after(ms, () => settle(undefined))
      replies.set(id, settle)
      send(PacketType.EVENT, [event, payload], id)
    },
    close() {
      if (isOpen()) send(PacketType.DISCONNECT)
      if (phase !== 'closed') finish()
    },
    abort: () => end(),
  }
}
