import { LRUCache } from 'lru-cache'
import type { Clock, Timers } from '../../core/clock.ts'
import { rateLimited } from '../limiter/limiter.ts'

/**
 * Who asks for a turn. `from` shares one place in the round: an address (IPv6: its /64), or one device. `known`: it signed
 * in to this account before.
 */
export type Requester = { readonly from: string; readonly known: boolean }

/** The lane of sign-ins, and that of who gives way to them. */
export type QueueName = 'first' | 'behind'

/** A place in the line; it is left when all that was to be done is done. */
export type QueueSlot = {
  /** Runs a job when its turn has come. The first turn may be refused `rate_limited`; then the job does not run. */
  turn<T>(job: () => Promise<T>): Promise<T>
  /** It was a wrong guess: who makes many comes after those who make few. */
  wrong(): void
  leave(): void
}

export type FairQueueOptions = {
  /** Jobs that run at once. */
  concurrency: number
  /** Callers that have a place at once, those that run among them. */
  places: number
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
}

/** Ms that a first turn is waited for at most. */
const patience = 4_000
/** A turn of who gives way comes at least after so many others, so that a flood of sign-ins closes no room's door. */
const behindAfter = 7
/** Askers whose use is remembered. */
const usersSize = 20_000
/** Ms in which one of an asker's asks is forgotten. */
const forgetting = 10_000
/** Use from which an asker comes after those with less. */
const levels = [3, 6, 12]
/** What a wrong guess counts besides having been asked for. */
const wrongCost = 2

type Waiter = { start: () => void; refuse: (error: Error) => void; cancelTimer: () => void; isFirst: boolean }
/** Waiters of one asker, the first to come first. */
type Queue = { asker: Requester; waiters: Waiter[] }

/**
 * The line before a scarce resource, fair to those who ask little: known devices first, then who has asked least of late,
 * and among those in turn, one asker after the other. When no place is left the one who has asked most gives up theirs.
 */
export function createFairQueue({ concurrency, places, clock, timers }: FairQueueOptions): {
  /** Throws `rate_limited` when there is no place. */
  enter(lane: QueueName, asker: Requester): QueueSlot
} {
  const use = createUse(clock)
  /** In the order in which they were served last. */
  const first = new Map<string, Queue>()
  const behind: Waiter[] = []
  /** Of those who had their first turn: they are not held up half-way. */
  const again: Waiter[] = []
  const taken = { first: 0, behind: 0 }
  let running = 0
  let servedSinceBehind = 0

  const rankOf = ({ from, known }: Requester): number => use.level(from) * 2 + (known ? 0 : 1)

  /** The next in the first lane: of the lowest rank who waits there longest. */
  function nextFirst(): Waiter | undefined {
    let best: Queue | null = null
    for (const queue of first.values()) if (best === null || rankOf(queue.asker) < rankOf(best.asker)) best = queue
    if (best === null) return undefined
    const { from } = best.asker
    const waiter = best.waiters.shift()
    first.delete(from)
    if (best.waiters.length > 0) first.set(from, best)
    return waiter
  }

  function next(): Waiter | undefined {
    const isBehinds = behind.length > 0 && servedSinceBehind >= behindAfter
    const waiter = again.shift() ?? (isBehinds ? undefined : nextFirst())
    if (waiter) {
      servedSinceBehind += 1
      return waiter
    }
    servedSinceBehind = 0
    return behind.shift()
  }

  function serve(): void {
    while (running < concurrency) {
      const waiter = next()
      if (!waiter) return
      running += 1
      waiter.cancelTimer()
      waiter.start()
    }
  }

  /** Takes the place of who has asked most, if that is more than `asker` has; false: nobody has. */
  function displace(asker: Requester): boolean {
    let worst: Queue | null = null
    const weight = ({ asker: of, waiters }: Queue) => rankOf(of) * places + waiters.length
    for (const queue of first.values()) if (worst === null || weight(queue) > weight(worst)) worst = queue
    const own = (first.get(asker.from)?.waiters.length ?? 0) + 1
    if (worst === null || weight(worst) <= rankOf(asker) * places + own) return false
    worst.waiters.at(-1)?.refuse(rateLimited(1000))
    return true
  }

  function remove(lane: QueueName, { from }: Requester, waiter: Waiter): void {
    const queue = first.get(from)
    const waiters = lane === 'behind' ? behind : (queue?.waiters ?? [])
    const at = waiters.indexOf(waiter)
    if (at >= 0) waiters.splice(at, 1)
    if (queue?.waiters.length === 0) first.delete(from)
  }

  function waitIn(lane: QueueName, asker: Requester, waiter: Waiter): void {
    if (!waiter.isFirst) again.push(waiter)
    else if (lane === 'behind') behind.push(waiter)
    else {
      const queue = first.get(asker.from) ?? { asker, waiters: [] }
      queue.waiters.push(waiter)
      first.set(asker.from, queue)
    }
  }

  return {
    enter(lane, asker) {
      const isFull = taken.first + taken.behind >= places
      if (lane === 'behind' && (isFull || taken.behind >= Math.ceil(places / 2))) throw rateLimited(1000)
      const isLetIn = !isFull || displace(asker)
      // Refused or not: who asks again and again is served after who does not, or a flood that is refused stays as good as new.
      if (lane === 'first') use.add(asker.from, 1)
      if (!isLetIn) throw rateLimited(1000)
      taken[lane] += 1
      let hasLeft = false
      let isFirst = true

      function leave(): void {
        if (hasLeft) return
        hasLeft = true
        taken[lane] -= 1
      }

      function wait(): Promise<void> {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        const waiter: Waiter = {
          isFirst,
          start: resolve,
          refuse(error) {
            waiter.cancelTimer()
            remove(lane, asker, waiter)
            // The place is free at once: who takes it is being let in.
            leave()
            reject(error)
          },
          cancelTimer: isFirst ? timers.after(patience, () => waiter.refuse(rateLimited(1000))) : () => {},
        }
        waitIn(lane, asker, waiter)
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
          if (lane === 'first') use.add(asker.from, wrongCost)
        },
        leave,
      }
    },
  }
}

/** How much each asker has asked of late, as a bucket that leaks. */
function createUse(clock: Pick<Clock, 'monotonic'>) {
  const used = new LRUCache<string, { amount: number; at: number }>({ max: usersSize })
  function amountOf(from: string): number {
    const known = used.get(from)
    return known ? Math.max(0, known.amount - (clock.monotonic() - known.at) / forgetting) : 0
  }
  return {
    add: (from: string, amount: number) =>
      void used.set(from, { amount: amountOf(from) + amount, at: clock.monotonic() }),
    /** 0: little. */
    level(from: string): number {
      const amount = amountOf(from)
      return levels.filter((level) => amount >= level).length
    },
  }
}
