import { ComposedRange, rangeOf } from './ring.ts'
import type { Range } from '../sink.ts'

/**
 * Joins durable frames and, behind them (rule P3), ephemeral ones in one range, which is encoded as a whole if members may share
 * it.
 */
export class JoinedRanges {
  readonly #room: number
  readonly #now: () => number
  #last: { durable: Range; ephemeral: Range; both: Range } | null = null

  constructor(room: number, now: () => number) {
    this.#room = room
    this.#now = now
  }

  join(durable: Range | null, ephemeral: Range | null): Range | null {
    if (!durable || !ephemeral) return durable ?? ephemeral
    if (ephemeral instanceof ComposedRange) return new ComposedRange(this.#room, [durable, ephemeral])
    const last = this.#last
    if (last?.durable === durable && last.ephemeral === ephemeral) return last.both
    const both = rangeOf(this.#room, [...durable.frames, ...ephemeral.frames], this.#now)
    this.#last = { durable, ephemeral, both }
    return both
  }

  /** A pass has ended: the next one has other frames. */
  forget(): void {
    this.#last = null
  }
}
