import { createCache } from '../../core/collections/cache.ts'
import type { Clock, Timers } from '../../core/clock.ts'
import { rateLimited } from '../limiter/limiter.ts'

/**
 * A caller that waits for a turn. All callers with the same `from` share one queue: those of an address (IPv6: its
 * /64), or one device. `known`: this device signed in to this account before.
 */
export type Requester = { readonly from: string; readonly known: boolean }

/** `first` serves sign-ins; `behind` has low priority. */
export type QueueName = 'first' | 'behind'

/** One caller's slot. The caller leaves it after its last job. */
export type QueueSlot = {
  /** Runs a job when its turn has come. The first turn may be refused `rate_limited`; then the job does not run. */
  turn<T>(job: () => Promise<T>): Promise<T>
  /** Records a wrong guess: requesters with many are served after those with few. */
  wrong(): void
  leave(): void
}

export type FairQueueOptions = {
  /** How many jobs run at the same time. */
  concurrency: number
  /** How many callers have a slot at the same time, including those whose job runs. */
  places: number
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
}

/** Maximum wait for a first turn, in ms. */
const waitMs = 4_000
/**
 * A low-priority turn comes after at most this many others, so that a flood of sign-ins cannot keep users out of rooms
 * with a password.
 */
const lowPriorityAfter = 7
/** How many requesters' recent use is remembered. */
const rememberedSize = 20_000
/** Ms after which one request no longer counts. */
const leakMs = 10_000
/** Above each level of recent use, a requester is served after those below it. */
const levels = [3, 6, 12]
/** How much a wrong guess counts in addition to the request itself. */
const wrongCost = 2

type PendingTurn = { start: () => void; refuse: (error: Error) => void; cancelTimer: () => void; isFirst: boolean }
/** The waiting turns of one requester, oldest first. */
type RequesterQueue = { requester: Requester; turns: PendingTurn[] }

/**
 * A queue for a scarce resource that is fair to requesters with little use: it serves known devices first, then the
 * requester with the least recent use, and equals in round robin. When all slots are taken, the requester with the most
 * use loses one.
 */
export function createFairQueue({ concurrency, places, clock, timers }: FairQueueOptions): {
  /** Throws `rate_limited` when there is no slot. */
  enter(queueName: QueueName, requester: Requester): QueueSlot
} {
  const use = createUse(clock)
  /** Least recently served first. */
  const queues = new Map<string, RequesterQueue>()
  const lowPriority: PendingTurn[] = []
  /** Turns of callers that have already had one: these do not wait behind new callers. */
  const laterTurns: PendingTurn[] = []
  const taken = { first: 0, behind: 0 }
  let running = 0
  let servedSinceLowPriority = 0

  const rankOf = ({ from, known }: Requester): number => use.level(from) * 2 + (known ? 0 : 1)

  /** The next turn of the requester with the lowest rank; of equals, of the one that was served least recently. */
  function nextByRank(): PendingTurn | undefined {
    let best: RequesterQueue | null = null
    for (const queue of queues.values())
      if (best === null || rankOf(queue.requester) < rankOf(best.requester)) best = queue
    if (best === null) return undefined
    const { from } = best.requester
    const turn = best.turns.shift()
    queues.delete(from)
    if (best.turns.length > 0) queues.set(from, best)
    return turn
  }

  function next(): PendingTurn | undefined {
    const isLowPriorityNext = lowPriority.length > 0 && servedSinceLowPriority >= lowPriorityAfter
    const turn = laterTurns.shift() ?? (isLowPriorityNext ? undefined : nextByRank())
    if (turn) {
      servedSinceLowPriority += 1
      return turn
    }
    servedSinceLowPriority = 0
    return lowPriority.shift()
  }

  function serve(): void {
    while (running < concurrency) {
      const turn = next()
      if (!turn) return
      running += 1
      turn.cancelTimer()
      turn.start()
    }
  }

  /** Frees a slot of the requester with the most use, if that is more than `requester` has; else returns false. */
  function displace(requester: Requester): boolean {
    let worst: RequesterQueue | null = null
    const weight = ({ requester: owner, turns }: RequesterQueue) => rankOf(owner) * places + turns.length
    for (const queue of queues.values()) if (worst === null || weight(queue) > weight(worst)) worst = queue
    const own = (queues.get(requester.from)?.turns.length ?? 0) + 1
    if (worst === null || weight(worst) <= rankOf(requester) * places + own) return false
    worst.turns.at(-1)?.refuse(rateLimited(1000))
    return true
  }

  function remove(queueName: QueueName, { from }: Requester, turn: PendingTurn): void {
    const queue = queues.get(from)
    const turns = queueName === 'behind' ? lowPriority : (queue?.turns ?? [])
    const at = turns.indexOf(turn)
    if (at >= 0) turns.splice(at, 1)
    if (queue?.turns.length === 0) queues.delete(from)
  }

  function enqueue(queueName: QueueName, requester: Requester, turn: PendingTurn): void {
    if (!turn.isFirst) laterTurns.push(turn)
    else if (queueName === 'behind') lowPriority.push(turn)
    else {
      const queue = queues.get(requester.from) ?? { requester, turns: [] }
      queue.turns.push(turn)
      queues.set(requester.from, queue)
    }
  }

  return {
    enter(queueName, requester) {
      const isFull = taken.first + taken.behind >= places
      if (queueName === 'behind' && (isFull || taken.behind >= Math.ceil(places / 2))) throw rateLimited(1000)
      const isLetIn = !isFull || displace(requester)
      // Refused requests count too, or a flood of them would keep its priority.
      if (queueName === 'first') use.add(requester.from, 1)
      if (!isLetIn) throw rateLimited(1000)
      taken[queueName] += 1
      let hasLeft = false
      let isFirst = true

      function leave(): void {
        if (hasLeft) return
        hasLeft = true
        taken[queueName] -= 1
      }

      function wait(): Promise<void> {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        const turn: PendingTurn = {
          isFirst,
          start: resolve,
          refuse(error) {
            turn.cancelTimer()
            remove(queueName, requester, turn)
            // Frees the slot at once: `displace` is about to give it to another caller.
            leave()
            reject(error)
          },
          cancelTimer: isFirst ? timers.after(waitMs, () => turn.refuse(rateLimited(1000))) : () => {},
        }
        enqueue(queueName, requester, turn)
        serve()
        return promise
      }

      return {
        async turn(job) {
          await wait()
          isFirst = false
          try {
            return await job()
          } finally {
            running -= 1
            serve()
          }
        },
        wrong() {
          if (queueName === 'first') use.add(requester.from, wrongCost)
        },
        leave,
      }
    },
  }
}

/** Each requester's recent use, as a leaky bucket. */
function createUse(clock: Pick<Clock, 'monotonic'>) {
  const used = createCache<string, { amount: number; at: number }>(rememberedSize)
  function amountOf(from: string): number {
    const known = used.get(from)
    return known ? Math.max(0, known.amount - (clock.monotonic() - known.at) / leakMs) : 0
  }
  return {
    add: (from: string, amount: number) =>
      void used.set(from, { amount: amountOf(from) + amount, at: clock.monotonic() }),
    /** 0 means little use. */
    level(from: string): number {
      const amount = amountOf(from)
      return levels.filter((level) => amount >= level).length
    },
  }
}
