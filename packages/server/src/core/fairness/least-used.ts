/**
 * Whoever has used the least is next (start-time fair queueing, Goyal et al. 1996). What was used counts from where the
 * others are: whoever comes, or comes back after a pause, begins at what the last one chosen had used. So history does not
 * hold a newcomer up, and a pause earns nothing.
 */
export class LeastUsed<Item> {
  readonly #used = new Map<Item, number>()
  #floor = 0

  get items(): Iterable<Item> {
    return this.#used.keys()
  }

  get isEmpty(): boolean {
    return this.#used.size === 0
  }

  add(item: Item): void {
    this.#used.set(item, this.#floor)
  }

  delete(item: Item): void {
    this.#used.delete(item)
  }

  charge(item: Item, cost: number): void {
    const used = this.#used.get(item)
    if (used !== undefined) this.#used.set(item, Math.max(used, this.#floor) + cost)
  }

  /** Whether it has used no more than a newcomer: then it may be forgotten. */
  isEven(item: Item): boolean {
    return (this.#used.get(item) ?? 0) <= this.#floor
  }

  /** The ready item that has used the least; among equals the one that came first. */
  next(isReady: (item: Item) => boolean): Item | null {
    let least = Number.POSITIVE_INFINITY
    let found: Item | null = null
    for (const [item, used] of this.#used) {
      if (used >= least || !isReady(item)) continue
      least = used
      found = item
    }
    if (found !== null) this.#floor = Math.max(this.#floor, least)
    return found
  }
}
