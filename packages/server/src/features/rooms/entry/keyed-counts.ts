/** How many operations are under way for each key, on this node. */
export type KeyedCounts<Key> = {
  /** Adds one; returns how many there are now. */
  enter(key: Key): number
  leave(key: Key): void
}

export function createKeyedCounts<Key>(): KeyedCounts<Key> {
  const counts = new Map<Key, number>()
  return {
    enter(key) {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return count
    },
    leave(key) {
      const count = (counts.get(key) ?? 0) - 1
      if (count > 0) counts.set(key, count)
      else counts.delete(key)
    },
  }
}
