/**
 * Runs work of the disk, so much of it at once and the rest in the order in which it came. Node has four threads for all calls of
 * the disk: with a slow one files would take them all, and the sync of the database would wait behind (rule BL7).
 */
export function createDiskTurns(atOnce: number) {
  const waiting: (() => void)[] = []
  let running = 0

  return async function run<T>(work: () => Promise<T>): Promise<T> {
    if (running < atOnce) running += 1
    // Whoever ends hands over its place.
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
