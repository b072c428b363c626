import type { Frame } from '../../room/live/sink.ts'

/** A Socket.IO event packet without the Engine.IO type. `event` is a documented name, which needs no escaping. */
const eventPacket = (event: string, json: string): string => `2["${event}",${json}]`

const eventPacketOf = ({ event, json }: Frame<string>): string => eventPacket(event, json)

/** A range as Socket.IO packets, for polling clients and for engine.io's own queue. */
export const packetsOf = (frames: readonly Frame<string>[]): readonly string[] => frames.map(eventPacketOf)

/** A range as the bytes of its WebSocket frames, which are written to every member on a WebSocket unchanged. */
export const bytesOf = (frames: readonly Frame<string>[]): Buffer => webSocketBytes(frames.map(eventPacketOf))

const messageType = 0x34 // '4' of Engine.IO
const finalText = 0x81

/**
 * A packet in parts: a large text that several packets for one client contain (a snapshot is in `room_joined` and in
 * the acknowledgement) is not copied into each of them.
 */
export type Packet = readonly string[]

export const ownEventPacket = (event: string, json: string): Packet => [`2["${event}",`, json, ']']

export function packetBytes(packet: string | Packet): number {
  if (typeof packet === 'string') return Buffer.byteLength(packet)
  let bytes = 0
  for (const part of packet) bytes += Buffer.byteLength(part)
  return bytes
}

/**
 * Packets as Engine.IO messages, each in one unmasked text frame (RFC 6455, 5.2), followed by already encoded frames.
 */
export function webSocketBytes(packets: readonly (string | Packet)[], rest: Buffer | null = null): Buffer {
  let total = rest?.length ?? 0
  for (const packet of packets) {
    const length = packetBytes(packet) + 1
    total += headerSize(length) + length
  }
  const bytes = Buffer.allocUnsafe(total)
  let at = 0
  for (const packet of packets) {
    at = writeHeader(bytes, at, packetBytes(packet) + 1)
    bytes[at] = messageType
    at += 1
    if (typeof packet === 'string') at += bytes.write(packet, at)
    else for (const part of packet) at += bytes.write(part, at)
  }
  rest?.copy(bytes, at)
  return bytes
}

const headerSize = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10)

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = finalText
  if (length < 126) {
    bytes[at + 1] = length
  } else if (length < 65_536) {
    bytes[at + 1] = 126
    bytes.writeUInt16BE(length, at + 2)
  } else {
    bytes[at + 1] = 127
    bytes.writeUInt32BE(Math.floor(length / 2 ** 32), at + 2)
    bytes.writeUInt32BE(length % 2 ** 32, at + 6)
  }
  return at + headerSize(length)
}
