import type { EventName, EventPayload, Heard } from './events.ts'

/** Those who listen to a room's events. */
export type Listeners = {
  on<Name extends EventName>(event: Name, hear: (payload: EventPayload<Name>) => void): () => void
  tell(heard: Heard): void
}

export function createListeners(): Listeners {
  const listeners = new Set<(heard: Heard) => void>()
  return {
    on(event, hear) {
      const listener = (heard: Heard) => {
        if (isOf(heard, event)) hear(heard.data)
      }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell(heard) {
      for (const listener of listeners) {
        try {
          listener(heard)
        } catch (thrown) {
          // One that fails keeps no other from hearing of it, and is reported as what nobody caught.
          setTimeout(() => {
            throw thrown
          })
        }
      }
    },
  }
}

const isOf = <Name extends EventName>(
  heard: Heard,
  event: Name,
): heard is Heard & { event: Name; data: EventPayload<Name> } => heard.event === event
