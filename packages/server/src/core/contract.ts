import { z } from 'zod'
import type { Failure } from './error.ts'
import type { Limit } from './rate.ts'
import type { Upcast } from './stored.ts'
import type { JsonText } from './json.ts'

/**
 * One REST path of an action. `accepts` replaces the action's input where the document shows another shape; it parses
 * to the same value. Path parameters (`:room_id`) and the query string are merged over the body before parsing.
 */
export type HttpDoor<I = unknown> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: `/${string}`
  status?: 200 | 201
  accepts?: z.ZodType<I>
  /** The input's field that a bearer token may stand for: here it does not say who calls. */
  bearer?: string
}

/** One Socket.IO event name of an action; `accepts` as above. */
export type SocketDoor<I = unknown> = { event: string; accepts?: z.ZodType<I> }

/**
 * What the wire says about one action.
 * `caller`: `anyone` also without a token; `labelled` without one becomes a guest by the input's label; `user` needs one.
 */
export type ActionContract = Called & Making

/**
 * What comes of sending a POST again whose answer was lost. `appends`: `client_id`, or `Idempotency-Key` in its place,
 * makes it recognizable. `creates: 'resource'`: a signed-in caller's `Idempotency-Key` does, and what the first one made
 * is answered as it is now. `creates: 'secret'`: the answer carries what is told once and never kept, so each makes
 * another. What answers 201 says which.
 */
type Making =
  | { appends: true; creates?: never }
  | { appends?: never; creates: 'resource' | 'secret' }
  | { appends?: never; creates?: never; http?: readonly (HttpDoor & { status?: 200 })[] }

type Called = {
  summary: string
  input: z.ZodType
  output: z.ZodType
  http?: readonly HttpDoor[]
  socket?: readonly SocketDoor[]
  caller: 'anyone' | 'labelled' | 'user'
  limit: Limit
  /** Codes beyond those that every action may answer (malformed, missing_fields, validation_error, rate_limited, internal ...). */
  errors: readonly Failure[]
  /** Permissions that its rule asks for, for the document of who may do what. */
  permissions?: readonly NamedPermission[]
}

/** One thing that not everyone may do, and the roles that may; `text` says it to people. Of roles the rooms feature knows more. */
export type NamedPermission = { readonly name: string; readonly text: string; readonly who: readonly string[] }

export const defineActions = <const T extends Record<string, ActionContract>>(actions: T): T => actions

export type Input<C extends ActionContract> = z.output<C['input']>
export type Output<C extends ActionContract> = z.input<C['output']>

/** The same from where a client stands: what it may say, and what it is answered. */
export type Asked<C extends ActionContract> = z.input<C['input']>
export type Answered<C extends ActionContract> = z.output<C['output']>

/** Who of a room receives an event or record. */
export type Audience = 'room' | 'moderators' | `user:${string}` | `lang:${string}`

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
 * What an encoder may use beside what is stored. Asking for what its type does not declare throws, for it would be kept
 * and sent after it had changed (rule EN2 of the room).
 */
export type EncodeContext = {
  readonly room: RoomFacts
  /** The profile of who did it, as JSON text. */
  readonly actor: string
  /** The profile of someone whom the type's `people` names, as JSON text. */
  person(user: number): string
  /** The JSON text that the loader of this name has for the event; null where it has none, or was not asked. */
  loaded(name: string): string | null
  /** The time, as exactly as the type's `slot_ms` says. */
  readonly slot: Slot
  /** A keyed hash of the text, the same on every node, for links that the server itself checks. */
  sign(text: string): string
}

/** What makes the text that an encoder made stale, beside another profile of the actor. */
export type EncodeNeeds<Stored> = {
  /** The others (nums) whose profiles are in the text. */
  people?: (stored: Stored) => readonly number[]
  /** The text holds until the end of its slot of so many ms; absent: it does not depend on the time. */
  slot_ms?: number
}

/**
 * What stands outside the log and is read for all events of a page at once, by the loader of this name. `page`: only for
 * an event that is shown in a page or snapshot, as it is by now; as it happens there is nothing yet.
 */
export type Load = { name: string; when: 'page' | 'always' }

/**
 * One event type of the log. `name` is stored (`messages.sent`), `wire(kind)` is what clients hear.
 * `encode` makes the payload's JSON text from the stored one. It is asked again only when something that it declares to
 * need has changed.
 */
