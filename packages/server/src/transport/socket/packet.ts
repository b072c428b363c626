import { Decoder, type Packet, PacketType } from 'socket.io-parser'
import { errorBody, type AppError } from '../../core/error.ts'
import { makeWellFormed, parseWellFormed } from '../../core/text/well-formed.ts'
import type { Packet as OwnPacket } from './fanout-encode.ts'
import { assertFewValues } from '../http/json-values.ts'

/** The parts of a client's packet that the door needs. `args` is the event's name and its arguments. */
export type Incoming =
  | { kind: 'connect'; namespace: string; auth: object }
  | { kind: 'event'; ack: number | null; args: unknown[] }
  | { kind: 'disconnect' }
  | { kind: 'answer'; attachments: number }

/** Maximum attachments per packet, as in socket.io-parser. */
const maxAttachments = 10

/** Whether it is an unrequested acknowledgement, recognized by its first characters without decoding (rule S1). */
function readAnswer(data: string): Incoming | null {
  if (data.startsWith(String(PacketType.CONNECT_ERROR))) throw new Error('a refusal, and nothing was asked')
  if (data.startsWith(String(PacketType.ACK))) return { kind: 'answer', attachments: 0 }
  if (!data.startsWith(String(PacketType.BINARY_ACK))) return null
  const attachments = Number(/^.(\d{1,2})-/.exec(data.slice(0, 4))?.[1])
  if (!(attachments <= maxAttachments)) throw new Error('an acknowledgement that says not how many attachments follow')
  return { kind: 'answer', attachments }
}

/** Whether the text is a CONNECT packet. */
export const isConnect = (data: string | Buffer): boolean => data[0] === String(PacketType.CONNECT)

/**
 * Parses one packet of at most `values` JSON values; a binary event is returned as a decoder for its attachments.
 * Throws for anything but a valid client packet (closes with 1002), and `too_large` (1009).
 */
export function readPacket(data: string | Buffer, maxValues: number): Incoming | BinaryReader {
  if (typeof data === 'string') {
    const answer = readAnswer(data)
    if (answer) return answer
    assertFewValues(data, maxValues)
  }
  const event = typeof data === 'string' ? readPlainEvent(data) : null
  if (event) return event
  const reader = new BinaryReader()
  return reader.add(data) ?? reader
}

/** socket.io-parser's decoder, from a binary packet's header to its last attachment. */
export class BinaryReader {
  readonly #decoder = new Decoder()
  #packet: Packet | null = null

  constructor() {
    this.#decoder.on('decoded', (packet: Packet) => (this.#packet = packet))
  }

  /** The packet, if this attachment was its last. */
  add(data: string | Buffer): Incoming | null {
    this.#decoder.add(data)
    return this.#packet && incoming(this.#packet)
  }
}

/**
 * Parses the most common packet: a text event in the namespace `/`, with or without an ack id. Null for anything else
 * or unusual, which socket.io-parser then parses.
 */
function readPlainEvent(data: string): Incoming | null {
  if (data.charCodeAt(0) !== 0x32) return null
  let at = 1
  let ack: number | null = null
  for (let digit = data.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = data.charCodeAt(at) - 48) {
    ack = (ack ?? 0) * 10 + digit
    at += 1
  }
  if (data.charCodeAt(at) !== 0x5b || (ack !== null && !Number.isSafeInteger(ack))) return null
  try {
    const args = parseWellFormed(data.slice(at))
    return Array.isArray(args) && typeof args[0] === 'string' ? { kind: 'event', ack, args } : null
  } catch {
    return null
  }
}

/** The result of socket.io-parser with its texts well-formed (rule TX1); attachments are unchanged. */
function incoming({ type, nsp, id, data: given }: Packet): Incoming {
  const data: unknown = makeWellFormed(given)
  switch (type) {
    case PacketType.CONNECT:
      return { kind: 'connect', namespace: nsp, auth: typeof data === 'object' && data !== null ? data : {} }
    case PacketType.EVENT:
    case PacketType.BINARY_EVENT:
      if (nsp !== '/') throw new Error('an event of a namespace that is not connected')
      if (id !== undefined && !Number.isSafeInteger(id)) throw new Error('an ack id that is no integer')
      return { kind: 'event', ack: id ?? null, args: Array.isArray(data) ? data : [] }
    case PacketType.DISCONNECT:
      if (nsp !== '/') throw new Error('the end of a namespace that is not connected')
      return { kind: 'disconnect' }
    case PacketType.ACK:
    case PacketType.BINARY_ACK:
    case PacketType.CONNECT_ERROR:
      throw new Error('a packet that only answers, and nothing was asked')
  }
}

export const connectPacket = (sid: string): string => `0{"sid":${JSON.stringify(sid)}}`

export function refusalPacket(namespace: string, message: string, data: object): string {
  return `4${namespace === '/' ? '' : `${namespace},`}${JSON.stringify({ message, data })}`
}

/** `json` is the reply's JSON text. */
export const ackPacket = (id: number, json: string): OwnPacket => [`3${id}[{"ok":true,"data":`, json, '}]']

export const failedAckPacket = (id: number, error: AppError): string =>
  `3${id}[${JSON.stringify({ ok: false, ...errorBody(error) })}]`
