/** A value that changes, and tells that it did: at once in `get`, once a microtask to those who subscribed. */
export type Store<Value> = {
  get(): Value
  /** The function is called after changes, several of one turn told as one; answers how to end that. */
  subscribe(changed: () => void): () => void
}

export type WritableStore<Value> = Store<Value> & { set(value: Value): void }

export function createStore<Value>(initial: Value): WritableStore<Value> {
  const subscribers = new Set<() => void>()
  let current = initial
  let isTelling = false
  function tell() {
    isTelling = false
    for (const changed of subscribers) {
      try {
        changed()
      } catch (thrown) {
        // One that fails keeps no other from hearing of it, and is reported as what nobody caught.
        setTimeout(() => {
          throw thrown
        })
      }
    }
  }
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return
      current = value
      if (isTelling || subscribers.size === 0) return
      isTelling = true
      queueMicrotask(tell)
    },
    subscribe(changed) {
      // Its own function each time: whoever subscribes the same one twice ends each by itself.
      const subscriber = () => changed()
      subscribers.add(subscriber)
      return () => void subscribers.delete(subscriber)
    },
  }
}

/** What follows from other stores: made when somebody asks, and anew only when one of them has another value. */
export function derived<Value>(
  sources: readonly Store<unknown>[],
  make: () => Value,
): Store<Value> & { close(): void } {
  const values = () => sources.map((source) => source.get())
  let made = { from: values(), value: make() }
  const changes = createStore(0)
  const ends = sources.map((source) => source.subscribe(() => changes.set(changes.get() + 1)))
  return {
    get() {
      const from = values()
      if (!from.every((value, n) => Object.is(value, made.from[n]))) made = { from, value: make() }
      return made.value
    },
    subscribe: changes.subscribe,
    close() {
      for (const end of ends) end()
    },
  }
}
