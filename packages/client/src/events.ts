import { type EventPayloads, messageEvents } from './generated/events.generated.ts'

export type EventName = keyof EventPayloads
export type EventPayload<Name extends EventName> = EventPayloads[Name]

/** One thing that was heard, by its name. */
export type Heard<Names extends EventName = EventName> = {
  [Name in Names]: { event: Name; data: EventPayloads[Name] }
}[Names]

/** What is to be done about what is heard, by its name. */
export type Handlers<Result> = { readonly [Name in EventName]?: (data: EventPayloads[Name]) => Result }

export function handle<Name extends EventName, Result>(
  handlers: Handlers<Result>,
  { event, data }: Heard<Name>,
): Result | undefined {
  return handlers[event]?.(data)
}

/** What is said under a name is what the contracts say: the server checks what it sends, the client takes it as it is. */
export const isHeard = (heard: { event: string; data: object }): heard is Heard => heard.event !== ''

/** Carry a `seq` and are not part of the room's sequence. */
const beside: ReadonlySet<string> = new Set(['room_position', 'message_received', 'room_joined'])

/** Where in the room's sequence an event stands; null: it is not stored. */
export function seqOf(event: string, data: object): number | null {
  return 'seq' in data && typeof data.seq === 'number' && !beside.has(event) ? data.seq : null
}

const messageNames: ReadonlySet<string> = new Set(messageEvents)
export const isMessage = (heard: Heard): heard is Extract<Heard, { event: (typeof messageEvents)[number] }> =>
  messageNames.has(heard.event)
