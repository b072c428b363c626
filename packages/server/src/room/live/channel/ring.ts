import { systemClock } from '../../../core/clock.ts'
import type { View } from '../../audience.ts'
import { type Frame, isSettled, type Range, settledAt } from '../sink.ts'
import { SharedRanges } from './shared-ranges.ts'

export const ringLimit = 1024 * 1024

/** A range that was asked for: of this view, or (`isOpen`) of all who are no listeners, but for the users in `personal`. */
type Last = {
  position: number
  view: View
  isOpen: boolean
  personal: ReadonlyMap<string, unknown> | null
  range: Range
}

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
  /** What is behind a position, up to `#end`; the last range that several readers share is kept apart, because it is asked for most. */
  #ranges = new Map<number, SharedRanges>()
  #last: Last | null = null

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

  /**
   * Everything behind `position` that a reader with this view and user id sees; `position` must not be below the floor. Shared;
   * may be empty. Between frames that everyone sees, views and users make no difference (rule V5).
   */
  range(position: number, view: View, user_id: string | null): Range {
    const last = this.#last
    if (last !== null && last.position === position && (last.view === view || (last.isOpen && view.only === null))) {
      if (last.personal === null || user_id === null || !last.personal.has(user_id)) return last.range
    }
    let ranges = this.#ranges.get(position)
    if (!ranges) {
      const frames = this.#frames.slice(this.#indexBehind(position))
      ranges = new SharedRanges(frames, (some) => rangeOf(this.#room, some, this.#now))
      this.#ranges.set(position, ranges)
    }
    const range = ranges.range(view, user_id)
    const { isOpen, personal } = ranges
    if (!ranges.isFor(user_id)) this.#last = { position, view, isOpen: isOpen && view.only === null, personal, range }
    return range
  }

  /** The same up to the seq `through` alone; not shared. */
  rangeTo(through: number, position: number, view: View, user_id: string | null): Range {
    const frames = this.#frames.slice(this.#indexBehind(position), this.#indexBehind(through))
    return new SharedRanges(frames, (some) => rangeOf(this.#room, some, this.#now)).range(view, user_id)
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
  #first: { encode: unknown; made: readonly unknown[] } | null = null
  #others: Map<unknown, readonly unknown[]> | null = null

  constructor(room: number, frames: readonly Frame<string>[]) {
    this.room = room
    this.frames = frames
  }

  encodings<T>(encode: (frames: readonly Frame<string>[]) => T): readonly T[] {
    this.#first ??= { encode, made: [encode(this.frames)] }
    // Sound: each function's result is stored under that function, so it has the function's result type.
    if (this.#first.encode === encode) return this.#first.made as readonly T[]
    this.#others ??= new Map()
    if (!this.#others.has(encode)) this.#others.set(encode, [encode(this.frames)])
    return this.#others.get(encode) as readonly T[]
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

  encodings<T>(encode: (frames: readonly Frame<string>[]) => T): readonly T[] {
    const at = this.#now()
    if (this.#settled?.at !== at) {
      const frames = this.frames.map((frame) => settledAt(frame, at))
      this.#settled = { at, range: new SharedRange(this.room, frames) }
    }
    return this.#settled.range.encodings(encode)
  }
}

/** Ranges of one room behind each other, for one member: the bytes of each are shared with those who get it too. */
export class ComposedRange implements Range {
  readonly room: number
  readonly #parts: readonly Range[]

  constructor(room: number, parts: readonly Range[]) {
    this.room = room
    this.#parts = parts
  }

  get frames(): readonly Frame[] {
    return this.#parts.flatMap(({ frames }) => frames)
  }

  encodings<T>(encode: (frames: readonly Frame<string>[]) => T): readonly T[] {
    return this.#parts.flatMap((part) => part.encodings(encode))
  }
}
