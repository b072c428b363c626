import type { Caller, UserRef } from '../caller.ts'
import { type CallOrder, type QueuedCall, RoomQueue } from './room-queue.ts'
import type { WaitingCalls } from './waiting-calls.ts'

/** The calls of one connection, which keep their order in each room (rules CO1 to CO7). */
export class ConnectionCalls {
  readonly #caller: () => Caller
  readonly #waiting: WaitingCalls
  readonly #queues = new Map<string, RoomQueue>()
  /** Its guest, since one of its calls stored them: a connection that has closed meanwhile does not know. */
  #stored: UserRef | null = null

  /** `waiting`: what all connections of its address have waiting. */
  constructor(caller: () => Caller, waiting: WaitingCalls) {
    this.#caller = caller
    this.#waiting = waiting
  }

  /** Whom the connection acts for now. Throws `not_authenticated` when that has ended (rule CO6). */
  caller(): Caller {
    const caller = this.#caller()
    const isNew = this.#stored !== null && caller.kind === 'user' && caller.user.num === 0
    return isNew && this.#stored ? { ...caller, user: this.#stored } : caller
  }

  /** A call has stored the guest of the connection. */
  stored(user: UserRef): void {
    this.#stored = user
  }

  /** Resolves when it is the turn of this call in the room; `end` must be called after it. Throws `room_busy` (rule CO5). */
  enter(room_id: string, order: CallOrder, bytes: number): QueuedCall | Promise<QueuedCall> {
    let queue = this.#queues.get(room_id)
    if (queue === undefined) {
      queue = new RoomQueue(this.#waiting, () => this.#queues.delete(room_id))
      this.#queues.set(room_id, queue)
    }
    return queue.enter(order, bytes)
  }
}
