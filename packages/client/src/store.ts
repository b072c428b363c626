import { reportErrors } from './report-errors.ts'

/** A changing value: `get` returns the current one, and subscribers are called after changes, once per microtask. */
export type Store<Value> = {
  get(): Value
  /** Calls the function after changes, once for several in one turn. The returned function unsubscribes. */
  subscribe(changed: () => void): () => void
}

export type WritableStore<Value> = Store<Value> & { set(value: Value): void }

export function createStore<Value>(initial: Value): WritableStore<Value> {
  const subscribers = new Set<() => void>()
  let current = initial
  let isTelling = false
  function tell() {
    isTelling = false
    for (const changed of subscribers) reportErrors(changed)
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
      // A new function each time, so that one that subscribed twice can be removed once.
      const subscriber = () => changed()
      subscribers.add(subscriber)
      return () => void subscribers.delete(subscriber)
    },
  }
}

/** A value computed from other stores: on demand, and again only after one of them has changed. */
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
