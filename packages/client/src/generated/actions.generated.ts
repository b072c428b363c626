// Generated from the contracts of the server by `npm run docs`: change those.

import type { ApiKey, Ban, Broadcast, Capabilities, ClosedRoom, FeedRoom, ForWhom, FoundPerson, HostRights, Invitation, Job, KeyScope, Languages, ListedRoom, Member, Message, MessageType, MovieSource, NewApiKey, Notification, OwnRoom, OwnUser, Person, Poll, PollVote, PresenceSlots, ReadState, RecordState, RoomAccess, RoomFile, RoomInfo, RoomKind, RoomNotify, RoomPreferences, RoomSettings, Server, Session, SignedIn, SignedInWithDevice, StoredFile, User, WaitingPerson, WaitsForRoom } from './shapes.generated.ts'

/** Method and path of an action over REST, and its event on sockets; empty, or left out, where it has none. */
export type Door = readonly [method: string, path: string, event?: string]

export const doors = {
  'server.show': ['GET', '/api/server'],
  'identity.register': ['POST', '/api/auth/register'],
  'identity.me': ['GET', '/api/auth/me'],
  'identity.signInGuest': ['POST', '/api/auth/guest'],
  'identity.login': ['POST', '/api/auth/login'],
  'identity.refresh': ['POST', '/api/auth/refresh'],
  'identity.logout': ['POST', '/api/auth/logout'],
  'identity.sessions': ['GET', '/api/auth/sessions'],
  'identity.revokeSession': ['DELETE', '/api/auth/sessions/:id'],
  'identity.revokeOtherSessions': ['DELETE', '/api/auth/sessions'],
  'identity.updateMe': ['PATCH', '/api/auth/me'],
  'identity.rename': ['POST', '/api/update-username'],
  'identity.changePassword': ['POST', '/api/change-password'],
  'identity.deleteAccount': ['POST', '/api/delete-account'],
  'identity.createKey': ['POST', '/api/keys'],
  'identity.keys': ['GET', '/api/keys'],
  'identity.revokeKey': ['DELETE', '/api/keys/:id'],
  'identity.setUp': ['POST', '/api/setup'],
  'identity.setAdministrator': ['PATCH', '/api/admin/users/:user_id'],
  'rooms.create': ['POST', '/api/rooms'],
  'rooms.list': ['GET', '/api/rooms'],
  'rooms.ofUser': ['GET', '/api/user-chatrooms/:user_id'],
  'rooms.get': ['GET', '/api/rooms/:room_id'],
  'rooms.state': ['GET', '/api/rooms/:room_id/state'],
  'rooms.update': ['PATCH', '/api/rooms/:room_id', 'update_room'],
  'rooms.close': ['DELETE', '/api/rooms/:room_id', 'close_room'],
  'rooms.join': ['POST', '/api/rooms/:room_id/join'],
  'rooms.leave': ['POST', '/api/rooms/:room_id/leave'],
  'rooms.attach': ['', '', 'join_room'],
  'rooms.detach': ['', '', 'leave_room'],
  'rooms.typing': ['', '', 'typing'],
  'rooms.presence': ['', '', 'presence'],
  'rooms.signal': ['', '', 'signal'],
  'rooms.people': ['GET', '/api/users'],
  'rooms.members': ['GET', '/api/rooms/:room_id/members'],
  'rooms.member': ['GET', '/api/rooms/:room_id/members/:user_id'],
  'rooms.setRole': ['PATCH', '/api/rooms/:room_id/members/:user_id', 'set_role'],
  'rooms.removeMember': ['DELETE', '/api/rooms/:room_id/members/:user_id', 'remove_member'],
  'rooms.bans': ['GET', '/api/rooms/:room_id/bans'],
  'rooms.unban': ['DELETE', '/api/rooms/:room_id/bans/:user_id'],
  'rooms.updateMe': ['PATCH', '/api/rooms/:room_id/me', 'update_me'],
  'rooms.waiting': ['GET', '/api/rooms/:room_id/waiting'],
  'rooms.admit': ['POST', '/api/rooms/:room_id/waiting/:user_id/admit', 'admit'],
  'rooms.deny': ['POST', '/api/rooms/:room_id/waiting/:user_id/deny', 'deny'],
  'rooms.invite': ['POST', '/api/rooms/:room_id/invites'],
  'rooms.invites': ['GET', '/api/rooms/:room_id/invites'],
  'rooms.revokeInvite': ['DELETE', '/api/rooms/:room_id/invites/:invite_id'],
  'uploads.describe': ['PATCH', '/api/files/:id'],
  'uploads.delete': ['DELETE', '/api/files/:id'],
  'pictures.removeOfRoom': ['DELETE', '/api/rooms/:room_id/picture'],
  'messages.send': ['POST', '/api/rooms/:room_id/messages', 'send_message'],
  'messages.post': ['POST', '/api/message', 'message'],
  'messages.postImage': ['', '', 'send_image'],
  'messages.postAudio': ['', '', 'send_audio'],
  'messages.history': ['GET', '/api/rooms/:room_id/messages'],
  'messages.files': ['GET', '/api/rooms/:room_id/files'],
  'polls.create': ['POST', '/api/rooms/:room_id/polls', 'create_poll'],
  'polls.list': ['GET', '/api/rooms/:room_id/polls'],
  'polls.get': ['GET', '/api/rooms/:room_id/polls/:poll_id'],
  'polls.votes': ['GET', '/api/rooms/:room_id/polls/:poll_id/votes'],
  'polls.vote': ['PUT', '/api/rooms/:room_id/polls/:poll_id/vote', 'vote_poll'],
  'polls.close': ['POST', '/api/rooms/:room_id/polls/:poll_id/close', 'close_poll'],
  'feed.rooms': ['GET', '/api/rooms/my'],
  'read-state.get': ['GET', '/api/rooms/:room_id/read'],
  'read-state.read': ['POST', '/api/rooms/:room_id/read', 'mark_read'],
  'read-state.unread': ['POST', '/api/rooms/:room_id/unread', 'mark_unread'],
  'read-state.readAll': ['POST', '/api/rooms/my/read'],
  'preferences.get': ['GET', '/api/rooms/:room_id/preferences'],
  'preferences.update': ['PATCH', '/api/rooms/:room_id/preferences', 'update_preferences'],
  'broadcasts.send': ['POST', '/api/messages/broadcast'],
  'events.publish': ['POST', '/api/events/publish'],
  'notifications.send': ['POST', '/api/admin/notifications'],
  'jobs.get': ['GET', '/api/jobs/:job_id'],
  'jobs.cancel': ['DELETE', '/api/jobs/:job_id'],
  'calls.token': ['POST', '/api/token'],
  'ops.ping': ['', '', 'ping'],
} as const satisfies Readonly<Record<string, Door>>

