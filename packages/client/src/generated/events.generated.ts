// Generated from the contracts of the server by `npm run docs`: change those.

import type { Broadcast, Capabilities, FeedRoom, HostRights, Languages, Message, MovieSource, Notification, Person, PresenceSlots, ReadState, RecordState, RoomAccess, RoomInfo, RoomNews, RoomPreferences, RoomSettings } from './shapes.generated.ts'

/** Events that carry a message. */
export const messageEvents = ['message', 'new_chat_message', 'new_message'] as const

/** Events for the user alone, on each of their connections, in a room or not. */
export const userEvents = ['rooms_changed', 'read_changed', 'preferences_changed', 'notification'] as const

/** What is heard under each name. */
export type EventPayloads = {
  /** A message of the server to everyone who is connected. */
  broadcast: Broadcast
  /** The first event on every socket: who you are here, and for a guest the token to come back with. */
  connected: { sid: string; user: Person; server_time: string; protocol: number; access_token?: string }
  /**
   * How far a job of the user is, to all connections of the user; of a job of a room, to all in the
   * room.
   */
  job_progress: {
    job_id: string
    /** What the job does. */
    kind: string
    done: number
    /** Null while it is not known. */
    total: number | null
    state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  }
  /** The waiting user was not let in: a moderator refused, or the room is gone. */
  join_denied: { room_id: string; error: string; code: string }
  /**
   * A member has another role; `by` is the user who changed it, null when nobody did. Who is `sent_out`
   * receives nothing after it.
   */
  member_changed: { room_id: string; seq: number; user: Person; role: string; by: string | null }
  /** Someone became a member of the room. */
  member_joined: { room_id: string; seq: number; user: Person; role: string }
  /**
   * The member who gets this has named other languages, from any of their connections. Nobody else hears
   * of it.
   */
  member_languages: { room_id: string; seq: number; languages: Languages }
  /**
   * Someone is no longer a member of the room; `by` is the user who removed them, null when they left.
   * `waiting`: they must wait to be let in again.
   */
  member_left: {
    room_id: string
    seq: number
    user: Person
    role: string
    by: string | null
    reason: 'left' | 'removed' | 'banned' | 'waiting'
  }
  /** A message; its event name depends on the kind of its room. */
  message: Message
  /** The message is stored. Sent only to its sender, if they asked for no acknowledgement. */
  message_received: { id: string; client_id: string | null; room_id: string; seq: number; created_at: string }
  /** A message; its event name depends on the kind of its room. */
  new_chat_message: Message
  /** A message; its event name depends on the kind of its room. */
  new_message: Message
  /** A note of the server to this user, or to everyone who is connected. */
  notification: Notification
  /** The server's time, in answer to ping. */
  pong: { timestamp: string }
  /** The user has changed what they set for themselves in a room, from any of their connections. */
  preferences_changed: RoomPreferences
  /** Presence values of one connection changed. The latest ones of a room are sent at most once in 30 ms. */
  presence_changed: {
    room_id: string
    peer_id: string
    user_id: string
    /** The slot `app`, when it changed. */
    state?: Readonly<Record<string, unknown>> | null
    /** The values that changed by slot; null: cleared. */
    slots: { app?: Readonly<Record<string, unknown>> | null }
  }
  /**
   * How many users are present, and how many members the room has. Sent at most once a second, above 100
   * present users, in place of user_joined, user_left and the events of members.
   */
  presence_count: { room_id: string; count: number; member_count: number }
  /** The user has read a room further, or marked it as unread, on one of their devices. */
  read_changed: ReadState
  /**
   * A record of the room's shared state changed or was deleted. `whole`: `set` is the complete value,
   * and fields it lacks are unset.
   */
  record_changed: {
    room_id: string
    seq: number
    type: string
    key: string
    set?: Readonly<Record<string, unknown>>
    unset?: readonly string[]
    whole?: true
    deleted?: true
  }
  /** The room is closed; nothing of it follows. */
  room_closed: { room_id: string; seq: number; reason: string }
  /** The same as the answer to join_room; everything newer follows. */
  room_joined: {
    room: RoomInfo
    /** The seq of the room at this moment; everything newer follows live. */
    seq: number
    epoch: string
    /** True: `events` are those after the cursor. False: this is a new snapshot. */
    recovered: boolean
    events: readonly { seq: number; event: string; data: Readonly<Record<string, unknown>> }[]
    records: readonly RecordState[]
    /** Cursor for the rest of the records: GET /api/rooms/:room_id/state. */
    more?: string
    /** The value of `before` for the next older page of messages. */
    history_before: number | null
    presence: readonly {
      user: Person
      peers: readonly { peer_id: string; state: Readonly<Record<string, unknown>> | null; slots: PresenceSlots }[]
    }[]
    me: {
      role: string
      peer_id: string
      user_id: string
      /** Another one than before: the membership has ended meanwhile. Null in the lobby. */
      joined_at: string | null
      /** What the member speaks and reads; null: they named none. */
      languages: Languages | null
    }
  }
  /** The current seq of the room, sent to a connection that received nothing from it for a while. */
  room_position: { room_id: string; seq: number }
  /**
   * The room was changed; carries the room as it is now. `host` is present when the host changed, or
   * made the change.
   */
  room_updated: {
    /** The user who changed it; null: the server did. */
    by: string | null
    room: {
      name: string
      is_private: boolean
      has_password: boolean
      access: RoomAccess
      host_id: string | null
      capabilities: Capabilities
      settings: RoomSettings
      movie_source?: MovieSource
      /**
       * A path on this server: a square picture, at most 512 pixels wide. With `/96` behind it a smaller
       * copy.
       */
      picture_url?: string | null
      /**
       * The owner of the room: also its host, unless another stands in. Null: no owner until someone hosts
       * it.
       */
      owner_id?: string | null
      host_rights?: HostRights
      host?: Person
    }
    room_id: string
    seq: number
  }
  /**
   * What changed in the rooms of the user, at most once a second, for connections with `auth: { feed:
   * true }` and streams with `?feed=1`. Only the first has empty lists.
   */
  rooms_changed: {
    since: string
    /** Rooms that one joined, or in which one’s role or own fields are others. */
    added: readonly FeedRoom[]
    rooms: readonly RoomNews[]
    /** Rooms that ended for the caller: `left`, `removed`, `banned`, `waiting`, `sent_out` or `closed`. */
    gone: readonly { room_id: string; reason: string }[]
  }
  /** A signal from another connection in the room. */
  signal: {
    room_id: string
    to?: string
    name: string
    data: unknown
    from: { peer_id: string; user_id: string | null }
  }
  /** A user began or stopped typing. */
  typing: { room_id: string; user: Person; typing: boolean }
  /**
   * Something of the room stands here that this server cannot read: a broken row, or one of another
   * release.
   */
  unreadable: { room_id: string; seq: number }
  /** A user became present: their first connection joined the room. */
  user_joined: { room_id: string; user: Person; member_count: number }
  /**
   * A user is not present any more: their last connection left, or disconnected and none came back for
   * 10 s.
   */
  user_left: { room_id: string; user: Person; member_count: number; reason: 'left' | 'disconnected' | 'removed' }
  /** The name or the picture of a present user changed. */
  user_updated: { room_id: string; user: Person }
}
