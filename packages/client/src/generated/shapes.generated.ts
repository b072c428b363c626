// Generated from the contracts of the server by `npm run docs`: change those.

/** An API key, without its secret. */
export type ApiKey = {
  id: string
  name: string
  /** How the key begins. */
  prefix: string
  scopes: readonly KeyScope[]
  /** The rooms in which it may act; null: wherever its user may. */
  room_ids: readonly string[] | null
  created_at: string
  last_used_at: string | null
  expires_at: string | null
}

export type Ban = { user: Person; by: string; at: string }

/** A message of the server to everyone who is connected. */
export type Broadcast = {
  id: string
  type: MessageType
  content: string | null
  format: string | null
  url: string | null
  sender: Person
  created_at: string
}

/** What is on in a room. */
export type Capabilities = {
  chat: boolean
  polls: boolean
  call: boolean
  reactions: boolean
  whiteboard: boolean
  playback: boolean
  captions: boolean
  shared_state: boolean
}

/** A room that only its members read, as others see it. */
export type ClosedRoom = {
  id: string
  name: string
  kind: RoomKind
  is_private: boolean
  has_password: boolean
  member_count: number
}

/** A room in the list of one’s own, with its last message. */
export type FeedRoom = {
  id: string
  kind: RoomKind
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
  picture_url: string | null
  /**
   * The owner of the room: also its host, unless another stands in. Null: no owner until someone hosts
   * it.
   */
  owner_id: string | null
  host_rights: HostRights
  host?: Person
  member_count: number
  is_active: boolean
  last_seq: number
  created_at: string
  me: { role: string }
  last_message_at: string | null
  last_message: {
    id: string
    seq: number
    sender: { id: string; name: string }
    type: string
    /** At most 140 characters as people see them; null once it was deleted. */
    text: string | null
  } | null
  /** Everything up to this seq is read. */
  read_seq: number
  /** From where on the reader marked the room as unread. */
  unread_from: number | null
  /** How many messages of others are unread, at most 1,000. */
  unread: number
  notify: RoomNotify
  /** When `none` ends; null: never. */
  notify_until: string | null
  favorite: boolean
  /** The own group in which the room stands. */
  group: string | null
  /** `changed_at` of the preferences. */
  preferences_at: string | null
}

export type ForWhom = 'off' | 'host' | 'everyone'

/** A person with whom one shares a room. */
export type FoundPerson = {
  id: string
  name: string
  /**
   * A path on this server: a square picture, at most 512 pixels wide. With `/96` behind it a smaller
   * copy.
   */
  avatar_url: string | null
  guest: boolean
  /** Rooms that one shares with the person, at most 3. */
  room_ids: readonly string[]
}

/**
 * What the host may: `all`, unless they stand in for an absent owner; then what a co-host may, or
 * `order` (controls, admitting and sending out until the owner is back), or `controls` alone.
 */
export type HostRights = 'all' | 'cohost' | 'order' | 'controls'

export type Invitation = {
  role: 'member' | 'cohost'
  expires_at: string | null
  max_uses: number | null
  uses: number
  created_at: string
  created_by: string
  id: string
  code: string
  /** The address to open in a browser; without PUBLIC_URL only its path. */
  url: string
}

export type Job = {
  job_id: string
  /** What the job does. */
  kind: string
  done: number
  /** Null while it is not known. */
  total: number | null
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  /** Why it failed, as a sentence. */
  error: string | null
  /** What it made, such as a `url`. */
  result: Readonly<Record<string, unknown>> | null
}

/** What an API key may do. */
export type KeyScope = 'rooms:read' | 'rooms:write' | 'messages:read' | 'messages:write' | 'files:read' | 'files:write' | 'members:read' | 'members:write' | 'webhooks:read' | 'webhooks:write' | 'admin:read' | 'admin:write' | 'events:publish' | 'broadcast'

export type Languages = { speaks: readonly string[]; reads: readonly string[] }

/** A room in the list of public ones. */
export type ListedRoom = {
  id: string
  kind: RoomKind
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
  picture_url: string | null
  /**
   * The owner of the room: also its host, unless another stands in. Null: no owner until someone hosts
   * it.
   */
  owner_id: string | null
  host_rights: HostRights
  host?: Person
  member_count: number
  is_active: boolean
  last_seq: number
  created_at: string
  /** Users present, as the node that answers knows them. */
  online: number
}

export type Member = { user: Person; role: string; joined_at: string }

