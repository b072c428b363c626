import type { ActionInput, ActionOutput, Call, Methods } from './actions.ts'
import type { EventName, EventPayload } from './events.ts'
import type { ParlorError } from './error.ts'
import type { RecordValues } from './generated/records.generated.ts'
import type { Message, Person, RoomInfo } from './generated/shapes.generated.ts'
import type { Keep } from './connection/storage.ts'
import type { Store } from './store.ts'

export type { Message, Person, RoomInfo }

export type ConnectOptions = {
  /** The server, as `https://parlor.example` or `https://example.org/parlor`; a path alone, or nothing, is at the host that the page came from. */
  url?: string
  /** An access token to begin with, instead of what the storage holds. */
  token?: string
  /** Where tokens and unsent messages are kept: `local` (a browser's localStorage; what a browser gets unless told otherwise), `memory`, or your own. */
  storage?: 'local' | 'memory' | Keep
  /** Messages kept of each room; 400. */
  windowSize?: number
}

/** One person's connection to one server. */
export type Parlor = {
  readonly state: Store<ConnectionState>
  /** Who is signed in; null: nobody. */
  readonly me: Store<Me | null>
  readonly auth: Auth
  /** Any action by its name: over the socket where it has an event and the connection is up, else over REST. */
  readonly call: Call
  readonly rooms: Omit<Methods<'rooms'>, 'attach' | 'detach' | 'typing' | 'presence' | 'signal' | 'join' | 'leave'>
  /** Goes into a room and stays in it, over cuts and restarts, until `detach`. The same room is the same object. */
  join(room_id: string, way?: WayIn): Room
  /** Ends everything; what is unsent stays in the storage for the next time. */
  close(): void
}

/** What lets one into a room that is not open to all. */
export type WayIn = { password?: string; invite?: string }

export type ConnectionState = {
  /** `offline`: the browser says that there is no network. `signed_out`: nobody is signed in, nothing is connected. */
  phase: 'connecting' | 'online' | 'reconnecting' | 'offline' | 'signed_out'
  /** Since when, in ms of the clock. */
  since: number
  /** When it is tried again, in ms of the clock; null: it is being tried, or need not be. */
  retry_at: number | null
  /** Own messages of all rooms that are neither stored nor given up. */
  queued: number
}

export type Me = {
  id: string
  username: string
  email: string | null
  guest: boolean
  avatar_url: string | null
  /** Null until it is known: a token alone does not tell. */
  created_at: string | null
}

export type Role = 'host' | 'cohost' | 'member' | 'guest' | 'sent_out' | 'visitor' | (string & {})

/** One room, followed live. */
export type Room = {
  readonly id: string
  readonly state: Store<RoomState>
  readonly messages: Messages
  /** Who is in the room now. */
  readonly presence: Store<Presence>
  /** Others who are typing; each lapses after 6 s. */
  readonly typing: Store<readonly Person[]>
  /** The records of one type by key; the same type is the same store. */
  records<Type extends string>(type: Type): Store<RecordsByKey<Type>>
  /** Puts a message of at most 20,000 UTF-16 units into the outbox: it shows at once and is sent, in order, until the server has it. */
  send(content: string, options?: { reply_to?: string }): Sending
  /** Tells that one is typing, at most every 3 s; `false`: no longer. Quietly nothing while not connected. */
  setTyping(typing: boolean): void
  /** This connection's own state, seen by others in `presence`; null clears it. Kept over reconnects. */
  setState(state: Readonly<Record<string, unknown>> | null): void
  /** Hands something to a peer, to all peers of a user, or, without `to`, to all others. */
  signal(name: string, data: unknown, to?: string): Promise<void>
  /** Hears events of this room: those of its log live and caught up, in order and once each; the others live. Answers how to end it. */
  on<Name extends EventName>(event: Name, hear: (payload: EventPayload<Name>) => void): () => void
  /** Tries again to come in, after `refused`, `denied`, `removed`, `closed` or `left`; with `way`, or as before. */
  retry(way?: WayIn): void
  /** Ends delivery to this connection and forgets the room; one stays a member. Unsent messages go on being sent. */
  detach(): void
  /** Ends the membership, then detaches. */
  leave(): Promise<void>
}

