import type { Clock } from '../../core/clock.ts'
import { type BudgetRequest, isLifted, type LocalBuckets } from './limiter.ts'

/** Maximum budgets per limit name: 24 bytes and a key each. */
const defaultCapacity = 200_000

/**
 * Budgets of this process, by GCRA (ITU-T I.371): stores only the time at which a budget will be full again. A budget
 * whose time has passed is full, as if unused. Budgets are therefore kept in two generations: when the older one has
 * had time to refill, even from a debt, it is dropped whole, without a timer and without reading it.
 */
export function createLocalBuckets(deps: { clock: Pick<Clock, 'monotonic'>; capacity?: number }): LocalBuckets {
  const { clock, capacity = defaultCapacity } = deps
  const limits = new Map<string, Generations>()

  /** The time at which the budget would be full again after this take, and the ms until it may be taken. */
  function look({ name, key, rate, cost }: BudgetRequest, now: number): Look {
    let generations = limits.get(name)
    if (!generations) limits.set(name, (generations = new Generations(now, capacity)))
    const one = 1000 / rate.perSecond
    const full = rate.burst * one
    generations.turn(now, full * 2)
    const before = Math.max(generations.get(key) ?? now, now)
    const next = before + Math.min(cost, rate.burst) * one
    return { generations, key, before, next, wait: next - full - now, most: now + full * 2 }
  }

  function takeAll(asks: readonly BudgetRequest[]): number {
    const now = clock.monotonic()
    const looks: Look[] = []
    let wait = 0
    for (const ask of asks) {
      if (isLifted(ask.rate)) continue
      const found = look(ask, now)
      looks.push(found)
      if (found.wait > wait) wait = found.wait
    }
    // Rounding error of sums of fractions: less than a microsecond does not count.
    if (wait > 1e-3) return wait
    for (const { generations, key, next } of looks) generations.set(key, next)
    return 0
  }

  return {
    take: (name, key, rate) => takeAll([{ name, key, rate, cost: 1 }]),
    takeAll,
    charge(ask) {
      if (isLifted(ask.rate)) return
      const now = clock.monotonic()
      const { generations, key, before, most } = look({ ...ask, cost: 0 }, now)
      generations.set(key, Math.min(most, before + (ask.cost * 1000) / ask.rate.perSecond))
    },
  }
}

type Look = { generations: Generations; key: string; before: number; next: number; wait: number; most: number }

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

  /**
   * Every `full` ms (after which any budget is full again), or sooner when there is no room: then the least recently
   * used budgets are treated as full.
   */
  turn(now: number, full: number): void {
    const hasRefilled = now - this.#turned >= full
    if (!hasRefilled && this.#young.size < this.#capacity / 2) return
    this.#elder = this.#young
    this.#young = new Map()
    this.#turned = now
  }
}
