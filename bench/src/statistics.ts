/** The middle value; of an even number of values the mean of the middle two. Throws when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  if (upper === undefined || lower === undefined) throw new RangeError('no values to take a median of')
  return (lower + upper) / 2
}

/** The smallest value that at least `share` (0 to 1) of the values do not exceed. Throws when there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('no values to take a quantile of')
  return value
}

const growth = 1.01
const bucketsPerE = 1 / Math.log(growth)
const longestNs = 100e9
const bucketCount = Math.ceil(Math.log(longestNs) * bucketsPerE) + 1

/** A histogram of durations up to 100 s in buckets 1 % apart: small, quick to fill, and it can be sent and summed. */
export class LatencyHistogram {
  readonly #counts: Float64Array
  #total: number

  constructor(counts: readonly number[] = []) {
    this.#counts = new Float64Array(bucketCount)
    this.#counts.set(counts)
    this.#total = counts.reduce((sum, count) => sum + count, 0)
  }

  get total(): number {
    return this.#total
  }

  record(nanoseconds: number): void {
    const bounded = Math.min(Math.max(nanoseconds, 1), longestNs)
    const bucket = Math.floor(Math.log(bounded) * bucketsPerE)
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#total++
  }

  add(other: LatencyHistogram): void {
    other.#counts.forEach((count, bucket) => {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count
    })
    this.#total += other.#total
  }

  reset(): void {
    this.#counts.fill(0)
    this.#total = 0
  }

  /** In nanoseconds, right within 1 %; NaN when nothing was recorded. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#total))
    let seen = 0
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count
      if (seen >= rank) return growth ** (bucket + 0.5)
    }
    return Number.NaN
  }

  /** What the constructor takes back. */
  toArray(): number[] {
    return [...this.#counts]
  }
}
