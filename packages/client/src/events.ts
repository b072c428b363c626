import { type EventPayloads, messageEvents, userEvents } from './generated/events.generated.ts'

export type EventName = keyof EventPayloads
/** Events that are of no room, or for the user alone. */
export type UserEventName =
  | Exclude<
      { [Name in EventName]: EventPayload<Name> extends { room_id: string } ? never : Name }[EventName],
      'room_joined'
    >
  | (typeof userEvents)[number]
export type EventPayload<Name extends EventName> = EventPayloads[Name]

/** An event from the server, with the payload of its name. */
export type ReceivedEvent<Names extends EventName = EventName> = {
  [Name in Names]: { event: Name; data: EventPayloads[Name] }
}[Names]

/** Handlers by event name. */
export type Handlers<Result> = { readonly [Name in EventName]?: (data: EventPayloads[Name]) => Result }

export function handle<Name extends EventName, Result>(
  handlers: Handlers<Result>,
  { event, data }: ReceivedEvent<Name>,
): Result | undefined {
  return handlers[event]?.(data)
}

/** The server validates what it sends against the contracts, so the client does not validate it again. */
export const isReceived = (received: { event: string; data: object }): received is ReceivedEvent =>
  received.event !== ''

/** Events whose `seq` is not a position in the room's log. */
const unloggedEvents: ReadonlySet<string> = new Set(['room_position', 'message_received', 'room_joined'])

/** The event's position in the room's log; null for one that is not stored. */
export function seqOf(event: string, data: object): number | null {
  return 'seq' in data && typeof data.seq === 'number' && !unloggedEvents.has(event) ? data.seq : null
}

const namesForUser: ReadonlySet<string> = new Set(userEvents)
/** Whether the event is for the user, wherever they are, and not for those in a room. */
export const isForUser = ({ event, data }: ReceivedEvent): boolean => !('room_id' in data) || namesForUser.has(event)

const messageNames: ReadonlySet<string> = new Set(messageEvents)
export const isMessage = (
  received: ReceivedEvent,
): received is Extract<ReceivedEvent, { event: (typeof messageEvents)[number] }> => messageNames.has(received.event)