/** A message as it is stored. */
export type Message = {
  id: string
  room_id: string
  seq: number
  client_id: string | null
  type: MessageType
  content: string | null
  format: string | null
  /** Of an image or recording: leads to its file, like those of `files`. */
  url: string | null
  sender: Person
  reply_to: string | null
  created_at: string
  edited_at: string | null
  /** What it carries; absent if it carries nothing. */
  files?: readonly StoredFile[]
  /** The poll that it asks; absent from other messages. Its text says the same. */
  poll_id?: string
}

export type MessageType = 'text' | 'image' | 'audio'

export type MovieSource = { type: 'googleDrive' | 'directLink' | 'uploadLater'; url?: string | null; file_id?: string | null }

export type NewApiKey = {
  id: string
  name: string
  /** How the key begins. */
  prefix: string
  scopes: readonly KeyScope[]
  /** The rooms in which it may act; null: wherever its user may. */
  room_ids: readonly string[] | null
  created_at: string
  last_used_at: string | null
  expires_at: string | null
  /** The key itself, which is told this once. */
  key: string
}

export type Notification = {
  id: string
  kind: 'system'
  title: string
  body: string
  data: Readonly<Record<string, unknown>> | null
  created_at: string
}

/** A room with the role of the member who asks. */
export type OwnRoom = {
  id: string
  kind: RoomKind
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
  picture_url: string | null
  /**
   * The owner of the room: also its host, unless another stands in. Null: no owner until someone hosts
   * it.
   */
  owner_id: string | null
  host_rights: HostRights
  host?: Person
  member_count: number
  is_active: boolean
  last_seq: number
  created_at: string
  me: { role: string }
}

/** The caller, with the identities of other services that belong to them. */
export type OwnUser = {
  id: string
  username: string
  email: string | null
  guest: boolean
  /** Whether the user administers this server. */
  admin: boolean
  /**
   * A path on this server: a square picture, at most 512 pixels wide. With `/96` behind it a smaller
   * copy.
   */
  avatar_url: string | null
  created_at: string
  external_ids: Readonly<Record<string, string>>
}

/** What others see of a person. */
export type Person = {
  id: string
  name: string
  /**
   * A path on this server: a square picture, at most 512 pixels wide. With `/96` behind it a smaller
   * copy.
   */
  avatar_url: string | null
  guest: boolean
}

/** A poll of a room. */
export type Poll = {
  id: string
  room_id: string
  /** The message that asks it. */
  message_id: string
  /** The place of that message in the room. */
  message_seq: number
  question: string
  options: readonly PollOption[]
  multiple: boolean
  anonymous: boolean
  /** The id of a user. */
  created_by: string
  created_at: string
  closes_at: string | null
  /** Null while it is open. */
  closed_at: string | null
  /** The id of a user; null: it is open, or closed by itself. */
  closed_by: string | null
  /** Votes by the id of the option. */
  counts: Readonly<Record<string, number>>
  /** How many people voted. */
  voter_count: number
  /** Ids of the first voters by option, not all of them. Null: it is anonymous. */
  voters: Readonly<Record<string, readonly string[]>> | null
  /** What the caller chose. Of a closed anonymous poll nobody knows that any more: empty. */
  my_option_ids: readonly string[]
}

export type PollOption = { id: string; text: string }

/** What somebody chose in a poll. */
export type PollVote = { user: Person; option_ids: readonly string[] }

/** Values of presence slots by name; `state` is the slot `app`. */
export type PresenceSlots = { app?: Readonly<Record<string, unknown>>; typing?: true }

/** How far one has read a room. */
export type ReadState = {
  room_id: string
  /** Everything up to this seq is read. */
  read_seq: number
  /** From where on the reader marked the room as unread. */
  unread_from: number | null
  /** How many messages of others are unread, at most 1,000. */
  unread: number
}

/** A record as it is, or that it was deleted. */
export type RecordState = {
  type: string
  key: string
  seq: number
  value?: Readonly<Record<string, unknown>>
  deleted?: true
}

/** What lets strangers in. */
export type RoomAccess = 'public' | 'password' | 'invite'

export type RoomFile = {
  message_id: string
  /** The place of the message in its room. */
  seq: number
  sender: Person
  /** Of the message. */
  created_at: string
  file: StoredFile
}

