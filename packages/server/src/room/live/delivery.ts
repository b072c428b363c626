import type { Timers } from '../../core/clock.ts'
import type { RoomFacts } from '../../core/contract.ts'
import type { Encoder } from '../encode.ts'
import type { Frame } from './sink.ts'
import type { LogEntry, RoomBatch, RoomEngine } from '../types.ts'

/** Ms that a hole in what the bus brought may fill itself before the log is read (rule L3). */
const gapPatience = 50
/** Ms until what failed (a read, a profile) is tried again. */
const retryDelay = 250
/** Entries that a repair may bring; who missed more starts anew, as from a snapshot. */
const readLimit = 1000
/** Batches kept while a hole is open; beyond it they are dropped, for the log has them. */
const heldLimit = 1000

export type DeliveryDeps = {
  engine: Pick<RoomEngine, 'readLog'>
  encoder: Pick<Encoder, 'frames'>
  timers: Timers
  /** In seq order: the frames of `entries`, and the seq up to which everything is now there. */
  deliver: (frames: readonly Frame[], entries: readonly LogEntry[], through: number) => void
  /**
   * Members must start anew: the room's epoch is not the one that delivery began with, so its numbers mean something
   * else now; or what is missing is no longer in the log.
   */
  onBroken: () => void
  onGap: () => void
  onFailure: (error: unknown) => void
}

/**
 * The events of one room in `seq` order on this node, whatever the bus does: a batch that follows is delivered at once,
 * an older one dropped, one from beyond a hole held until the hole is filled, by the bus or from the log (rule L3).
 */
export class Delivery {
  readonly #deps: DeliveryDeps
  readonly #room: RoomFacts
  /** Everything up to here was delivered; null until `start`, while batches are only held. */
  #through: number | null = null
  #epoch = ''
  #held: RoomBatch[] = []
  /** Encoding or reading: what arrives meanwhile is held. */
  #busy = false
  /** The end that the tail check or a batch promised; when it is beyond `#through` something is missing. */
  #known = 0
  #cancelTimer: (() => void) | null = null
  #closed = false

  constructor(room: RoomFacts, deps: DeliveryDeps) {
    this.#room = room
    this.#deps = deps
  }

  /** Begins behind `through`, which was read after the subscription was confirmed: what was held and is older is dropped. */
  start(through: number, epoch: string): void {
    this.#through = through
    this.#epoch = epoch
    this.#proceed()
  }

  receive(batch: RoomBatch): void {
    if (this.#closed) return
    if (this.#through !== null && !this.#busy && this.#held.length === 0 && batch.from === this.#through + 1) {
      this.#append(batch.entries, batch.to)
      return
    }
    if (this.#held.length >= heldLimit) this.#held.shift()
    this.#held.push(batch)
    this.#proceed()
  }

  /** What the database says (rule L3): the same repair when something is missing, and the news of a new epoch. */
  check(tail: { last_seq: number; epoch: string }): void {
    if (this.#through === null || this.#closed) return
    if (tail.epoch !== this.#epoch) {
      this.#deps.onBroken()
      return
    }
    this.#known = Math.max(this.#known, tail.last_seq)
    this.#proceed()
  }

  close(): void {
    this.#closed = true
    this.#cancelTimer?.()
    this.#held = []
  }

  /** Delivers what is held and follows; starts the wait when something is missing. */
  #proceed(): void {
    while (!this.#busy && !this.#closed && this.#through !== null) {
      const next = this.#takeNext(this.#through)
      if (!next) break
      this.#append(newerThan(this.#through, next.entries), next.to)
    }
    if (this.#busy || this.#closed || this.#through === null) return
    if (this.#held.length === 0 && this.#known <= this.#through) {
      this.#cancelTimer?.()
      this.#cancelTimer = null
    } else {
      this.#wait(gapPatience)
    }
  }

  /** The held batch that begins at or before the next seq and reaches it; older ones are dropped on the way. */
  #takeNext(through: number): RoomBatch | undefined {
    this.#held = this.#held.filter((batch) => batch.to > through)
    const index = this.#held.findIndex((batch) => batch.from <= through + 1)
    return index === -1 ? undefined : this.#held.splice(index, 1)[0]
  }

  #wait(ms: number): void {
    this.#cancelTimer ??= this.#deps.timers.after(ms, () => {
      this.#cancelTimer = null
      void this.#readLog()
    })
  }

  /** Never throws, for a commit calls it: what cannot be encoded leaves the hole to the log, and is reported. */
  #append(entries: readonly LogEntry[], to: number): void {
    try {
      const frames = this.#deps.encoder.frames(this.#room, entries)
      if (frames instanceof Promise) void this.#appendLater(frames, entries, to)
      else this.#finish(frames, entries, to)
    } catch (error) {
      this.#fail(error, to)
    }
  }

  /** A profile must be loaded first; a failure leaves the hole to the log. */
  async #appendLater(frames: Promise<Frame[]>, entries: readonly LogEntry[], to: number): Promise<void> {
    this.#busy = true
    try {
      const ready = await frames
      if (!this.#closed) this.#finish(ready, entries, to)
      this.#busy = false
      this.#proceed()
    } catch (error) {
      this.#fail(error, to)
    }
  }

  #finish(frames: readonly Frame[], entries: readonly LogEntry[], to: number): void {
    this.#through = to
    try {
      this.#deps.deliver(frames, entries, to)
    } catch (error) {
      // Who has which part of it is not known: all start anew.
      this.#deps.onFailure(error)
      this.#deps.onBroken()
    }
  }

  async #readLog(): Promise<void> {
    if (this.#busy || this.#closed || this.#through === null) return
    this.#busy = true
    this.#deps.onGap()
    try {
      const { room, entries, whole } = await this.#deps.engine.readLog(this.#room.num, this.#through, readLimit)
      if (this.#closed) return
      if (room.epoch !== this.#epoch || !whole) {
        this.#deps.onBroken()
        return
      }
      if (room.last_seq > this.#through) {
        const frames = await this.#deps.encoder.frames(this.#room, entries)
        if (!this.#closed) this.#finish(frames, entries, room.last_seq)
      }
      this.#known = Math.max(this.#known, room.last_seq)
      this.#busy = false
      this.#proceed()
    } catch (error) {
      this.#fail(error, this.#known)
    }
  }

  #fail(error: unknown, missing: number): void {
    this.#deps.onFailure(error)
    this.#known = Math.max(this.#known, missing)
    this.#busy = false
    if (!this.#closed) this.#wait(retryDelay)
  }
}

const newerThan = (through: number, entries: readonly LogEntry[]) => entries.filter((entry) => seqOf(entry) > through)
const seqOf = (entry: LogEntry): number => (entry.kind === 'event' ? entry.event.seq : entry.record.seq)
