import type { ActionInput, ActionOutput, Call, Methods } from './actions.ts'
import type { EventName, EventPayload, UserEventName } from './events.ts'
import type { ParlorError } from './error.ts'
import type { RecordValues } from './generated/records.generated.ts'
import type { Languages, Message, Person, PresenceSlots, RoomInfo } from './generated/shapes.generated.ts'
import type { Mark } from './room/marks.ts'
import type { Keep } from './connection/storage.ts'
import type { Store } from './store.ts'

export type { Mark, Message, Person, RoomInfo }

export type ConnectOptions = {
  /**
   * The server's URL, such as `https://parlor.example` or `https://example.org/parlor`; a path alone, or nothing, means
   * the host of the page.
   */
  url?: string
  /** An access token to start with, instead of the one in the storage. */
  token?: string
  /**
   * Where tokens and unsent messages are stored: `local` (localStorage, the default in browsers), `memory` (the default
   * elsewhere), or your own.
   */
  storage?: 'local' | 'memory' | Keep
  /** Maximum messages kept per room; default 400. */
  windowSize?: number
  /** Whether the server tells changes of the user's rooms: `createFeed` of `@parlor/client/feed` needs it. Default false. */
  feed?: boolean
}

/** A user's connection to a server. */
export type Parlor = {
  readonly state: Store<ConnectionState>
  /** The signed-in user; null: nobody. */
  readonly me: Store<Me | null>
  readonly auth: Auth
  /** Calls any action by its name: over the socket if it has an event and the socket is connected, else over REST. */
  readonly call: Call
  /**
   * For requests that are no action: calls `run` with the server's URL and the user's access token (null: nobody is signed
   * in), and once more with a newer token if it rejects with a ParlorError about that one.
   */
  withToken<Result>(run: (url: string, token: string | null) => Promise<Result>): Promise<Result>
  readonly rooms: Omit<Methods<'rooms'>, 'attach' | 'detach' | 'typing' | 'presence' | 'signal' | 'join' | 'leave'>
  /** Marks of the user that the server has not confirmed, by room; the feed shows them already. */
  readonly marks: Store<ReadonlyMap<string, Mark>>
  /** Everything in all rooms of the user is read; rejects with ParlorError. */
  markAllRead(): Promise<void>
  /** Whether the client was made with `feed: true`. */
  readonly hasFeed: boolean
  /** Subscribes to an event that is of no room. Returns a function that unsubscribes. */
  on<Name extends UserEventName>(event: Name, hear: (payload: EventPayload<Name>) => void): () => void
  /** Joins a room and stays in it, across reconnects, until `detach`. The same room is the same object. */
  join(room_id: string, access?: WayIn): Room
  /** Closes the connection; unsent messages stay in the storage for the next client. */
  close(): void
}

/** The password or invitation for a room that is not open to all. */
export type WayIn = { password?: string; invite?: string }

export type ConnectionState = {
  /** `offline`: the browser reports no network. `signed_out`: nobody is signed in, and there is no connection. */
  phase: 'connecting' | 'online' | 'reconnecting' | 'offline' | 'signed_out'
  /** When the phase began, in ms since 1970. */
  since: number
  /** The time of the next attempt, in ms since 1970; null: an attempt is running, or none is needed. */
  retry_at: number | null
  /** The user's messages, in all rooms, that are neither stored nor failed. */
  queued: number
}

export type Me = {
  id: string
  username: string
  email: string | null
  guest: boolean
  /** Administers the server; false until it is known. */
  admin: boolean
  avatar_url: string | null
  /** Null until it is known: an access token does not contain it. */
  created_at: string | null
}

export type Role = 'host' | 'cohost' | 'member' | 'guest' | 'sent_out' | 'visitor' | (string & {})