/** A room as those see it who may read it. */
export type RoomInfo = {
  id: string
  kind: RoomKind
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
  picture_url: string | null
  /**
   * The owner of the room: also its host, unless another stands in. Null: no owner until someone hosts
   * it.
   */
  owner_id: string | null
  host_rights: HostRights
  host?: Person
  member_count: number
  is_active: boolean
  last_seq: number
  created_at: string
}

export type RoomKind = 'lobby' | 'chat' | 'meeting' | 'watch' | 'call' | 'game'

/** What changed of a room in the list of one’s own. */
export type RoomNews = {
  kind?: RoomKind
  name?: string
  is_private?: boolean
  has_password?: boolean
  access?: RoomAccess
  host_id?: string | null
  capabilities?: Capabilities
  settings?: RoomSettings
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
  member_count?: number
  is_active?: boolean
  last_seq: number
  created_at?: string
  last_message_at?: string | null
  last_message?: {
    id: string
    seq: number
    sender: { id: string; name: string }
    type: string
    /** At most 140 characters as people see them; null once it was deleted. */
    text: string | null
  } | null
  read_seq?: number
  unread_from?: number | null
  unread?: number
  room_id: string
}

/** Of which messages of a room one wants to be notified. */
export type RoomNotify = 'all' | 'none'

/** What a person has set for themselves in a room. */
export type RoomPreferences = {
  room_id: string
  notify: RoomNotify
  /** When `none` ends; null: never. */
  until: string | null
  favorite: boolean
  /** The own group in which the room stands. */
  group: string | null
  /** A later change has a later time. Null: nothing was set. */
  changed_at: string | null
}

/** For whom each capability is on, and who comes in. */
export type RoomSettings = {
  chat: ForWhom
  polls: ForWhom
  call: ForWhom
  reactions: ForWhom
  whiteboard: ForWhom
  playback: ForWhom
  captions: ForWhom
  shared_state: ForWhom
  capacity?: number
  /** No new members. */
  locked: boolean
  /** New users wait until a moderator lets them in, unless they have an invitation. */
  waiting: boolean
}

export type Server = {
  name: string
  version: string
  protocol: number
  /** There is no administrator yet. */
  setup_needed: boolean
  registration: 'open' | 'invite' | 'closed'
  /** Whether guests may sign in. */
  guests: boolean
  /** Whether there is a lobby. */
  lobby: boolean
  sign_in: readonly ('password' | 'guest')[]
  /** The key for push messages; null: they are not available yet. */
  push_key: string | null
  /** Bounds on what clients send, by name. */
  limits: Readonly<Record<string, number>>
}

export type Session = {
  id: string
  created_at: string
  last_seen_at: string
  expires_at: string
  user_agent: string | null
  address: string | null
  current: boolean
}

export type SignedIn = {
  user: User
  access_token: string
  refresh_token: string
  /** Seconds until the access token expires. */
  expires_in: number
}

export type SignedInWithDevice = {
  user: User
  access_token: string
  refresh_token: string
  /** Seconds until the access token expires. */
  expires_in: number
  /**
   * Send it with the next sign-in from this device, so that password guesses made elsewhere do not lock
   * it out.
   */
  device_token: string
}

export type StoredFile = {
  id: string
  /** A path on this server, which is signed and leads to the bytes for 24 h. */
  url: string
  name: string
  /** As found in the bytes. */
  mime_type: string
  kind: 'image' | 'audio' | 'video' | 'file'
  state: 'uploading' | 'processing' | 'ready'
  /** Bytes. */
  size: number
  width: number | null
  height: number | null
  /** Seconds. */
  duration: number | null
  /** 100 peaks from 0 to 1. */
  waveform: readonly number[] | null
  /** A tiny copy of an image, as a data URI. */
  placeholder: string | null
  /** What it shows, for those who do not see it. */
  alt: string | null
  /** Smaller copies of an image, named by their longer edge. */
  renditions: readonly {
    name: string
    /** A path on this server, which is signed and leads to the bytes for 24 h. */
    url: string
    mime_type: string
    width: number
    height: number
    size: number
  }[]
}

/** The user who is signed in. */
export type User = {
  id: string
  username: string
  email: string | null
  guest: boolean
  /** Whether the user administers this server. */
  admin: boolean
  /**
   * A path on this server: a square picture, at most 512 pixels wide. With `/96` behind it a smaller
   * copy.
   */
  avatar_url: string | null
  created_at: string
}

export type WaitingPerson = { user: Person; since: string }

/** The answer to who must be let in first. */
export type WaitsForRoom = { waiting: true; room: { id: string; name: string } }
