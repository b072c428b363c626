import type { Frame } from '../../room/live/sink.ts'

/** A Socket.IO event packet without the Engine.IO type. `event` is a documented name, which needs no escaping. */
const eventPacket = (event: string, json: string): string => `2["${event}",${json}]`

/** The header of a binary event says where its attachment belongs, which follows by itself (rule BE1). */
const eventPacketOf = ({ event, json, attachment }: Frame<string>): string =>
  attachment
    ? `51-["${event}",${json.slice(0, -1)},${JSON.stringify(attachment.field)}:{"_placeholder":true,"num":0}}]`
    : eventPacket(event, json)

/** A range as Socket.IO packets and their attachments, for clients that poll and for engine.io's own queue. */
export const packetsOf = (frames: readonly Frame<string>[]): readonly (string | Uint8Array)[] =>
  frames.flatMap((frame) =>
    frame.attachment ? [eventPacketOf(frame), frame.attachment.bytes] : [eventPacketOf(frame)],
  )

/** A range as the bytes of its WebSocket frames: all members on a WebSocket are written the same. */
export function bytesOf(frames: readonly Frame<string>[]): Buffer {
  if (frames.every(({ attachment }) => !attachment)) return webSocketBytes(frames.map(eventPacketOf))
  return Buffer.concat(
    frames.flatMap((frame) => {
      const text = webSocketBytes([eventPacketOf(frame)])
      return frame.attachment ? [text, binaryHeader(frame.attachment.bytes.length), frame.attachment.bytes] : [text]
    }),
  )
}

/** Of the frame of an attachment, which Engine.IO sends without a type of its own. */
function binaryHeader(length: number): Buffer {
  const header = Buffer.allocUnsafe(headerSize(length))
  writeHeader(header, 0, length, finalBinary)
  return header
}

const messageType = 0x34 // '4' of Engine.IO
const finalText = 0x81
const finalBinary = 0x82

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

export function totalBytes(buffers: readonly Buffer[]): number {
  let total = 0
  for (const { length } of buffers) total += length
  return total
}

/**
 * Packets as Engine.IO messages, each in one unmasked text frame (RFC 6455, 5.2), followed by already encoded frames.
 */
export function webSocketBytes(packets: readonly (string | Packet)[], rest: readonly Buffer[] = []): Buffer {
  let total = totalBytes(rest)
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
  for (const encoded of rest) {
    bytes.set(encoded, at)
    at += encoded.length
  }
  return bytes
}

const headerSize = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10)

function writeHeader(bytes: Buffer, at: number, length: number, first = finalText): number {
  bytes[at] = first
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
