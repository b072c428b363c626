import type { Addressed, Bus } from './bus.ts'

/** A bus inside one process. Servers that are handed the same one are nodes of one cluster. Handlers run in `publish`. */
export function createMemoryBus<T extends Addressed>(): Bus<T> {
  const rooms = new Map<number, Set<(batch: T) => void>>()
  const confirmed = Promise.resolve()
  return {
    publish(batch) {
      const handlers = rooms.get(batch.room.num)
      if (handlers) for (const handler of handlers) handler(batch)
    },
    subscribe(room, handler) {
      const own = (batch: T) => handler(batch)
      const handlers = rooms.get(room) ?? new Set()
      rooms.set(room, handlers.add(own))
      return {
        confirmed,
        close() {
          handlers.delete(own)
          if (handlers.size === 0 && rooms.get(room) === handlers) rooms.delete(room)
        },
      }
    },
    isUp: () => true,
    onState: () => () => {},
  }
}
