/**
 * The content of a measured message begins with `t=<17 digits>;s=<5 digits>;`: when it was sent, in nanoseconds of the
 * machine's monotonic clock, and by which sender. Fixed widths, so that it is written in place and found by offset.
 */
const timeDigits = 17
const senderDigits = 5
const senderOffset = 2 + timeDigits + 3
export const markerLength = senderOffset + senderDigits + 1

const contentStart = Buffer.from('"content":"t=')
const zero = 0x30

/** Shared by all processes of one machine. */
export function nowNs(): number {
  return Number(process.hrtime.bigint())
}

export function markedContent(length: number): string {
  const marker = `t=${'0'.repeat(timeDigits)};s=${'0'.repeat(senderDigits)};`
  return marker.padEnd(length, 'x')
}

export function writeMarker(bytes: Buffer, at: number, sentNs: number, sender: number): void {
  writeDigits(bytes, at + 2, timeDigits, sentNs)
  writeDigits(bytes, at + senderOffset, senderDigits, sender)
}

export function sentNsAt(bytes: Buffer, at: number): number {
  return readDigits(bytes, at + 2, timeDigits)
}

export function senderAt(bytes: Buffer, at: number): number {
  return readDigits(bytes, at + senderOffset, senderDigits)
}

/** Remembers where in the payload the marker last stood: it only moves when a number before it gains a digit. */
export class MarkerFinder {
  #offset = 0

  /** The position of the marker in `bytes`. Throws when the payload has none: then it is not what was sent. */
  find(bytes: Buffer, start: number, length: number): number {
    if (isMarker(bytes, start + this.#offset)) return start + this.#offset
    const found = bytes.indexOf(contentStart, start)
    if (found < 0 || found + contentStart.length > start + length)
      throw new Error(`a message without its marker: ${bytes.toString('utf8', start, start + Math.min(length, 300))}`)
    const at = found + contentStart.length - 2
    this.#offset = at - start
    return at
  }
}

function isMarker(bytes: Buffer, at: number): boolean {
  // t= ... ;s= ... ;
  return (
    bytes[at] === 0x74 &&
    bytes[at + 1] === 0x3d &&
    bytes[at + senderOffset - 3] === 0x3b &&
    bytes[at + senderOffset - 2] === 0x73 &&
    bytes[at + markerLength - 1] === 0x3b
  )
}

function writeDigits(bytes: Buffer, at: number, digits: number, value: number): void {
  let rest = value
  for (let index = at + digits - 1; index >= at; index--) {
    bytes[index] = zero + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}

function readDigits(bytes: Buffer, at: number, digits: number): number {
  let value = 0
  for (let index = at; index < at + digits; index++) value = value * 10 + ((bytes[index] ?? zero) - zero)
  return value
}
