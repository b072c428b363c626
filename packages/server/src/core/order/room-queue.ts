import { AppError } from '../error.ts'
import type { WaitingCalls } from './waiting-calls.ts'

/**
 * How a call keeps its order with the others of its queue (rules CO1 to CO4). `waits`: until its last commit is handed over.
 * `holds`: until it has ended. `reads`: it waits for its turn, and nobody waits for it. `passes`: it waits only for
 * calls that hold.
 */
export type CallOrder = 'waits' | 'holds' | 'reads' | 'passes'

/** Calls, and bytes of input, that may wait in one queue (rule CO5). */
export const queueLimits = { calls: 128, bytes: 1024 * 1024 }

type Waiting = { call: QueuedCall; bytes: number; start: (call: QueuedCall) => void }

/** A call in the queue of its connection and room. */
export class QueuedCall {
  readonly #queue: RoomQueue
  readonly order: CallOrder
  /** Its answer, and what it ends with. */
  #unended = 1

  constructor(queue: RoomQueue, order: CallOrder) {
    this.#queue = queue
    this.order = order
  }

  /** Its commit is in the engine's queue. A call that is planned again does this again, and calls that waited for it follow. */
  handedOver(): void {
    this.#queue.planned(this)
    if (this.order === 'waits') this.#queue.release(this)
  }

  /** Its work may go on after its answer: it has not ended before this settles. */
  endWith(work: Promise<unknown>): void {
    this.#unended += 1
    const end = () => this.end()
    work.then(end, end)
  }

  /** It was answered, or what it ends with has settled. */
  end(): void {
    this.#unended -= 1
    if (this.#unended > 0) return
    this.#queue.planned(this)
    this.#queue.release(this)
    this.#queue.ended()
  }

  /** The engine refused its commit, and it will be planned again: later ones of the queue keep behind it (rule CO2). */
  refusedAsStale(): void {
    this.#queue.stale ??= this
  }

  /** Whether an earlier call of the queue will be planned again. */
  get isBehindStale(): boolean {
    const { stale } = this.#queue
    return stale !== null && stale !== this
  }

  /** Whether one of these is an earlier call of the same queue. */
  follows(calls: readonly QueuedCall[]): boolean {
    return calls.some((call) => call.#queue === this.#queue && call !== this)
  }

  /** Runs `again` when the stale call has been planned again, or has ended. */
  afterStale(again: () => void): void {
    if (this.#queue.stale === null) again()
    else this.#queue.held.push(again)
  }
}

/** The calls of one connection that name one room, in the order in which they arrived. */
export class RoomQueue {
  readonly #onEmpty: () => void
  readonly #ofAddress: WaitingCalls
  #waiting: Waiting[] = []
  #bytes = 0
  /** The call whose turn it is, if others must wait for it. */
  #running: QueuedCall | null = null
  /** Calls that have not ended, those that wait included. */
  #open = 0
  /** The call that the engine refused as stale, until it is planned again; and what then follows it. */
  stale: QueuedCall | null = null
  held: (() => void)[] = []

  constructor(ofAddress: WaitingCalls, onEmpty: () => void) {
    this.#ofAddress = ofAddress
    this.#onEmpty = onEmpty
  }

  /** Resolves when it is the call's turn; at once, without a promise, if it is already. Throws `room_busy` (rule CO5). */
  enter(order: CallOrder, bytes: number): QueuedCall | Promise<QueuedCall> {
    const call = new QueuedCall(this, order)
    if (this.#mayStart(order)) {
      this.#start(call)
      return call
    }
    if (this.#waiting.length >= queueLimits.calls || this.#bytes + bytes > queueLimits.bytes) {
      throw new AppError('room_busy')
    }
    if (!this.#ofAddress.add(bytes)) throw new AppError('room_busy')
    this.#open += 1
    this.#bytes += bytes
    return new Promise((start) => this.#waiting.push({ call, bytes, start }))
  }

  /** The call is not waited for any more. */
  release(call: QueuedCall): void {
    if (this.#running !== call) return
    this.#running = null
    if (this.#waiting.length > 0) this.#advance()
  }

  planned(call: QueuedCall): void {
    if (this.stale !== call) return
    this.stale = null
    const { held } = this
    this.held = []
    for (const again of held) again()
  }

  ended(): void {
    this.#open -= 1
    if (this.#open === 0) this.#onEmpty()
  }

  #mayStart(order: CallOrder): boolean {
    if (order === 'passes')
      return this.#running?.order !== 'holds' && !this.#waiting.some(({ call }) => call.order === 'holds')
    return this.#running === null && this.#waiting.every(({ call }) => call.order === 'passes')
  }

  /** Nothing that is behind may start: in a flood of joins each would otherwise look at all the others. */
  #holdsAll(): boolean {
    return this.#running?.order === 'holds' || this.#waiting.at(-1)?.call.order === 'holds'
  }

  #start(call: QueuedCall): void {
    this.#open += 1
    if (call.order === 'waits' || call.order === 'holds') this.#running = call
  }

  /** Starts, in their order, the waiting calls that need not wait any more. */
  #advance(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const [at, next] of waiting.entries()) {
      if (this.#holdsAll()) {
        this.#waiting = this.#waiting.concat(waiting.slice(at))
        return
      }
      if (!this.#mayStart(next.call.order)) {
        this.#waiting.push(next)
        continue
      }
      this.#start(next.call)
      this.#open -= 1
      this.#bytes -= next.bytes
      this.#ofAddress.remove(next.bytes)
      next.start(next.call)
    }
  }
}