/** A joined room. */
export type Room = {
  readonly id: string
  readonly state: Store<RoomState>
  readonly messages: Messages
  /** Users present in the room. */
  readonly presence: Store<Presence>
  /** Other users who are typing; each lapses after 6 s. */
  readonly typing: Store<readonly Person[]>
  /** The records of one type by key; the same type is the same store. */
  records<Type extends string>(type: Type): Store<RecordsByKey<Type>>
  /**
   * Queues a message of at most 20,000 UTF-16 units: it is shown at once and sent, in order, until the server has
   * stored it. With files (at most 10, of `upload` in `@parlor/client/files`) it may have no text; `later`: it waits for
   * `setFiles`.
   */
  send(content: string, options?: { reply_to?: string; file_ids?: FileIds }): Sending
  /** Gives a message that waits for its files their ids: it is sent with them. */
  setFiles(client_id: string, file_ids: readonly string[]): void
  /** Tells others that the user is typing, at most every 3 s; `false` ends it. Does nothing while disconnected. */
  setTyping(typing: boolean): void
  /** This connection's own state, which others see in `presence`; null clears it. Survives reconnects. */
  setState(state: Readonly<Record<string, unknown>> | null): void
  /** The same in another presence slot; slots do not change each other. */
  setSlot<Name extends keyof PresenceSlots>(slot: Name, value: PresenceValues[Name] | null): void
  /**
   * Sets the languages that the user speaks and reads in this room, as BCP 47 tags, the preferred first. Only the user's own
   * clients are told; with others to read, the records and events of the room are replaced by what is for the user now.
   */
  setLanguages(languages: Languages): Promise<void>
  /**
   * The user has read everything up to this seq; `clearUnread` removes the mark of `markUnread`, as on opening the room. The
   * server is told at most once a second, also after a reconnect, and a lower seq changes nothing. For members only.
   */
  markRead(seq: number, options?: { clearUnread?: boolean }): void
  /** Marks the room as unread from this seq on, for the user alone. */
  markUnread(seq: number): void
  /** Sends data to a peer, to all peers of a user, or, without `to`, to everyone else in the room. */
  signal(name: string, data: unknown, to?: string): Promise<void>
  /**
   * Subscribes to an event of this room. Stored events arrive in order and once each, live or recovered; others only
   * live. Returns a function that unsubscribes.
   */
  on<Name extends EventName>(event: Name, hear: (payload: EventPayload<Name>) => void): () => void
  /** Joins again after `refused`, `denied`, `removed`, `closed` or `left`; with new `access`, or as before. */
  retry(access?: WayIn): void
  /** Ends delivery and forgets the room; the user stays a member. Unsent messages are still sent. */
  detach(): void
  /** Ends the membership, then detaches. */
  leave(): Promise<void>
}

export type RoomState = {
  /**
   * `joining`: for the first time; `waiting`: for admission; `live`; `catching_up`: was live, and the connection is
   * lost or recovering; `refused`, `denied`, `removed`, `closed`, `left`: not in the room, `error` says why.
   */
  phase: 'joining' | 'waiting' | 'live' | 'catching_up' | 'refused' | 'denied' | 'removed' | 'closed' | 'left'
  /** Null until it is known. A waiting user knows only the name: see `waiting_for`. */
  room: RoomInfo | null
  waiting_for: { id: string; name: string } | null
  /** `joined_at` is null in the lobby; `languages` is null for a member who named none. */
  me: { user_id: string; peer_id: string; role: Role; joined_at: string | null; languages: Languages | null } | null
  member_count: number
  error: ParlorError | null
}

export type Messages = Store<MessageWindow> & {
  /**
   * Resolves when the page is in the window; at once if there is none, or a request is already running; rejects with
   * ParlorError.
   */
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
  /** Returns to the newest messages and follows them. */
  jumpToLatest(): Promise<void>
  /** Loads the messages around one, up to 4,000 messages back; false: it was not found. */
  loadAround(id: string): Promise<boolean>
  /**
   * Sets the message that the reader looks at (its `key`), so that a full window drops the farthest ones; null: the
   * newest.
   */
  lookAt(key: string | null): void
}

/** A contiguous part of the room's messages: stored ones by `seq`, then the user's unsent ones. */
export type MessageWindow = {
  items: readonly TimelineItem[]
  hasOlder: boolean
  hasNewer: boolean
  /** The number of messages that arrived while the window was not at the newest end; they are not in it. */
  unseen: number
  /** Grows whenever the window starts over: after a gap, `jumpToLatest`, `loadAround`. */
  generation: number
}

