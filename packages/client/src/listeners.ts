import type { EventName, EventPayload, ReceivedEvent } from './events.ts'
import { reportErrors } from './report-errors.ts'

/** The listeners of a room's events. */
export type Listeners = {
  /** The returned function removes the listener. */
  on<Name extends EventName>(event: Name, listener: (payload: EventPayload<Name>) => void): () => void
  tell(received: ReceivedEvent): void
}

export function createListeners(): Listeners {
  const listeners = new Set<(received: ReceivedEvent) => void>()
  return {
    on(event, listener) {
      const filtered = (received: ReceivedEvent) => {
        if (isOf(received, event)) listener(received.data)
      }
      listeners.add(filtered)
      return () => void listeners.delete(filtered)
    },
    tell(received) {
      for (const listener of listeners) reportErrors(() => listener(received))
    },
  }
}

const isOf = <Name extends EventName>(
  received: ReceivedEvent,
  event: Name,
): received is ReceivedEvent & { event: Name; data: EventPayload<Name> } => received.event === event
