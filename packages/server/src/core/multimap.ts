/** Several values under each key, so that the values of one key are found without looking at others. */
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

  /** A copy: values may be added and removed while it is iterated. */
  get(key: K): readonly V[] {
    return [...(this.#values.get(key) ?? [])]
  }

  has(key: K): boolean {
    return this.#values.has(key)
  }
}
