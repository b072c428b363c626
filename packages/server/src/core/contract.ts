import type { z } from 'zod'
import type { Profile } from './caller.ts'
import type { Failure } from './error.ts'
import type { Limit } from './rate.ts'
import type { ForKeys } from './scope.ts'
import type { Sign } from './sign.ts'
import type { Upcast } from './stored.ts'
import type { JsonText } from './json.ts'

export { attachedBytes, boundedText, plainText, tooLarge, withPlainCharacters } from './text/schemas.ts'

/**
 * One REST path of an action. `accepts` replaces the action's input where the document shows another shape; it parses
 * to the same value. Path parameters (`:room_id`) and the query string are merged over the body before parsing.
 */
export type HttpRoute<I = unknown> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: `/${string}`
  status?: 200 | 201
  accepts?: z.ZodType<I>
  /** The input's field that a bearer token may supply: on this path the token does not identify the caller. */
  bearer?: string
}

/** One Socket.IO event name of an action; `accepts` as above. */
export type SocketEvent<I = unknown> = { event: string; accepts?: z.ZodType<I> }

/**
 * What the wire says about one action.
 * `caller`: `anyone` needs no token; `labelled` becomes a guest by the input's label without one; `user` needs one; `admin`
 * needs that of an administrator.
 */
export type ActionContract = Called & Making

/**
 * What happens when a client sends a POST again because its answer was lost. `appends`: `client_id`, or `Idempotency-Key`,
 * identifies the repeat. `creates: 'resource'`: a signed-in caller's `Idempotency-Key` does, and what the first call created
 * is answered as it is now. `creates: 'secret'`: the answer carries a secret that is never stored, so each call creates
 * another. `creates: 'event'`: what is told to others and not stored, so each call tells it again. An action that answers 201
 * must say which.
 */
type Making =
  | { appends: true; creates?: never }
  | { appends?: never; creates: 'resource' | 'secret' | 'event' }
  | { appends?: never; creates?: never; http?: readonly (HttpRoute & { status?: 200 })[] }

type Called = ForKeys & {
  summary: string
  input: z.ZodType
  output: z.ZodType
  http?: readonly HttpRoute[]
  socket?: readonly SocketEvent[]
  caller: 'anyone' | 'labelled' | 'user' | 'admin'
  limit: Limit
  /** Codes beyond those that every action may answer (malformed, missing_fields, validation_error, rate_limited, internal ...). */
  errors: readonly Failure[]
  /** Permissions that its `allow` rule checks, for docs/permissions.md. */
  permissions?: readonly NamedPermission[]
  /**
   * How it keeps its order with other calls of its connection in the same room, if it names one. `holds`: those that
   * follow wait until it has ended (rule CO3). `passes`: it waits only for calls that hold (rule CO4).
   */
  order?: 'holds' | 'passes'
}

/** Something that only some roles may do; `text` describes it to people. The rooms feature knows more of roles. */
export type NamedPermission = { readonly name: string; readonly text: string; readonly who: readonly string[] }

export const defineActions = <const T extends Record<string, ActionContract>>(actions: T): T => actions

export type Input<C extends ActionContract> = z.output<C['input']>
export type Output<C extends ActionContract> = z.input<C['output']>

/** The same from a client's view: what it may send, and what it gets. */
export type ClientInput<C extends ActionContract> = z.input<C['input']>
export type ClientOutput<C extends ActionContract> = z.output<C['output']>

/**
 * Who in a room sees an entry: everyone, moderators, one user, the members who read a language (a BCP 47 tag), or the event
 * streams of everyone who may read the room. A type declares it, or says how it follows from the entry.
 */
export type Audience = 'room' | 'moderators' | `user:${string}` | `lang:${string}` | 'streams'

/** A stored event as its readers get it. `body` is JSON text; '' after redaction or pruning. `actor` is a user's num, 0 for none. */
export type StoredEvent = {
  room: number
  seq: number
  type: string
  v: number
  actor: number
  client_id: string | null
  body: string
  at: number
}

export type RoomFacts = { num: number; id: string; kind: string }

/** A stretch of time, in ms since 1970: from `from` to before `until`. */
export type Slot = { readonly from: number; readonly until: number }

/**
 * What an encoder may use beside the stored data. Asking for something that its type does not declare throws, because the
 * cached text would still be sent after it had changed (rule EN2 of the room).
 */
export type EncodeContext = {
  readonly room: RoomFacts
  /** The profile of the event's actor, as JSON text. */
  readonly actor: string
  /** The profile of someone whom the type's `people` names, as JSON text. */
  person(user: number): string
  /** The JSON text that the loader of this name has for the event; null if it has none or was not called. */
  loaded(name: string): string | null
  /** The current time, rounded to the type's `slot_ms`. */
  readonly slot: Slot
  /** What the commit gave for the live form of the event alone (rule EN4 of the room); null in all other forms. */
  readonly live: string | null
  /** Signs links (`linkQuery` in `link.ts`). */
  readonly sign: Sign
}

/** What makes an encoded text stale, besides a change of the actor's profile. */
export type EncodeNeeds<Stored> = {
  /** The others (nums) whose profiles are in the text. */
  people?: (stored: Stored) => readonly number[]
  /** The text is valid until the end of its slot of this many ms; absent: it does not depend on the time. */
  slot_ms?: number
}

/**
 * Data outside the log, which the loader of this name reads for all events of a page at once. `page`: only for
 * events in a page or snapshot, as it is by then; when the event happens there is no such data yet.
 */
export type Load = { name: string; when: 'page' | 'always' }

