export type Random = {
  readonly seed: number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  oneOf<T>(items: readonly T[]): T
}

/** Random numbers that depend only on the seed (mulberry32). PARLOR_SEED repeats a run. */
export function seeded(seed = Number(process.env['PARLOR_SEED'] ?? Date.now() % 1_000_000_000)): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    seed,
    between,
    oneOf(items) {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('There is nothing to choose from')
      return item
    },
  }
}
