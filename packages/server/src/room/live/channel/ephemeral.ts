import { settledRange } from './ring.ts'
import type { Frame, Range } from '../sink.ts'

/** Entries kept for members that were passed over; beyond it the oldest go. */
const keptLimit = 1000

type Entry = { version: number; frame: Frame<string>; key: string | null; except: object | null }

/**
 * What is sent and never stored, in a room: latest values under a key (typing, presence state) and notices without one
 * (`user_joined`). Versioned, so that a member knows what it heard. A notice is for who is at the end when it comes;
 * a latest value is kept until everyone has heard it (rule P3).
 */
export class Ephemeral {
  readonly #room: number
  #entries: Entry[] = []
  #version = 0
  /** What is news to members that heard a version, and to whom some of it is their own. */
  #heardBy = new Map<number, { entries: Entry[]; own: ReadonlySet<object | null>; range: Range }>()

  constructor(room: number) {
    this.#room = room
  }

  /** Members that heard this version have nothing to hear. */
  get version(): number {
    return this.#version
  }

  /** `key`: replaces what was said under it. `except`: a member that is not told, for it said so itself. */
  say(event: string, payload: object, key: string | null = null, except: object | null = null): void {
    this.#version += 1
    if (key !== null) this.#entries = this.#entries.filter((entry) => entry.key !== key)
    const frame: Frame<string> = { seq: 0, audience: 'room', event, json: JSON.stringify(payload) }
    this.#entries.push({ version: this.#version, frame, key, except })
    if (this.#entries.length > keptLimit) this.#entries.shift()
    this.#heardBy.clear()
  }

  /** What a member that heard `version` has not heard; shared by those to whom nothing of it is their own. */
  since(version: number, member: object): Range {
    let news = this.#heardBy.get(version)
    if (!news) {
      const entries = this.#entries.filter((entry) => entry.version > version)
      const own = new Set(entries.map(({ except }) => except))
      news = { entries, own, range: settledRange(this.#room, framesOf(entries)) }
      this.#heardBy.set(version, news)
    }
    if (!news.own.has(member)) return news.range
    const others = news.entries.filter(({ except }) => except !== member)
    return settledRange(this.#room, framesOf(others))
  }

  /** After a pass that offered `version`: forgets what all heard; if some were passed over, keeps the latest values. */
  settle(version: number, everyoneHeard: boolean): void {
    if (this.#entries.length === 0) return
    this.#entries = this.#entries.filter((entry) => entry.version > version || (!everyoneHeard && entry.key !== null))
    this.#heardBy.clear()
  }
}

const framesOf = (entries: readonly Entry[]): Frame<string>[] => entries.map(({ frame }) => frame)