/** A message in the window. */
export type TimelineItem = {
  /** Stays the same from writing on, also when the message is stored, and across reloads. */
  key: string
  status: SendingStatus
  /** Why sending failed. */
  error: { code: string; text: string } | null
  /**
   * Stored: the server's message. Not yet: `id` and `seq` are null, `sender` is the user, `created_at` this machine's
   * time.
   */
  message: Message | UnsentMessage
  /** For the user's own failed message: sends it again. Else null. */
  retry: (() => void) | null
  /** Removes the user's own message, if it failed or waits for its files. Else null. */
  discard: (() => void) | null
}

export type UnsentMessage = Omit<Message, 'id' | 'seq'> & { id: null; seq: null; file_ids: FileIds }

/** Files of a message by their ids; `later`: they are not uploaded yet. */
export type FileIds = readonly string[] | 'later'

/**
 * `waiting`: for its files. `queued`: for the connection or for an earlier message. `failed`: the server refused it for
 * good.
 */
export type SendingStatus = 'waiting' | 'queued' | 'sending' | 'sent' | 'failed'

export type Sending = {
  client_id: string
  status: Store<{ phase: SendingStatus; code: string | null }>
  /**
   * Resolves with the stored message; rejects with ParlorError when it failed or was discarded. Does not settle if
   * another user signs in first: the message then waits in the storage for its author.
   */
  stored: Promise<Message>
}

export type Presence = {
  /** One entry per user, the own one included. Empty above 100 present users: then only `count` is known. */
  people: readonly PresentPerson[]
  count: number
}
/** `peers`: connections that have set a value. A signal to the user id reaches all connections of a present user. */
export type PresentPerson = {
  user: Person
  peers: readonly {
    peer_id: string
    state: PresenceValues['app'] | null
    slots: PresenceValues
  }[]
}
/** Values of presence slots by name; `state` is that of `app`. Absent or null: none. */
export type PresenceValues = { readonly [Name in keyof PresenceSlots]?: PresenceSlots[Name] | null }

export type RoomRecord<Value = AnyRecordValue> = { seq: number; value: Value }
type AnyRecordValue = Readonly<Record<string, unknown>>
/** The value type of a record type; a type that the contracts do not name has the general type. */
export type RecordValue<Type extends string> = Type extends keyof RecordValues
  ? Readonly<RecordValues[Type]>
  : AnyRecordValue
export type RecordsByKey<Type extends string> = ReadonlyMap<string, RoomRecord<RecordValue<Type>>>

/** Signing in and out. Each rejects with ParlorError. */
export type Auth = {
  guest(input: ActionInput<'identity.signInGuest'>): Promise<Me>
  /** Gives the server to its first administrator, with the token of the address that it printed. */
  setUp(input: ActionInput<'identity.setUp'>): Promise<Me>
  /** A guest who registers keeps the id, rooms and messages. */
  register(input: ActionInput<'identity.register'>): Promise<Me>
  login(input: ActionInput<'identity.login'>): Promise<Me>
  /** Ends the session on the server if it can be reached, and here in any case; unsent messages are discarded. */
  logout(): Promise<void>
  /** Gets a new access token now, instead of shortly before it expires. */
  refresh(): Promise<void>
  /** Gets the user from the server. */
  reload(): Promise<Me>
  updateMe(input: ActionInput<'identity.updateMe'>): Promise<Me>
  changePassword(input: ActionInput<'identity.changePassword'>): Promise<ActionOutput<'identity.changePassword'>>
  deleteAccount(input?: ActionInput<'identity.deleteAccount'>): Promise<void>
  sessions(): Promise<ActionOutput<'identity.sessions'>>
  revokeSession(input: ActionInput<'identity.revokeSession'>): Promise<void>
  /** Makes an API key, whose `key` is told this once: for programs that act as the user. */
  createKey(input: ActionInput<'identity.createKey'>): Promise<ActionOutput<'identity.createKey'>>
  keys(): Promise<ActionOutput<'identity.keys'>>
  revokeKey(input: ActionInput<'identity.revokeKey'>): Promise<void>
  /** Ends all sessions except this one. */
  revokeOthers(): Promise<ActionOutput<'identity.revokeOtherSessions'>>
}
