/**
 * Caches values computed from objects, while the objects live and up to `limit` bytes in each of two generations: when the
 * younger is full the older is dropped. Otherwise a long-lived object, such as one of a cached snapshot, would keep its
 * computed value alive, which no cache counts.
 */
export class Memo<Key extends object, Made> {
  readonly #limit: number
  #young = new WeakMap<Key, Made>()
  #old = new WeakMap<Key, Made>()
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: Key): Made | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: Key, made: Made, bytes: number): void {
    if (this.#bytes + bytes > this.#limit) {
      this.#old = this.#young
      this.#young = new WeakMap()
      this.#bytes = 0
    }
    this.#young.set(key, made)
    this.#bytes += bytes
  }
}
