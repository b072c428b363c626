import { systemClock } from '../../../core/clock.ts'
import { type Frame, isSettled, type Range, settledAt } from '../sink.ts'

/** What a member may see of a room. Members that see the same share one object, and so one range and its bytes. */
export type View = { sees(frame: FrameFacts): boolean }
export type FrameFacts = Pick<Frame, 'seq' | 'audience' | 'event'>

export const ringLimit = 1024 * 1024

/** Bytes of all rings that share it. */
export type RingMeter = { bytes: number }

/**
 * The last encoded frames of a room, in `seq` order. A reader's position is the `seq` up to which it has everything;
 * `range` answers the frames behind it. Only `trim` and `release` drop frames; their callers say up to where all
 * readers were offered them: so a burst over the limit, or one frame larger than it, cuts nobody who reads (rule L5).
 */
export class Ring {
  readonly #room: number
  readonly #limit: number
  #meter: RingMeter
  /** The live frames are those from `#head` on. */
  #frames: Frame[] = []
  #sizes: number[] = []
  #head = 0
  #bytes = 0
  #floor: number
  #end: number
  /** Cached ranges that end at `#end`, by position and view; the last one is kept apart, because it is asked for most. */
  #ranges = new Map<number, Map<View, Range>>()
  #last: { position: number; view: View; range: Range } | null = null

  readonly #now: () => number

  constructor(
    room: number,
    end: number,
    limit = ringLimit,
    meter: RingMeter = { bytes: 0 },
    now: () => number = systemClock.now,
  ) {
    this.#room = room
    this.#now = now
    this.#limit = limit
    this.#meter = meter
    this.#floor = end
    this.#end = end
  }

  /** The highest seq that was appended or skipped. */
  get end(): number {
    return this.#end
  }

  /** Positions below it cannot be served. */
  get floor(): number {
    return this.#floor
  }

  /** Bytes of JSON and event names held. */
  get bytes(): number {
    return this.#bytes
  }

  append(frame: Frame): void {
    const size = sizeOf(frame)
    this.#frames.push(frame)
    this.#sizes.push(size)
    this.#bytes += size
    this.#meter.bytes += size
    this.advance(frame.seq)
  }

  /** Moves the end past events without a frame: redacted or pruned ones. */
  advance(seq: number): void {
    this.#end = seq
    this.#forget()
  }

  /** Everything behind `position` that the view sees; `position` must not be below the floor. Shared; may be empty. */
  range(position: number, view: View): Range {
    if (this.#last?.position === position && this.#last.view === view) return this.#last.range
    const range = this.#shared(position, view)
    this.#last = { position, view, range }
    return range
  }

  #shared(position: number, view: View): Range {
    let views = this.#ranges.get(position)
    const known = views?.get(view)
    if (known) return known
    if (!views) this.#ranges.set(position, (views = new Map()))
    const behind = this.#frames.slice(this.#indexBehind(position))
    const seen = behind.every((frame) => view.sees(frame)) ? behind : behind.filter((frame) => view.sees(frame))
    const range = this.#equal(views, seen) ?? rangeOf(this.#room, seen, this.#now)
    views.set(view, range)
    return range
  }

  /** A range from the same position for another view that sees the same frames: it has the same bytes. */
  #equal(views: ReadonlyMap<View, Range>, seen: readonly Frame[]): Range | undefined {
    for (const range of views.values()) {
      if (range.frames.length === seen.length && range.frames.every((frame, index) => frame === seen[index]))
        return range
    }
    return undefined
  }

  /** Index of the first frame with a seq above `position`. */
  #indexBehind(position: number): number {
    let low = this.#head
    let high = this.#frames.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#frames[middle]?.seq ?? 0) > position) high = middle
      else low = middle + 1
    }
    return low
  }

  /**
   * Drops the oldest frames up to the seq `offered`, until the rest fits the limit; the newest stays whatever its size.
   */
  trim(offered: number): void {
    while (this.#bytes > this.#limit && this.#head < this.#frames.length - 1) {
      if (!this.#dropOldest(offered)) break
    }
    this.#compact()
  }

  /** Drops all frames up to the seq `offered`: every reader has them. */
  release(offered: number): void {
    while (this.#head < this.#frames.length && this.#dropOldest(offered));
    this.#compact()
  }

  #dropOldest(offered: number): boolean {
    const oldest = this.#frames[this.#head]
    if (!oldest || oldest.seq > offered) return false
    this.#floor = oldest.seq
    const size = this.#sizes[this.#head] ?? 0
    this.#bytes -= size
    this.#meter.bytes -= size
    this.#head += 1
    return true
  }

  /** It does not count any more: a pass that was due may still drop its frames, and another discard may follow. */
  discard(): void {
    this.#meter.bytes -= this.#bytes
    this.#meter = { bytes: this.#bytes }
  }

  #compact(): void {
    if (this.#head * 2 <= this.#frames.length) return
    this.#frames = this.#frames.slice(this.#head)
    this.#sizes = this.#sizes.slice(this.#head)
    this.#head = 0
    this.#forget()
  }

  #forget(): void {
    this.#last = null
    if (this.#ranges.size > 0) this.#ranges.clear()
  }
}

/** Bytes of JSON and of the event's name; for a text with an age the maximum. */
function sizeOf(frame: Frame): number {
  const { json, event } = frame
  if (typeof json === 'string') return Buffer.byteLength(json) + event.length
  return Buffer.byteLength(json.head) + ageDigits + Buffer.byteLength(json.tail) + event.length
}
const ageDigits = 16

export const settledRange = (room: number, frames: readonly Frame<string>[]): Range => new SharedRange(room, frames)

/** `now`: ms since 1970, called whenever a text with an age is written. */
export const rangeOf = (room: number, frames: readonly Frame[], now: () => number): Range =>
  frames.every(isSettled) ? new SharedRange(room, frames) : new AgingRange(room, frames, now)

class SharedRange implements Range {
  readonly room: number
  readonly frames: readonly Frame<string>[]
  /** Most ranges are encoded by one door, once; the map has the encodings of other doors. */
  #first: { encode: unknown; made: unknown } | null = null
  #others: Map<unknown, unknown> | null = null

  constructor(room: number, frames: readonly Frame<string>[]) {
    this.room = room
    this.frames = frames
  }

  encoded<T>(encode: (frames: readonly Frame<string>[]) => T): T {
    this.#first ??= { encode, made: encode(this.frames) }
    // Sound: each function's result is stored under that function, so it has the function's result type.
    if (this.#first.encode === encode) return this.#first.made as T
    this.#others ??= new Map()
    if (!this.#others.has(encode)) this.#others.set(encode, encode(this.frames))
    return this.#others.get(encode) as T
  }
}

/** A range that contains a text with an age: members written in the same millisecond share its bytes (rule EN3). */
class AgingRange implements Range {
  readonly room: number
  readonly frames: readonly Frame[]
  readonly #now: () => number
  #settled: { at: number; range: SharedRange } | null = null

  constructor(room: number, frames: readonly Frame[], now: () => number) {
    this.room = room
    this.frames = frames
    this.#now = now
  }

  encoded<T>(encode: (frames: readonly Frame<string>[]) => T): T {
    const at = this.#now()
    if (this.#settled?.at !== at) {
      const frames = this.frames.map((frame) => settledAt(frame, at))
      this.#settled = { at, range: new SharedRange(this.room, frames) }
    }
    return this.#settled.range.encoded(encode)
  }
}
