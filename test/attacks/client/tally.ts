/** The answers that a process of clients got, and their times; sent between processes as JSON. */
export type Totals = {
  counts: Record<string, number>
  times: Record<string, number[]>
  receivedBytes: number
}

export class Tally {
  readonly #counts = new Map<string, number>()
  readonly #times = new Map<string, number[]>()
  receivedBytes = 0

  /** Counts an answer: `ok`, an error code, `closed 1013`, or a scenario's own word. */
  count(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by)
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0
  }

  time(what: string, ms: number): void {
    const times = this.#times.get(what)
    if (times) times.push(ms)
    else this.#times.set(what, [ms])
  }

  /** Adds the counts of another tally. */
  add({ counts, times, receivedBytes }: Totals): void {
    for (const [what, count] of Object.entries(counts)) this.count(what, count)
    for (const [what, all] of Object.entries(times)) for (const ms of all) this.time(what, ms)
    this.receivedBytes += receivedBytes
  }

  /** Returns everything counted so far, and starts over. */
  take(): Totals {
    const totals = this.peek()
    this.#counts.clear()
    this.#times.clear()
    this.receivedBytes = 0
    return totals
  }

  peek(): Totals {
    return {
      counts: Object.fromEntries(this.#counts),
      times: Object.fromEntries(this.#times),
      receivedBytes: this.receivedBytes,
    }
  }
}
