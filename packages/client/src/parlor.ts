import { createClient } from './client.ts'
import { surroundings } from './browser.ts'
import { realTime } from './time.ts'
import type { ConnectOptions, Parlor } from './types.ts'

export { ParlorError } from './error.ts'
export type { ActionInput, ActionName, ActionOutput } from './actions.ts'
export type { EventName, EventPayload } from './events.ts'
export type * from './generated/shapes.generated.ts'
export type { Keep } from './connection/storage.ts'
export type { Store } from './store.ts'
export type * from './types.ts'

/** Connects a user to a server; restores the session in the storage. */
export function connect(options: ConnectOptions = {}): Parlor {
  return createClient(options, surroundings(), realTime)
}
