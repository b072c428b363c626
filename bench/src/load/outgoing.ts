import { textFrame } from './client.ts'
import { markedContent, writeMarker } from './marker.ts'

const firstAckId = 1_000_000
const lastAckId = 9_999_999

/** The `send_message` frames of one sender: built once, then copied with the time and the ack id written over. */
export class Outgoing {
  readonly #template: Buffer
  readonly #ackIdAt: number
  readonly #markerAt: number
  readonly #sender: number
  #ackId = firstAckId

  constructor(room: string, sender: number, contentLength: number) {
    const message = { room_id: room, content: markedContent(contentLength) }
    this.#template = textFrame(`42${firstAckId}["send_message",${JSON.stringify(message)}]`)
    this.#ackIdAt = this.#template.indexOf(String(firstAckId))
    this.#markerAt = this.#template.indexOf('"content":"') + '"content":"'.length
    this.#sender = sender
  }

  /** A new buffer each time: the socket may still hold the one before. */
  next(sentNs: number): Buffer {
    const frame = Buffer.from(this.#template)
    frame.write(String(this.#ackId), this.#ackIdAt, 'latin1')
    writeMarker(frame, this.#markerAt, sentNs, this.#sender)
    this.#ackId = this.#ackId === lastAckId ? firstAckId : this.#ackId + 1
    return frame
  }
}
