import { settledRange } from './ring.ts'
import type { Frame, Range } from '../sink.ts'

/** Entries kept for members that were skipped; beyond this number the oldest are dropped. */
const keptLimit = 1000

type Entry = { version: number; frame: Frame<string>; key: string | null; except: object | null }

/**
 * A room's events that are never stored: latest values under a key (typing, presence state) and notices without one
 * (`user_joined`). Versioned, so that each member has a position. A notice goes to members that are up to date when it comes;
 * a latest value is kept until every member has got it (rule P3).
 */
export class Ephemeral {
  readonly #room: number
  #entries: Entry[] = []
  #version = 0
  /** The entries that are new to members at one version, and the members that must not get their own. */
  #heardBy = new Map<number, { entries: Entry[]; own: ReadonlySet<object | null>; range: Range }>()

  constructor(room: number) {
    this.#room = room
  }

  /** Members at this version have got everything. */
  get version(): number {
    return this.#version
  }

  /** `key`: replaces the value under it. `except`: the member that sent it and does not get it. */
  say(event: string, payload: object, key: string | null = null, except: object | null = null): void {
    this.#version += 1
    if (key !== null) this.#entries = this.#entries.filter((entry) => entry.key !== key)
    const frame: Frame<string> = { seq: 0, audience: 'room', event, json: JSON.stringify(payload) }
    this.#entries.push({ version: this.#version, frame, key, except })
    if (this.#entries.length > keptLimit) this.#entries.shift()
    this.#heardBy.clear()
  }

  /** What a member at `version` has not got; shared by members that sent none of it. */
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

  /** After a pass that offered `version`: drops what all members got; if some were skipped, keeps the latest values. */
  settle(version: number, everyoneHeard: boolean): void {
    if (this.#entries.length === 0) return
    this.#entries = this.#entries.filter((entry) => entry.version > version || (!everyoneHeard && entry.key !== null))
    this.#heardBy.clear()
  }
}

const framesOf = (entries: readonly Entry[]): Frame<string>[] => entries.map(({ frame }) => frame)
