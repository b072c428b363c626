import type { EventEmitter } from 'node:events'

/**
 * Puts the listeners of an emitter into a new table. A table of names keeps the size that it once had until all listeners
 * are taken off at once: Node's HTTP server puts some twenty on a socket that later is a WebSocket's, and their table takes
 * 0.8 KiB for as long as the connection lasts.
 */
export function shrinkListeners(emitter: EventEmitter): void {
  const listeners = emitter.eventNames().flatMap((name) => emitter.rawListeners(name).map((each) => [name, each]))
  emitter.removeAllListeners()
  for (const each of listeners) Reflect.apply(emitter.on, emitter, each)
}