/** What each action takes and answers. */
export type Actions = {
  /** What this server is called, what it speaks, and who may come. */
  'server.show': {
    input: Record<string, never>
    output: Server
  }
  /** Makes an account. A guest who calls it becomes the account and keeps their rooms and messages. */
  'identity.register': {
    input: {
      email: string
      password: string
      username: string
      /** The `device_token` from an earlier sign-in on this device. */
      device_token?: string | null | undefined
      /** The room and the code of an invite link, where only invited people may make an account. */
      invite?: { room_id: string; code: string } | null | undefined
    }
    output: SignedInWithDevice
  }
  /** Who the caller is. */
  'identity.me': {
    input: Record<string, never>
    output: OwnUser
  }
  /** Signs in as a guest under a name, without an account. */
  'identity.signInGuest': {
    input: { name: string }
    output: SignedIn
  }
  /** Signs in to an account with its e-mail address, or its username, and its password. */
  'identity.login': {
    input: {
      email: string
      password: string
      /** The `device_token` from an earlier sign-in on this device. */
      device_token?: string | null | undefined
    }
    output: SignedInWithDevice
  }
  /** Exchanges a refresh token for new tokens; each can be used once. */
  'identity.refresh': {
    input: { refresh_token: string }
    output: SignedIn
  }
  /** Ends the caller's session, with its sockets and streams. */
  'identity.logout': {
    input: Record<string, never>
    output: { ok: true }
  }
  /** The caller's sessions, the one used last first. */
  'identity.sessions': {
    input: Record<string, never>
    output: { items: Session[]; next_cursor: null }
  }
  /** Ends one of the caller's sessions. */
  'identity.revokeSession': {
    input: { id: string }
    output: { ok: true }
  }
  /** Ends all of the caller's sessions but this one. */
  'identity.revokeOtherSessions': {
    input: Record<string, never>
    output: {
      ok: true
      /** How many sessions have ended. */
      revoked: number
    }
  }
  /** Changes the name or (with the password) the e-mail address, or takes the picture away. */
  'identity.updateMe': {
    input: {
      username?: string | undefined
      email?: string | undefined
      /** Needed to change the e-mail address. */
      password?: string | undefined
      /** Null removes the picture; `POST /api/upload-avatar` sets one. */
      avatar_url?: null | undefined
    }
    output: OwnUser
  }
  /** Changes the name. */
  'identity.rename': {
    input: { username: string }
    output: OwnUser
  }
  /** Changes the account's password and ends its other sessions. */
  'identity.changePassword': {
    input: { old_password: string; new_password: string }
    output: {
      ok: true
      /** How many sessions have ended. */
      revoked: number
    }
  }
  /** Deletes the caller: what they wrote stays, without a name. */
  'identity.deleteAccount': {
    input: {
      /** Needed where the account has one. */
      password?: string | null | undefined
    }
    output: { ok: true }
  }
  /** Makes an API key, which acts as its user within its scopes and rooms. */
  'identity.createKey': {
    input: {
      name: string
      scopes: readonly KeyScope[]
      room_ids?: readonly string[] | null | undefined
      /** Seconds; absent: it does not expire. */
      expires_in?: number | null | undefined
    }
    output: NewApiKey
  }
  /** The caller's API keys, newest first. */
  'identity.keys': {
    input: Record<string, never>
    output: { items: ApiKey[]; next_cursor: null }
  }
  /** Revokes an API key of the caller, and ends its connections. */
  'identity.revokeKey': {
    input: { id: string }
    output: { ok: true }
  }
  /** Gives the server to its first administrator, who chooses its name and who may come. */
  'identity.setUp': {
    input: {
      /** From the address that the server prints at each start until then. */
      token: string
      email: string
      username: string
      password: string
      server_name: string
      /** Who may make an account. */
      registration: 'open' | 'invite' | 'closed'
      /** Whether guests may sign in. */
      guests: boolean
      /** Whether there is a lobby. */
      lobby: boolean
    }
    output: SignedInWithDevice
  }
  /** Makes an account an administrator of the server, or takes that back. */
  'identity.setAdministrator': {
    input: { user_id: string; admin: boolean }
    output: User
  }
  /** Makes a room; its creator is host and member. */
  'rooms.create': {
    input: {
      name: string
      kind?: 'chat' | 'meeting' | 'call' | 'game' | null | undefined
      movie_source?: MovieSource | null | undefined
      is_private?: boolean | null | undefined
      password?: string | null | undefined
      capabilities?: {
        chat?: boolean | undefined
        polls?: boolean | undefined
        call?: boolean | undefined
        reactions?: boolean | undefined
        whiteboard?: boolean | undefined
        playback?: boolean | undefined
        captions?: boolean | undefined
        shared_state?: boolean | undefined
      } | null | undefined
      settings?: {
        chat?: ForWhom | undefined
        polls?: ForWhom | undefined
        call?: ForWhom | undefined
        reactions?: ForWhom | undefined
        whiteboard?: ForWhom | undefined
        playback?: ForWhom | undefined
        captions?: ForWhom | undefined
        shared_state?: ForWhom | undefined
        capacity?: number | null | undefined
        /** No new members. */
        locked?: boolean | undefined
        /** New users wait until a moderator lets them in, unless they have an invitation. */
        waiting?: boolean | undefined
      } | null | undefined
    }
    output: RoomInfo
  }
  /**
   * Public rooms, the most active first: by users present, last activity and age. With `q` those whose
   * names hold it; then a page may have fewer items than asked for, or none, although more follow.
   */
  'rooms.list': {
    input: {
      cursor?: string | null | undefined
      /** 50; at most 200. */
      limit?: number | string | null | undefined
      /** Compared without case and accents. */
      q?: string | null | undefined
    }
    output: {
      /** A room with a waiting room is listed in its short form. */
      items: (ListedRoom | ClosedRoom)[]
      next_cursor: string | null
    }
  }
  /** Rooms of which the caller is a member, newest first; the id of the caller stands in the path. */
  'rooms.ofUser': {
    input: {
      cursor?: string | null | undefined
      /** 50; at most 200. */
      limit?: number | string | null | undefined
      user_id: string
    }
    output: { items: OwnRoom[]; next_cursor: string | null }
  }
  /**
   * One room. Callers who are not members see only a short form of a private room, or of one with a
   * waiting room.
   */
  'rooms.get': {
    input: { room_id: string }
    output: RoomInfo | ClosedRoom
  }
  /**
   * Records of a room that did not fit into its snapshot. Of two versions of a record the higher seq
   * wins.
   */
  'rooms.state': {
    input: { room_id: string; cursor: string }
    output: { epoch: string; seq: number; items: RecordState[]; next_cursor: string | null }
  }
  /** Changes a room; absent fields stay as they are. */
  'rooms.update': {
    input: {
      room_id: string
      name?: string | null | undefined
      is_private?: boolean | null | undefined
      password?: string | null | undefined
      capabilities?: {
        chat?: boolean | undefined
        polls?: boolean | undefined
        call?: boolean | undefined
        reactions?: boolean | undefined
        whiteboard?: boolean | undefined
        playback?: boolean | undefined
        captions?: boolean | undefined
        shared_state?: boolean | undefined
      } | null | undefined
      settings?: {
        chat?: ForWhom | undefined
        polls?: ForWhom | undefined
        call?: ForWhom | undefined
        reactions?: ForWhom | undefined
        whiteboard?: ForWhom | undefined
        playback?: ForWhom | undefined
        captions?: ForWhom | undefined
        shared_state?: ForWhom | undefined
        capacity?: number | null | undefined
        /** No new members. */
        locked?: boolean | undefined
        /** New users wait until a moderator lets them in, unless they have an invitation. */
        waiting?: boolean | undefined
      } | null | undefined
    }
    output: RoomInfo
  }
  /** Closes a room for good and detaches everyone in it. */
  'rooms.close': {
    input: { room_id: string }
    output: { room_id: string }
  }
  /**
   * Makes the caller a member. A caller who must wait stays on the waiting list by calling again within
   * 30 s.
   */
  'rooms.join': {
    input: { room_id: string; password?: string | null | undefined; invite?: string | null | undefined }
    output: {
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
      me: { role: string; user_id: string }
    } | WaitsForRoom
  }
  /** Ends the caller's membership, and detaches all of their connections from the room. */
  'rooms.leave': {
    input: { room_id: string }
    output: { room_id: string }
  }
  /** Makes the caller a member if needed, and delivers the room to this connection from now on. */
  'rooms.attach': {
    input: {
      room_id: string
      password?: string | null | undefined
      invite?: string | null | undefined
      after_seq?: number | null | undefined
      epoch?: string | null | undefined
    }
    output: {
      room: RoomInfo
      /** The seq of the room at this moment; everything newer follows live. */
      seq: number
      epoch: string
      /** True: `events` are those after the cursor. False: this is a new snapshot. */
      recovered: boolean
      events: { seq: number; event: string; data: Record<string, unknown> }[]
      records: RecordState[]
      /** Cursor for the rest of the records: GET /api/rooms/:room_id/state. */
      more?: string
      /** The value of `before` for the next older page of messages. */
      history_before: number | null
      presence: {
        user: Person
        peers: { peer_id: string; state: Record<string, unknown> | null; slots: PresenceSlots }[]
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
    } | WaitsForRoom
  }
  /** Ends this connection's delivery and presence in the room, not the membership. */
  'rooms.detach': {
    input: { room_id: string }
    output: { room_id: string }
  }
  /** Says that the caller is typing (shown for at most 6 s), or has stopped. */
  'rooms.typing': {
    input: { room_id: string; typing: boolean }
    output: { room_id: string }
  }
  /**
   * Sets the value of one of this connection's presence slots in the room (a status, a cursor); null
   * clears it. Slots do not change each other.
   */
  'rooms.presence': {
    input: {
      room_id: string
      slot?: 'app' | 'typing' | undefined
      /** A value of the slot; null clears it. */
      state: unknown
    }
    output: { room_id: string }
  }
  /** Sends a signal to a peer, to all peers of a user, or to all others in the room. Never stored. */
  'rooms.signal': {
    input: { room_id: string; to?: string | null | undefined; name: string; data: unknown }
    output: { delivered: true }
  }
  /**
   * People with whom the caller shares a room, those of the smallest rooms first; with `q` those whose
   * names hold it, the best matches first.
   */
  'rooms.people': {
    input: {
      /** Compared without case and accents. */
      q?: string | null | undefined
      /** 20; at most 50. */
      limit?: number | string | null | undefined
    }
    output: {
      items: FoundPerson[]
      /** There are no further pages: a longer `q` finds fewer people. */
      next_cursor: null
    }
  }
  /** The members of a room, in the order in which they joined. */
  'rooms.members': {
    input: {
      room_id: string
      cursor?: string | null | undefined
      /** 50; at most 200. */
      limit?: number | string | null | undefined
      /** If given: only members who are present. */
      online?: string | null | undefined
    }
    output: { items: Member[]; next_cursor: string | null }
  }
  /** One member of a room. */
  'rooms.member': {
    input: { room_id: string; user_id: string }
    output: Member
  }
  /** Makes a member a co-host, or a co-host a member again, or hands the room over (`host`). */
  'rooms.setRole': {
    input: { room_id: string; user_id: string; role: 'host' | 'cohost' | 'member' }
    output: Member
  }
  /**
   * Removes a member; with `ban` they cannot come back, and a user who is not in the room can be banned
   * too. A stand-in for the owner only sends the member out, until the owner or a co-host is back, at
   * most 1 h.
   */
  'rooms.removeMember': {
    input: {
      room_id: string
      user_id: string
      ban?: boolean | 'true' | 'false' | '1' | '0' | null | undefined
    }
    output: { room_id: string; user_id: string }
  }
  /** The ban list of a room. */
  'rooms.bans': {
    input: { room_id: string }
    output: { items: Ban[]; next_cursor: string | null }
  }
  /** Lifts a ban. */
  'rooms.unban': {
    input: { room_id: string; user_id: string }
    output: { room_id: string; user_id: string }
  }
  /**
   * Sets the languages that the caller speaks and reads in a room, which only they hear of. With other
   * languages to read they get the room anew (`room_joined`) on each of their connections.
   */
  'rooms.updateMe': {
    input: { room_id: string; languages: Languages }
    output: { room_id: string; role: string; languages: Languages }
  }
  /** The waiting list of a room, longest wait first. */
  'rooms.waiting': {
    input: { room_id: string }
    output: { items: WaitingPerson[]; next_cursor: string | null }
  }
  /** Lets a waiting user in. */
  'rooms.admit': {
    input: { room_id: string; user_id: string }
    output: { room_id: string; user_id: string }
  }
  /** Refuses a waiting user. */
  'rooms.deny': {
    input: { room_id: string; user_id: string }
    output: { room_id: string; user_id: string }
  }
  /** Makes an invitation; its code lets users join. */
  'rooms.invite': {
    input: {
      room_id: string
      /** Seconds; 7 days by default, null for an invitation that does not expire. */
      expires_in?: number | string | null | undefined
      max_uses?: number | string | null | undefined
      /** The role of users who join by it; only the owner may set `cohost`. */
      role?: 'member' | 'cohost' | null | undefined
    }
    output: Invitation
  }
  /** The invitations of a room, valid or expired. */
  'rooms.invites': {
    input: { room_id: string }
    output: { items: Invitation[]; next_cursor: string | null }
  }
  /** Revokes an invitation. */
  'rooms.revokeInvite': {
    input: { room_id: string; invite_id: string }
    output: { room_id: string; id: string }
  }
  /** Changes what is said about a file that is not attached yet. */
  'uploads.describe': {
    input: { id: string; alt?: string | null | undefined; name?: string | null | undefined }
    output: StoredFile
  }
  /** Deletes a file that is not attached yet. */
  'uploads.delete': {
    input: { id: string }
    output: Record<string, never>
  }
  /** Takes the picture of a room away. */
  'pictures.removeOfRoom': {
    input: { room_id: string }
    output: {
      room_id: string
      /**
       * A path on this server: a square picture, at most 512 pixels wide. With `/96` behind it a smaller
       * copy.
       */
      picture_url: string | null
    }
  }
  /** Sends a message to a room. */
  'messages.send': {
    input: {
      room_id: string
      type?: MessageType | undefined
      format?: string | null | undefined
      /** Chosen by the sender, unique for each message: it makes a retry recognizable. */
      client_id?: string | null | undefined
      /** The id of a message of the same room. */
      reply_to?: string | null | undefined
      /** Files of the sender that it carries; with some the text may be empty. */
      file_ids?: readonly string[] | null | undefined
      /**
       * A text of at most 20000 UTF-16 units, not of white space alone. Of an image or recording: Base64 of
       * the bytes, with a `data:` prefix or without; at most MAX_INLINE_BYTES of them.
       */
      content: string
    }
    output: Message
  }
  /** Sends a message to the lobby or to a room, also without a token, under the name of `sender`. */
  'messages.post': {
    input: {
      room_id?: string | null | undefined
      type?: MessageType | undefined
      format?: string | null | undefined
      /** Chosen by the sender, unique for each message: it makes a retry recognizable. */
      client_id?: string | null | undefined
      /** The id of a message of the same room. */
      reply_to?: string | null | undefined
      /** Files of the sender that it carries; with some the text may be empty. */
      file_ids?: readonly string[] | null | undefined
      /**
       * A text of at most 20000 UTF-16 units, not of white space alone. Of an image or recording: Base64 of
       * the bytes, with a `data:` prefix or without; at most MAX_INLINE_BYTES of them.
       */
      content: string
      sender?: string | null | undefined
    }
    output: Message
  }
  /** Sends an image to the lobby or to a room. */
  'messages.postImage': {
    input: {
      type?: 'image' | undefined
      format?: string | null | undefined
      /** Chosen by the sender, unique for each message: it makes a retry recognizable. */
      client_id?: string | null | undefined
      /** The id of a message of the same room. */
      reply_to?: string | null | undefined
      /** Files of the sender that it carries; with some the text may be empty. */
      file_ids?: readonly string[] | null | undefined
      sender?: string | null | undefined
      room_id?: string | null | undefined
      /** Base64 of the bytes, with a `data:` prefix or without; at most MAX_INLINE_BYTES of them. */
      image: string
    }
    output: Message
  }
  /** Sends a recording to the lobby or to a room. */
  'messages.postAudio': {
    input: {
      type?: 'audio' | undefined
      format?: string | null | undefined
      /** Chosen by the sender, unique for each message: it makes a retry recognizable. */
      client_id?: string | null | undefined
      /** The id of a message of the same room. */
      reply_to?: string | null | undefined
      /** Files of the sender that it carries; with some the text may be empty. */
      file_ids?: readonly string[] | null | undefined
      sender?: string | null | undefined
      room_id?: string | null | undefined
      /** Base64 of the bytes, with a `data:` prefix or without; at most MAX_INLINE_BYTES of them. */
      audio: string
    }
    output: Message
  }
  /** A page of messages, oldest first. */
  'messages.history': {
    input: {
      room_id: string
      /** Messages with a lower seq. */
      before?: number | string | null | undefined
      /** Messages with a higher seq, from the oldest on. */
      after?: number | string | null | undefined
      /** 50; at most 200. Long messages make a page shorter. */
      limit?: number | string | null | undefined
    }
    output: { messages: Message[]; next_cursor: number | null }
  }
  /** A page of the files that messages of a room carry, the newest message first. */
  'messages.files': {
    input: {
      room_id: string
      /** `media`: images and videos. */
      kind?: 'media' | 'audio' | 'file' | undefined
      /** The `next_cursor` of the page before. */
      cursor?: number | string | null | undefined
      /** Messages whose files the page holds: 50; at most 100. Long messages make a page shorter. */
      limit?: number | string | null | undefined
    }
    output: { files: RoomFile[]; next_cursor: number | null }
  }
  /** Asks the members of a room a question, with a message in its conversation. */
  'polls.create': {
    input: {
      room_id: string
      question: string
      options: readonly string[]
      /** Whether a vote may name several options. */
      multiple?: boolean | null | undefined
      /** Nobody sees who voted for what. Fixed for the life of the poll. */
      anonymous?: boolean | null | undefined
      /** When it closes by itself; without an offset in UTC. Absent: somebody closes it. */
      closes_at?: string | null | undefined
      /** Chosen by the sender, unique for each message and poll: it makes a retry recognizable. */
      client_id?: string | null | undefined
    }
    output: Poll
  }
  /** Polls of a room, the newest first. */
  'polls.list': {
    input: {
      room_id: string
      /** The `next_cursor` of the page before. */
      cursor?: number | string | null | undefined
      /** 20; at most 50. */
      limit?: number | string | null | undefined
    }
    output: { items: Poll[]; next_cursor: number | null }
  }
  /** One poll. */
  'polls.get': {
    input: { room_id: string; poll_id: string }
    output: Poll
  }
  /** Who voted for what in a poll that is not anonymous, in the order of their votes. */
  'polls.votes': {
    input: {
      room_id: string
      poll_id: string
      /** The `next_cursor` of the page before. */
      cursor?: number | string | null | undefined
      /** 50; at most 200. */
      limit?: number | string | null | undefined
    }
    output: { items: PollVote[]; next_cursor: number | null }
  }
  /** Votes in a poll, instead of an earlier vote; without options it takes that back. */
  'polls.vote': {
    input: { room_id: string; poll_id: string; option_ids: readonly string[] }
    output: Poll
  }
  /** Closes a poll for good. */
  'polls.close': {
    input: { room_id: string; poll_id: string }
    output: Poll
  }
  /** Rooms of which the caller is a member, the last active first; with `since`, those that changed. */
  'feed.rooms': {
    input: {
      cursor?: string | null | undefined
      /** 50; at most 200. */
      limit?: number | string | null | undefined
      since?: string | null | undefined
    }
    output: {
      items: FeedRoom[]
      /** Rooms that ended for the caller: `left`, `removed`, `banned`, `waiting`, `sent_out` or `closed`. */
      gone: { room_id: string; reason: string }[]
      /** For the next call. Of several pages, that of the first. */
      since: string
      /** `since` was too old: these are all rooms, and nothing else is left. */
      reset?: true
      next_cursor: string | null
    }
  }
  /** How far the caller has read the room. */
  'read-state.get': {
    input: { room_id: string }
    output: ReadState
  }
  /** Everything up to this seq is read. Moves forward only. */
  'read-state.read': {
    input: {
      room_id: string
      read_seq: number
      /** Also removes the mark that `mark_unread` set. */
      clear_unread?: boolean | null | undefined
    }
    output: ReadState
  }
  /** Marks the room as unread from this seq on, for the caller alone. */
  'read-state.unread': {
    input: { room_id: string; from_seq: number }
    output: ReadState
  }
  /** Everything in all rooms of the caller is read. */
  'read-state.readAll': {
    input: Record<string, never>
    output: {
      /** The rooms in which something was unread. */
      items: ReadState[]
    }
  }
  /** What the caller has set for themselves in a room. */
  'preferences.get': {
    input: { room_id: string }
    output: RoomPreferences
  }
  /** Changes what the caller has set for themselves in a room; absent fields stay as they are. */
  'preferences.update': {
    input: {
      room_id: string
      notify?: RoomNotify | null | undefined
      /** With `none`: when it ends. Absent: never. */
      until?: string | null | undefined
      favorite?: boolean | null | undefined
      /** Null takes the room out of its group. */
      group?: string | null | undefined
    }
    output: RoomPreferences
  }
  /** Sends a message of the server to everyone who is connected. */
  'broadcasts.send': {
    input: {
      type?: MessageType | undefined
      format?: string | null | undefined
      /**
       * A text of at most 20000 UTF-16 units, not of white space alone. Of an image or recording: Base64 of
       * the bytes, with a `data:` prefix or without; at most MAX_INLINE_BYTES of them.
       */
      content: string
      sender?: string | null | undefined
    }
    output: Broadcast
  }
  /** Sends an event of a name of its own to the event streams of the lobby, or of a room. */
  'events.publish': {
    input: {
      /**
       * Not the name of an event of this server. Those are of lower-case letters and `_`, so a name with
       * another character stays free.
       */
      event_type: string
      /** Any JSON, at most 65536 characters of it and 100 levels deep. */
      data: unknown
      /** Absent: the lobby. */
      room_id?: string | null | undefined
      /** Chosen by the sender: it makes a retry recognizable. */
      client_id?: string | null | undefined
    }
    output: { id: string; event_type: string }
  }
  /** Notifies these users, or everyone who is connected. */
  'notifications.send': {
    input: {
      title: string
      body: string
      /** Absent: everyone who is connected. */
      user_ids?: readonly string[] | null | undefined
    }
    output: Notification
  }
  /** How far a job is, and what became of it. */
  'jobs.get': {
    input: {
      /** As the call that caused the job answered it. */
      job_id: string
    }
    output: Job
  }
  /** Cancels a job, unless it has ended; answers it as it is then. */
  'jobs.cancel': {
    input: {
      /** As the call that caused the job answered it. */
      job_id: string
    }
    output: Job
  }
  /** Makes a token for a call, in a room or under any name. */
  'calls.token': {
    input: {
      /** Required. Ignored for a signed-in caller: then it is the caller's id. */
      identity: string | null
      /** Required. A room's id, or any name for a call without a room. */
      room: string | null
      provider?: 'parlor' | 'twilio' | 'livekit' | null | undefined
    }
    output: {
      token: string
      identity: string
      room: string
      provider: 'parlor' | 'twilio' | 'livekit'
      expires_at: string
    }
  }
  /** Checks that the connection works; answered by `pong`. */
  'ops.ping': {
    input: Record<string, never>
    output: { timestamp: string }
  }
}