/** One event type of the log, whose events clients hear under names that the type fixes. */
export type EventType = StoredType & {
  wire: (roomKind: string) => string
  /** All names that `wire` can answer, for the generated documents. */
  wires: readonly string[]
  nameIn?: never
}

/**
 * One whose events clients hear under a name that stands in the entry, because whoever caused the event chose it. Only event
 * streams get it: there a client says which names it listens to, so that others reach none of its code (rule V6 of the room).
 */
export type EntryNamedType = StoredType & {
  /** Throws where the body has no such name: the event is unreadable then. */
  nameIn: (event: StoredEvent) => string
  audience: 'streams'
  history: false
  wires?: never
}

export type AnyEventType = EventType | EntryNamedType

/**
 * What every type of the log says. `name` is stored (`messages.sent`), not what clients hear.
 * `encode` makes the payload's JSON text from the stored one. It runs again only after a change of something that it declares to
 * need has changed.
 */
type StoredType = EncodeNeeds<StoredEvent> & {
  name: string
  v: number
  /** Upgrades a body of the older version `v` to this version (core rule SD2). */
  upcast?: Upcast
  summary: string
  body: z.ZodType
  payload: z.ZodType
  /** A function gets the event with its body in the current version. */
  audience: Audience | ((event: StoredEvent) => Audience)
  /** Milliseconds for which a row's body is kept; null: as long as the room. */
  retention_ms: number | null
  /** Whether the event begins an item of the room's history, which snapshots (the last 50) and pages show. */
  history: boolean
  item?: ItemView
  loads?: readonly Load[]
  encode: (event: StoredEvent, context: EncodeContext) => string
}

/**
 * A record as its readers get it. `value` is JSON text of the version `v` of its type, null once it was removed; `seq`,
 * `at` (ms) and `actor` (a user's num; 0: the server, or not known) are of its last change.
 */
export type StoredRecord = {
  type: string
  key: string
  seq: number
  v: number
  value: string | null
  actor: number
  at: number
}

/**
 * One record type of a room's table. `wire` names the documented event that is sent instead of `record_changed`, with
 * `room_id`, `key` and `seq` in front of the whole value (or `deleted`).
 */
export type RecordType = {
  name: string
  v: number
  /** Upgrades a value of the older version `v` to this version (core rule SD2). */
  upcast?: Upcast
  summary: string
  value: z.ZodType
  /**
   * How much of the room's bounds on records there may be when one of this type is added (rule C9 of the room). `half`: for
   * records that members cause, one each or more. `all`: for those that keep order, and those that the feature limits itself.
   */
  mayFill: 'half' | 'all'
  /** A function of the key, which a removed record keeps: so whoever saw it sees that it is gone. */
  audience: Audience | ((record: Pick<StoredRecord, 'key'>) => Audience)
  wire?: string
  shows?: RecordView
}

/**
 * The view of a record that clients get instead of the stored value: an object of this schema, as JSON text.
 * Its changes then carry the whole view, because changes of the value do not say which parts of the view changed.
 */
export type RecordView = EncodeNeeds<StoredRecord> & {
  schema: z.ZodObject
  encode: (record: StoredRecord & { value: string }, context: Omit<EncodeContext, 'loaded' | 'live'>) => JsonText
}

/**
 * For an event that carries new content of a history item which an earlier event began (an edit): how a page or snapshot
 * shows the item, under the name of its first event. `position` is the seq of that event.
 */
export type ItemView = {
  wire: (roomKind: string) => string
  encode: (event: StoredEvent, context: EncodeContext, position: number) => string
}

/** The mark in a schema's `meta` where the documents list the records of each type. */
export const recordMark = 'x-record'

/**
 * An event that is sent and never stored. `to`: everyone who receives the room, all connections of a user, or all there are,
 * in each case event streams too; or one connection, which is never a stream.
 */
export type EphemeralType = {
  name: string
  summary: string
  payload: z.ZodType
  to: 'room' | 'user' | 'all' | 'connection'
  /** Of those in the room; absent: everyone. */
  audience?: Audience | ((payload: object) => Audience)
  /** The field of the payload that holds its one binary attachment (rules BE1 to BE3 of the room). It is never on streams. */
  binary?: string
}

/**
 * A named slot of presence: one value for each connection in a room, which lasts as long as the connection is attached. Each
 * feature has slots of its own, so they do not erase each other (rule SL1 of the room).
 */
export type SlotType = {
  name: string
  summary: string
  /** The value, any JSON but null, which clears it. */
  value: z.ZodType
  /** UTF-16 units of a value's JSON, at most; a larger one answers `too_large`. */
  size: number
  /** Updates that a connection may make per second, in all its rooms; over it they answer `rate_limited`. */
  perSecond: number
  /** Who receives the values of this user. It does not depend on the value, else who sees a value might not see its end. */
  audience: Audience | ((of: { user_id: string }) => Audience)
  /** Ms after which a value lapses unless it is set again. */
  lapses_ms?: number
  /** A documented event that is sent in place of `presence_changed`. */
  says?: { event: string; payload: (of: { room_id: string; user: Profile; isSet: boolean }) => object }
}

/** A bound that docs/config.md lists. `perAddress`: it counts by address, and RATE_LIMIT_FACTOR multiplies it. */
export type LimitRow = { readonly value: number; readonly perAddress?: true; readonly help: string }

/** Bounds on sizes and times that clients know too, by the clients' names for them; `text` says what is bounded, and the unit. */
export type Bounds = Readonly<Record<string, { value: number; text: string }>>