export type RoomState = {
  /**
   * `joining`: for the first time; `waiting`: to be let in; `live`; `catching_up`: was live, the connection is away or coming back;
   * `refused`, `denied`, `removed`, `closed`, `left`: not in it, `error` says why.
   */
  phase: 'joining' | 'waiting' | 'live' | 'catching_up' | 'refused' | 'denied' | 'removed' | 'closed' | 'left'
  /** Null until it is known. Of a room that one waits for, `name` alone is known: see `waiting_for`. */
  room: RoomInfo | null
  waiting_for: { id: string; name: string } | null
  me: { user_id: string; peer_id: string; role: Role } | null
  member_count: number
  error: ParlorError | null
}

export type Messages = Store<MessageWindow> & {
  /** Resolve when the page is in the window, at once when there is none or it is already being loaded; reject with ParlorError. */
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
  /** Shows the newest messages again, and follows them. */
  jumpToLatest(): Promise<void>
  /** Shows what is around a message, up to 4,000 messages back; false: it is not there. */
  loadAround(id: string): Promise<boolean>
  /** Which message the reader looks at (its `key`), so that a full window drops what is far from it; null: the newest. */
  lookAt(key: string | null): void
}

/** A piece of the room's messages without a hole: stored ones by `seq`, behind them one's own that are on their way. */
export type MessageWindow = {
  items: readonly TimelineItem[]
  hasOlder: boolean
  hasNewer: boolean
  /** Messages that came while the window was not at the newest end; they are not in it. */
  unseen: number
  /** Grows whenever the window begins anew: after a hole, `jumpToLatest`, `loadAround`. */
  generation: number
}

/** A message as it is shown. */
export type TimelineItem = {
  /** Stays the same from the moment of writing on, also when the message is stored, and over a reload. */
  key: string
  status: SendingStatus
  /** Why it failed. */
  error: { code: string; text: string } | null
  /** Stored: as the server has it. Not yet: `id` and `seq` are null, `sender` is oneself, `created_at` this machine's time. */
  message: Message | UnsentMessage
  /** Of an own one that failed: sends it again, or takes it out of sight. Else null. */
  retry: (() => void) | null
  discard: (() => void) | null
}

export type UnsentMessage = Omit<Message, 'id' | 'seq'> & { id: null; seq: null }

/** `queued`: waits for the connection or for the one before it. `failed`: the server refused it for good. */
export type SendingStatus = 'queued' | 'sending' | 'sent' | 'failed'

export type Sending = {
  client_id: string
  status: Store<{ phase: SendingStatus; code: string | null }>
  /**
   * Resolves with the stored message; rejects with ParlorError when it failed or was discarded. Does not settle when
   * somebody else signs in first: the message then waits in the storage for its writer.
   */
  stored: Promise<Message>
}

export type Presence = {
  /** By user; oneself too. Empty above 100 present: then `count` alone is known. */
  people: readonly PresentPerson[]
  count: number
}
/** `peers`: the connections that said a state. Whoever is here is reached by a signal to their user id. */
export type PresentPerson = {
  user: Person
  peers: readonly { peer_id: string; state: Readonly<Record<string, unknown>> | null }[]
}

export type RoomRecord<Value = AnyRecordValue> = { seq: number; value: Value }
type AnyRecordValue = Readonly<Record<string, unknown>>
/** The value of a record by the name of its type; of types that the contracts do not name nothing more is known. */
export type RecordValue<Type extends string> = Type extends keyof RecordValues
  ? Readonly<RecordValues[Type]>
  : AnyRecordValue
export type RecordsByKey<Type extends string> = ReadonlyMap<string, RoomRecord<RecordValue<Type>>>

/** Signing in and out. Each rejects with ParlorError. */
export type Auth = {
  guest(input: ActionInput<'identity.signInGuest'>): Promise<Me>
  /** As a guest one keeps id, rooms and messages. */
  register(input: ActionInput<'identity.register'>): Promise<Me>
  login(input: ActionInput<'identity.login'>): Promise<Me>
  /** Ends the session on the server if it can be reached, and here in any case; unsent messages are discarded. */
  logout(): Promise<void>
  /** A new access token now, instead of ahead of expiry. */
  refresh(): Promise<void>
  /** Asks the server who one is. */
  reload(): Promise<Me>
  updateMe(input: ActionInput<'identity.updateMe'>): Promise<Me>
  changePassword(input: ActionInput<'identity.changePassword'>): Promise<ActionOutput<'identity.changePassword'>>
  deleteAccount(input?: ActionInput<'identity.deleteAccount'>): Promise<void>
  sessions(): Promise<ActionOutput<'identity.sessions'>>
  revokeSession(input: ActionInput<'identity.revokeSession'>): Promise<void>
  /** All but this one. */
  revokeOthers(): Promise<ActionOutput<'identity.revokeOtherSessions'>>
}
