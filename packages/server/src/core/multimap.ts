/** Several values under one key, so that those of one key are found without looking at any other. */
export class Multimap<K, V> {
  readonly #values = new Map<K, Set<V>>()

  add(key: K, value: V): void {
    const values = this.#values.get(key)
    if (values) values.add(value)
    else this.#values.set(key, new Set([value]))
  }

  delete(key: K, value: V): void {
    const values = this.#values.get(key)
    if (!values?.delete(value) || values.size > 0) return
    this.#values.delete(key)
  }

  /** A list of its own: values may come and go while it is walked. */
  get(key: K): readonly V[] {
    return [...(this.#values.get(key) ?? [])]
  }

  has(key: K): boolean {
    return this.#values.has(key)
  }
}
