import type { ConnectOptions, Parlor } from './types.ts'

export { ParlorError } from './error.ts'
export type { ActionInput, ActionName, ActionOutput } from './actions.ts'
export type { EventName, EventPayload } from './events.ts'
export type { Keep } from './storage.ts'
export type { Store } from './store.ts'
export type * from './types.ts'

export declare function connect(options?: ConnectOptions): Parlor
