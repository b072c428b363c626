import { Multimap } from '../../core/collections/multimap.ts'
import type { Bus, Messages, Topic } from './bus.ts'

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

function createTopic<Key, Message>(): Topic<Key, Message> {
  const handlers = new Multimap<Key, (message: Message) => void>()
  const confirmed = Promise.resolve()
  return {
    publish(key, message) {
      for (const handler of handlers.get(key)) handler(message)
    },
    subscribe(key, handler) {
      const own = (message: Message) => handler(message)
      handlers.add(key, own)
      return { confirmed, close: () => handlers.delete(key, own) }
    },
  }
}
