/** Bytes of the pieces in which a file is sent, so that each takes about a second: short enough to show progress. */
export type Pieces = {
  /** Of the next piece, at most. */
  size(): number
  /** One was sent in so many ms. */
  sent(ms: number): void
  failed(): void
  /** Nothing of this size or more is let through. */
  tooLarge(): void
}

const least = 64 * 1024
const first = 256 * 1024
const most = 8 * 1024 * 1024
/** In ms. A piece that takes less is followed by a larger one, and one that takes more by a smaller one. */
const wanted = { least: 1000, most: 3000 }

export function createPieces(): Pieces {
  let size = first
  let bound = most
  const become = (next: number) => {
    size = Math.max(least, Math.min(bound, next))
  }
  return {
    size: () => size,
    sent(ms) {
      if (ms < wanted.least) become(size * 2)
      else if (ms > wanted.most) become(size / 2)
    },
    failed: () => become(size / 2),
    tooLarge() {
      bound = size / 2
      become(bound)
    },
  }
}
