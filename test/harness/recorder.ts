/** Records items in order, and lets a test wait for later ones. Waits have a time limit, so a test always ends. */
export class Recorder<T> {
  readonly items: T[] = []
  readonly #waiting = new Set<(item: T) => void>()

  push(item: T): void {
    this.items.push(item)
    for (const offer of this.#waiting) offer(item)
  }

  /** The first item at `from` or later for which `matches` holds; rejects, naming `what`, if none comes within `ms`. */
  until(
    matches: (item: T) => boolean,
    what: string,
    { from = 0, ms = 10_000 }: { from?: number; ms?: number } = {},
  ): Promise<T> {
    const found = this.items.slice(from).find(matches)
    if (found !== undefined) return Promise.resolve(found)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const offer = (item: T) => {
      if (matches(item)) resolve(item)
    }
    const late = setTimeout(() => {
      const last = this.items
        .slice(-5)
        .map((item) => JSON.stringify(item)?.slice(0, 300))
        .join('\n')
      reject(new Error(`${what} did not come within ${ms} ms; the last of ${this.items.length} were\n${last}`))
    }, ms)
    this.#waiting.add(offer)
    return promise.finally(() => {
      clearTimeout(late)
      this.#waiting.delete(offer)
    })
  }
}

/** Rejects, naming `what`, if the promise does not settle within `ms`. */
export async function within<T>(promise: Promise<T>, what: string, ms = 10_000): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
