// Generated from the contracts of the server by `npm run docs`: change those.

/** What someone can be in a room. */
export const roomRoles = ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest', 'sent_out', 'non_member', 'anonymous'] as const
export type RoomRole = (typeof roomRoles)[number]

/** What someone can be to another who acts on them: `hosting` is the host, owner or stand-in. */
export const roomTargets = ['hosting', 'owner', 'cohost', 'member', 'guest', 'sent_out', 'non_member', 'anonymous'] as const
export type RoomTarget = (typeof roomTargets)[number]

/** Which roles may do what. */
export const permissions = {
  /** Read a public room and its messages */
  read_public: ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest', 'non_member', 'anonymous'],
  /** Read a private room: its settings, messages, members and shared state */
  read_private: ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'],
  /** Join, if the room allows it */
  join: ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest', 'non_member'],
  /** Leave */
  leave: ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest', 'sent_out'],
  /** Change the name, picture, capabilities, settings, capacity, lock and waiting room */
  settings: ['owner', 'cohost'],
  /** Change who may come in: privacy and password */
  privacy: ['owner'],
  /** Make, list and revoke invitations */
  invite: ['owner', 'cohost'],
  /** Use the controls (playback, calls, board) where a setting allows only hosts */
  controls: ['owner', 'cohost', 'host', 'guest_host'],
  /** Use anything else that a setting allows only for hosts */
  speak: ['owner', 'cohost'],
  /** See the waiting list, let users in or refuse them */
  admit: ['owner', 'cohost', 'host'],
  /** Send members and guests out until an owner or co-host is back, for at most an hour */
  send_out: ['host'],
  /** Remove and ban members and guests, lift bans; only the owner removes co-hosts */
  remove: ['owner', 'cohost'],
  /** Give and take the role of co-host, also by invitation; hand the room over */
  roles: ['owner'],
  /** Close the room */
  close: ['owner'],
  /** Send messages, as far as the setting `chat` goes */
  send: ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'],
  /** Create polls, as far as the settings `polls` and `chat` go */
  create_poll: ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'],
  /** Vote in polls */
  vote_poll: ['owner', 'cohost', 'host', 'guest_host', 'member', 'guest'],
  /** Close polls of others */
  close_poll: ['owner', 'cohost', 'host'],
} as const satisfies Readonly<Record<string, readonly RoomRole[]>>

/** Whom each role may remove or send out. */
export const removable = {
  owner: ['cohost', 'member', 'guest', 'sent_out', 'non_member', 'anonymous'],
  cohost: ['member', 'guest', 'sent_out', 'non_member', 'anonymous'],
  host: ['member', 'guest', 'sent_out', 'non_member', 'anonymous'],
  guest_host: [],
  member: [],
  guest: [],
  sent_out: [],
  non_member: [],
  anonymous: [],
} as const satisfies Readonly<Record<RoomRole, readonly RoomTarget[]>>

/** Whom each role may make a co-host, or take that role back from. */
export const changeable = {
  owner: ['owner', 'cohost', 'member', 'guest', 'sent_out', 'non_member', 'anonymous'],
  cohost: [],
  host: [],
  guest_host: [],
  member: [],
  guest: [],
  sent_out: [],
  non_member: [],
  anonymous: [],
} as const satisfies Readonly<Record<RoomRole, readonly RoomTarget[]>>

/** What a host who stands in for the room's owner is, by the `host_rights` of the room. */
export const standIns = {
  all: 'cohost',
  cohost: 'cohost',
  order: 'host',
  controls: 'guest_host',
} as const satisfies Readonly<Record<string, RoomRole>>

/** Roles on the wire whose members see what only moderators see. */
export const moderatorRoles = ['host', 'cohost'] as const
