import type { Timers } from '../../core/clock.ts'
import type { RoomFacts } from '../../core/contract.ts'
import type { Encoder } from '../encode.ts'
import type { Frame } from './sink.ts'
import type { LogEntry, RoomBatch, RoomEngine } from '../types.ts'

/** Ms for which a gap waits for the missing batch before the log is read (rule L3). */
const gapPatience = 50
/** Ms until a failed read or profile is tried again. */
const retryDelay = 250
/** Entries that a repair reads at most; if more are missing, members start over with a snapshot. */
const readLimit = 1000
/** Batches held while a gap is open; more are dropped, because the log has them. */
const heldLimit = 1000

export type DeliveryDeps = {
  engine: Pick<RoomEngine, 'readLog'>
  encoder: Pick<Encoder, 'frames'>
  timers: Timers
  /** In seq order: the frames of `entries`, and the seq up to which everything is now there. */
  deliver: (frames: readonly Frame[], entries: readonly LogEntry[], through: number) => void
  /**
   * Members must start over: the room's epoch has changed since delivery began, so its numbers mean something
   * else now; or the missing events are no longer in the log.
   */
  onBroken: () => void
  onGap: () => void
  onFailure: (error: unknown) => void
}

/**
 * The events of one room in `seq` order on this node, whatever the bus does: the next batch is delivered at once,
 * an older one is dropped, one behind a gap is held until the gap is filled by the bus or from the log (rule L3).
 */
export class Delivery {
  readonly #deps: DeliveryDeps
  readonly #room: RoomFacts
  /** Everything up to here was delivered; null until `start`, while batches are only held. */
  #through: number | null = null
  #epoch = ''
  #held: RoomBatch[] = []
  /** Whether it is encoding or reading: batches that arrive meanwhile are held. */
  #busy = false
  /** The end of the log as the tail check or a batch gave it; if it is beyond `#through`, something is missing. */
  #known = 0
  #cancelTimer: (() => void) | null = null
  #closed = false

  constructor(room: RoomFacts, deps: DeliveryDeps) {
    this.#room = room
    this.#deps = deps
  }

  /** Begins behind `through`, which was read after the subscription was confirmed: older held batches are dropped. */
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

  /** The database's end of the log and epoch (rule L3): starts a repair if something is missing, and reports a new epoch. */
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

  /** Delivers the held batches that are next; starts the wait if something is missing. */
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

  /** Never throws, because a commit calls it: an encoding failure is reported, and the log is read for the gap later. */
  #append(entries: readonly LogEntry[], to: number): void {
    try {
      const frames = this.#deps.encoder.frames(this.#room, entries)
      if (frames instanceof Promise) void this.#appendLater(frames, entries, to)
      else this.#finish(frames, entries, to)
    } catch (error) {
      this.#fail(error, to)
    }
  }

  /** A profile must be loaded first; after a failure the log is read for the gap. */
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
      // It is unknown which members got which part: all start over.
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
