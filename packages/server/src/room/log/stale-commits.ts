import type { QueuedCall } from '../../core/order/room-queue.ts'
import type { Pending } from './pending-calls.ts'
import type { Outcome } from './evaluate.ts'
import { StaleCommit } from '../errors.ts'

/**
 * Keeps commits of one connection in order when an earlier one must be planned again (rule C14). What one batch finds counts
 * only once the batch is written, because a transaction that fails is run again.
 */
export class StaleCommits {
  readonly #stale: QueuedCall[] = []
  readonly #held: Pending[] = []

  /** Whether the call must wait because one before it will be planned again; then it is kept for later. */
  holdsBack(pending: Pending): boolean {
    const { queued } = pending.call
    if (!queued || !(queued.isBehindStale || queued.follows(this.#stale))) return false
    this.#held.push(pending)
    return true
  }

  note({ call: { queued } }: Pending, outcome: Outcome): void {
    if (queued && !outcome.ok && outcome.error instanceof StaleCommit) this.#stale.push(queued)
  }

  get held(): number {
    return this.#held.length
  }

  /** The batch is written: what was held back is put into the engine's queue again when its turn comes. */
  written(enqueue: (pending: Pending) => void): void {
    for (const call of this.#stale) call.refusedAsStale()
    for (const pending of this.#held) pending.call.queued?.afterStale(() => enqueue(pending))
  }
}

/** Holds back those that wait for a batch behind a stale commit, and returns the others. */
export function withoutHeld(pendings: readonly Pending[], enqueue: (pending: Pending) => void): Pending[] {
  return pendings.filter((pending) => {
    const { queued } = pending.call
    if (!queued?.isBehindStale) return true
    queued.afterStale(() => enqueue(pending))
    return false
  })
}
