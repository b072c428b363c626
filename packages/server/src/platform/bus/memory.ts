import { Multimap } from '../../core/collections/multimap.ts'
import type { Bus, Handler, Messages, Subscription, Topic } from './bus.ts'

/** A bus inside one process. Servers that are handed the same one are nodes of one cluster. Handlers run in `publish`. */
export function createMemoryBus<M extends Messages>(): Bus<M> {
  return {
    room: createTopic<number, M['room']>(),
    user: createTopic<string, M['user']>(),
    all: createTopic<null, M['all']>(),
    activity: createTopic<number, M['activity']>(),
    isUp: () => true,
    onState: () => () => {},
  }
}

const confirmed = Promise.resolve()

/** An object without closures: each connected user has one for as long as they are. */
class MemorySubscription<Key, Message> implements Subscription {
  readonly #all: Multimap<Key, MemorySubscription<Key, Message>>
  readonly #key: Key
  readonly handler: Handler<Key, Message>

  constructor(all: Multimap<Key, MemorySubscription<Key, Message>>, key: Key, handler: Handler<Key, Message>) {
    this.#all = all
    this.#key = key
    this.handler = handler
    all.add(key, this)
  }

  get confirmed(): Promise<void> {
    return confirmed
  }

  close(): void {
    this.#all.delete(this.#key, this)
  }
}

function createTopic<Key, Message>(): Topic<Key, Message> {
  const all = new Multimap<Key, MemorySubscription<Key, Message>>()
  return {
    publish(key, message) {
      for (const { handler } of all.get(key)) handler(message, key)
    },
    subscribe: (key, handler) => new MemorySubscription(all, key, handler),
  }
}
