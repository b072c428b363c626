import type { Audience } from '../../../core/contract.ts'
import { sees, type View } from '../../audience.ts'
import { SharedRanges } from './shared-ranges.ts'
import { ComposedRange, settledRange } from './ring.ts'
import { type Attached, type Frame, isSettled, type Range } from '../sink.ts'

/** Entries of a room kept for members that were skipped, and bytes of them; beyond that the oldest are dropped. */
const kept = { entries: 1000, bytes: 1024 * 1024 }

/** An event for a room that is not stored. */
export type Said = {
  event: string
  /** The payload as JSON text. */
  json: string
  /** Replaces the value under it; null: a notice. */
  key?: string | null
  /** The member that sent it and does not get it. */
  except?: object | null
  audience?: Audience
  attachment?: Attached
}

/** Bytes of what all rooms of the process keep, and how many they may. */
export type KeptMeter = { bytes: number; readonly limit: number }

/** `range`: the frame by itself. */
type Entry = { version: number; frame: Frame<string>; range: Range; isNotice: boolean; except: object | null }

/** What is new to members at one version. */
type News = { entries: readonly Entry[]; own: ReadonlySet<object | null>; ranges: SharedRanges }

/**
 * A room's events that are never stored: latest values under a key (presence slots) and notices without one
 * (`user_joined`). Versioned, so that each member has a position. A notice goes to members that are up to date when it comes;
 * a latest value is kept until every member has got it (rule P3).
 */
export class Ephemeral {
  readonly #room: number
  readonly #meter: KeptMeter
  /** By key, or a notice by its version; the latest version last. */
  readonly #entries = new Map<string | number, Entry>()
  #bytes = 0
  #version = 0
  readonly #heardBy = new Map<number, News>()

  constructor(room: number, meter: KeptMeter) {
    this.#room = room
    this.#meter = meter
  }

  /** Members at this version have got everything. */
  get version(): number {
    return this.#version
  }

  say({ event, json, key = null, except = null, audience = 'room', attachment }: Said): void {
    this.#version += 1
    this.#drop(key ?? this.#version)
    const frame: Frame<string> = { seq: 0, audience, event, json, attachment }
    const range = settledRange(this.#room, [frame])
    this.#entries.set(key ?? this.#version, { version: this.#version, frame, range, isNotice: key === null, except })
    this.#count(sizeOf(frame))
    for (const oldest of this.#entries.keys()) {
      const isOver =
        this.#entries.size > kept.entries || this.#bytes > kept.bytes || this.#meter.bytes > this.#meter.limit
      if (!isOver || this.#entries.size === 1) break
      this.#drop(oldest)
    }
    this.#heardBy.clear()
  }

  /**
   * What a member at `version` has not got; null: nothing. Members that see the same and sent none of it share one range; what
   * someone who sent some of it gets is composed of ranges that others share (rule SL3).
   */
  since(version: number, member: object, view: View, user_id: string | null): Range | null {
    const news = this.#news(version)
    if (!news.own.has(member)) {
      const range = news.ranges.range(view, user_id)
      return range.frames.length > 0 ? range : null
    }
    const others = news.entries.filter(({ except, frame }) => except !== member && sees(view, user_id, frame))
    if (others.length === 0) return null
    return new ComposedRange(
      this.#room,
      others.map(({ range }) => range),
    )
  }

  /** After a pass that offered `version`: drops what all members got; if some were skipped, keeps the latest values. */
  settle(version: number, everyoneHeard: boolean): void {
    if (this.#entries.size === 0) return
    for (const [key, entry] of this.#entries) {
      if (entry.version <= version && (everyoneHeard || entry.isNotice)) this.#drop(key)
    }
    this.#heardBy.clear()
  }

  close(): void {
    for (const key of this.#entries.keys()) this.#drop(key)
    this.#heardBy.clear()
  }

  #news(version: number): News {
    const known = this.#heardBy.get(version)
    if (known) return known
    const entries = [...this.#entries.values()].filter((entry) => entry.version > version)
    const own = new Set(entries.map(({ except }) => except))
    const ranges = new SharedRanges(
      entries.map(({ frame }) => frame),
      (frames) => settledRange(this.#room, frames.filter(isSettled)),
    )
    const news = { entries, own, ranges }
    this.#heardBy.set(version, news)
    return news
  }

  #drop(key: string | number): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#entries.delete(key)
    this.#count(-sizeOf(entry.frame))
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#meter.bytes += bytes
  }
}

const sizeOf = ({ json, attachment }: Frame<string>): number => json.length + (attachment?.bytes.length ?? 0)
