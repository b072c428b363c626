import type { EventPayloads } from './wire.generated.ts'

export type EventName = keyof EventPayloads
export type EventPayload<Name extends EventName> = EventPayloads[Name]