export type EventType = EncodeNeeds<StoredEvent> & {
  name: string
  v: number
  /** Makes a body of version `v`, which is older, one of this version (core rule SD2). */
  upcast?: Upcast
  summary: string
  body: z.ZodType
  payload: z.ZodType
  wire: (roomKind: string) => string
  /** All names that `wire` can answer, for the generated documents. */
  wires: readonly string[]
  audience: 'room' | 'moderators'
  /** Milliseconds that a row's body is kept; null: as long as the room. */
  retention_ms: number | null
  /** Begins an item of the room's history: of a snapshot's last 50 and of pages. */
  history: boolean
  item?: ItemView
  loads?: readonly Load[]
  encode: (event: StoredEvent, context: EncodeContext) => string
}

/**
 * A record as its readers get it. `value` is JSON text, null once it was removed; `seq`, `at` (ms) and `actor` (a user's
 * num; 0: the server, or not known) are of its last change.
 */
export type StoredRecord = {
  type: string
  key: string
  seq: number
  value: string | null
  actor: number
  at: number
}

/**
 * One record type of a room's table. `wire` names the documented event that it speaks instead of `record_changed`, with
 * `room_id`, `key` and `seq` in front of the whole value (or `deleted`).
 */
export type RecordType = {
  name: string
  v: number
  summary: string
  value: z.ZodType
  audience: 'room' | 'moderators'
  wire?: string
  shows?: RecordView
}

/**
 * What the wire shows of a record where that is not the value as it is stored: an object of this schema, as JSON text.
 * Its changes then carry it whole, for what of it has changed does not follow from what of the value has.
 */
export type RecordView = EncodeNeeds<StoredRecord> & {
  schema: z.ZodObject
  encode: (record: StoredRecord & { value: string }, context: Omit<EncodeContext, 'loaded'>) => JsonText
}

/**
 * Of an event that carries the content of a history item which another began (an edited message): how a page or snapshot
 * shows the item, under the name that its first event has. `position` is that one's seq.
 */
export type ItemView = {
  wire: (roomKind: string) => string
  encode: (event: StoredEvent, context: EncodeContext, position: number) => string
}

/** In the `meta` of the schema of a record of any type: there the documents say what those of each type are. */
export const recordMark = 'x-record'

/**
 * An event that is sent and never stored. `to`: everyone who receives a room, event streams too, or one connection alone,
 * which streams are not.
 */
export type EphemeralType = { name: string; summary: string; payload: z.ZodType; to: 'room' | 'connection' }

/** A bound that operators read of in docs/config.md. `perAddress`: it counts by address, and RATE_LIMIT_FACTOR multiplies it. */
export type LimitRow = { readonly value: number; readonly perAddress?: true; readonly help: string }

/** Bounds on sizes and times that clients know too, by the names under which they know them; `text` says of what, and the unit. */
export type Bounds = Readonly<Record<string, { value: number; text: string }>>

/** The issue of what is over its limit: it answers `too_large` instead of `validation_error`. */
export const tooLarge = (limit: number, of = 'characters') => ({
  code: 'custom' as const,
  message: `This is longer than ${limit} ${of}`,
  params: { code: 'too_large', limit },
})

/** A text of at most `limit` UTF-16 units; a longer one answers `too_large` instead of `validation_error`. */
export const boundedText = (limit: number) =>
  z
    .string()
    .superRefine((text, check) => {
      if (text.length > limit) check.addIssue(tooLarge(limit))
    })
    .meta({ maxLength: limit })

/**
 * A text without control characters, of which PostgreSQL keeps no NUL, and without U+FFFD, which stands for what was lost
 * on the way: two different ids could become one. As a pattern that other languages' validators read too.
 */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const withoutControls = /^[^\u0000-\u001f\u007f-\u009f\ufffd]*$/u

/** The same of any length, for what may be empty. */
export const withPlainCharacters = (text: z.ZodString): z.ZodString =>
  text.regex(withoutControls, 'This holds characters that are not allowed')

/**
 * A text of 1 to `max` UTF-16 units that every database keeps as it is. For names (`trim` them) and for ids that come
 * from outside.
 */
export const plainText = (max: number, { trim = false } = {}) =>
  withPlainCharacters(
    (trim ? z.string().trim() : z.string())
      .min(1, 'This must not be empty')
      .max(max, `This must not be longer than ${max} characters`),
  )
