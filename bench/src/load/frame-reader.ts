/**
 * One frame: its opcode, and where its payload lies. The bytes are valid during the call only; the buffer belongs to
 * the reader or to the socket and is written again.
 */
export type OnFrame = (opcode: number, bytes: Buffer, start: number, length: number) => void

/**
 * Finds the frames in the byte stream that a WebSocket server sends (RFC 6455 section 5.2: no mask). It reads headers
 * and steps over payloads, so thousands of frames cost a generator little more than the read itself. A frame that
 * ends in a later chunk is held until it is whole.
 */
export class FrameReader {
  readonly #onFrame: OnFrame
  #held: Buffer = Buffer.alloc(0)
  #heldLength = 0

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame
  }

  /** Takes the next bytes of the stream: `chunk` from `from` to `end`. */
  push(chunk: Buffer, from: number, end: number): void {
    let at = this.#heldLength > 0 ? this.#completeHeld(chunk, from, end) : from
    while (at < end) {
      const size = frameSize(chunk, at, end)
      if (size === 0 || at + size > end) break
      this.#emit(chunk, at, size)
      at += size
    }
    if (at < end) this.#hold(chunk, at, end)
  }

  /** Adds to the held frame what it lacks and answers where the frame after it begins. */
  #completeHeld(chunk: Buffer, from: number, end: number): number {
    let at = from
    while (at < end) {
      const size = frameSize(this.#held, 0, this.#heldLength)
      // Byte by byte until the header says how long the frame is.
      const wanted = size === 0 ? this.#heldLength + 1 : size
      const taken = Math.min(wanted - this.#heldLength, end - at)
      this.#hold(chunk, at, at + taken)
      at += taken
      if (frameSize(this.#held, 0, this.#heldLength) === this.#heldLength) {
        const whole = this.#heldLength
        this.#heldLength = 0
        this.#emit(this.#held, 0, whole)
        break
      }
    }
    return at
  }

  #emit(bytes: Buffer, at: number, size: number): void {
    const header = headerSize(byteAt(bytes, at + 1))
    this.#onFrame(byteAt(bytes, at) & 0x0f, bytes, at + header, size - header)
  }

  #hold(chunk: Buffer, from: number, end: number): void {
    const length = this.#heldLength + end - from
    if (this.#held.length < length) {
      const larger = Buffer.allocUnsafe(Math.max(length * 2, 1024))
      this.#held.copy(larger, 0, 0, this.#heldLength)
      this.#held = larger
    }
    chunk.copy(this.#held, this.#heldLength, from, end)
    this.#heldLength = length
  }
}

/** Header and payload together, or 0 while the header is not all there. */
function frameSize(bytes: Buffer, at: number, end: number): number {
  if (end - at < 2) return 0
  const second = byteAt(bytes, at + 1)
  const header = headerSize(second)
  if (end - at < header) return 0
  if (header === 2) return 2 + (second & 0x7f)
  return header + (header === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2)))
}

function headerSize(secondByte: number): number {
  const length = secondByte & 0x7f
  return length === 127 ? 10 : length === 126 ? 4 : 2
}

function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0
}
