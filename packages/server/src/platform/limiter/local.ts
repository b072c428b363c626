import type { Clock } from '../../core/clock.ts'
import { isLifted, type LocalBuckets, type Rate } from './limiter.ts'

/** Budgets kept a limit name: 24 bytes and a key each. */
const defaultCapacity = 200_000

/**
 * Budgets of this process, by GCRA (ITU-T I.371): of a budget only the time at which it will be full again is kept.
 * One whose time has passed is full, as if it had never been touched. So they are kept in two generations: when the
 * elder has had time to refill it is dropped whole, without a timer and without looking at it.
 */
export function createLocalBuckets(deps: { clock: Pick<Clock, 'monotonic'>; capacity?: number }): LocalBuckets {
  const { clock, capacity = defaultCapacity } = deps
  const limits = new Map<string, Generations>()
  return {
    take(name, key, rate) {
      if (isLifted(rate)) return 0
      const now = clock.monotonic()
      let generations = limits.get(name)
      if (!generations) limits.set(name, (generations = new Generations(now, capacity)))
      return take(generations, key, rate, now)
    },
  }
}

function take(generations: Generations, key: string, rate: Rate, now: number): number {
  const cost = 1000 / rate.perSecond
  const full = rate.burst * cost
  generations.turn(now, full)
  const next = Math.max(generations.get(key) ?? now, now) + cost
  const wait = next - full - now
  // Sums of fractions: what is over by less than a microsecond is not over.
  if (wait > 1e-3) return wait
  generations.set(key, next)
  return 0
}

class Generations {
  #young = new Map<string, number>()
  #elder = new Map<string, number>()
  #turned: number
  readonly #capacity: number

  constructor(now: number, capacity: number) {
    this.#turned = now
    this.#capacity = capacity
  }

  get(key: string): number | undefined {
    return this.#young.get(key) ?? this.#elder.get(key)
  }

  set(key: string, time: number): void {
    this.#young.set(key, time)
  }

  /** Every `full` ms, or sooner when there is no room: then the budgets not used for longest are given up as full. */
  turn(now: number, full: number): void {
    const hasRefilled = now - this.#turned >= full
    if (!hasRefilled && this.#young.size < this.#capacity / 2) return
    this.#elder = this.#young
    this.#young = new Map()
    this.#turned = now
  }
}
