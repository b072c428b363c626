/**
 * Several values under each key, so that the values of one key are found without looking at others. A value that is alone
 * under its key, as most are, takes no Set: with one for each, an idle connection held some 400 bytes more.
 */
export class Multimap<K, V> {
  readonly #values = new Map<K, V | Several<V>>()

  add(key: K, value: V): void {
    const found = this.#values.get(key)
    if (found === undefined) this.#values.set(key, value)
    else if (found instanceof Several) found.values.add(value)
    else if (found !== value) this.#values.set(key, new Several(found, value))
  }

  delete(key: K, value: V): void {
    const found = this.#values.get(key)
    if (found === value) this.#values.delete(key)
    else if (found instanceof Several && found.values.delete(value) && found.values.size === 0) this.#values.delete(key)
  }

  /** A copy: values may be added and removed while it is iterated. */
  get(key: K): readonly V[] {
    const found = this.#values.get(key)
    if (found === undefined) return []
    return found instanceof Several ? [...found.values] : [found]
  }

  has(key: K): boolean {
    return this.#values.has(key)
  }
}

class Several<V> {
  readonly values: Set<V>

  constructor(...values: V[]) {
    this.values = new Set(values)
  }
}
