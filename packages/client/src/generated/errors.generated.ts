// Generated from the contracts of the server by `npm run docs`: change those.

/** Whether the same request may pass later, by the code of its error. */
export type ErrorRetries = {
  /** The request could not be read (400) */
  malformed: 'never'
  /** Missing required fields (400) */
  missing_fields: 'never'
  /** Unknown event (400) */
  unknown_event: 'never'
  /** Validation error (400) */
  validation_error: 'never'
  /** Wrong e-mail address or password (401) */
  invalid_credentials: 'never'
  /** Sign in or send an access token (401) */
  not_authenticated: 'never'
  /** This session has ended (401) */
  session_ended: 'never'
  /** The access token has expired (401) */
  token_expired: 'never'
  /** The access token is not valid (401) */
  token_invalid: 'never'
  /** Too many wrong passwords were tried here; join with an invitation, or sign in with an account (403) */
  account_or_invite_required: 'later'
  /** You are banned from this room (403) */
  banned: 'never'
  /** Calls are off in this room (403) */
  call_disabled: 'never'
  /** Chat is off in this room (403) */
  chat_disabled: 'never'
  /** You were not let in (403) */
  denied: 'never'
  /** You are not allowed to do this (403) */
  forbidden: 'never'
  /** Guests are not allowed here; sign in with an account (403) */
  guests_not_allowed: 'never'
  /** Invalid password (403) */
  invalid_password: 'never'
  /** Open the invite link of a room to make an account (403) */
  invitation_needed: 'never'
  /** This invitation is no longer valid (403) */
  invite_invalid: 'never'
  /** This room requires an invitation (403) */
  invite_required: 'never'
  /** Join the room first (403) */
  not_a_member: 'never'
  /** This origin is not allowed (403) */
  origin_not_allowed: 'never'
  /** This room requires a password (403) */
  password_required: 'never'
  /** Nobody can see who voted in this poll (403) */
  poll_anonymous: 'never'
  /** Polls are off in this room (403) */
  polls_disabled: 'never'
  /** Nobody can make an account here; ask an administrator (403) */
  registration_closed: 'never'
  /** The room is locked (403) */
  room_locked: 'later'
  /** This API key lacks the scope that this needs (403) */
  scope_missing: 'never'
  /** This name belongs to an account (403) */
  sender_taken: 'never'
  /** You were sent out of this room; try again when a host is here, or later (403) */
  sent_out: 'later'
  /** This setup link is not valid any more; the server prints a new one at each start (403) */
  setup_token_invalid: 'never'
  /** Resource not found (404) */
  not_found: 'never'
  /** The other user is not connected (404) */
  unreachable: 'never'
  /** This method is not allowed here (405) */
  method_not_allowed: 'never'
  /** The upload is too slow (408) */
  too_slow: 'resend'
  /** An account with this e-mail address or name already exists (409) */
  account_exists: 'never'
  /** This server is set up already (409) */
  already_set_up: 'never'
  /** This client_id or Idempotency-Key was used for a different request (409) */
  client_id_reused: 'never'
  /** Someone else changed it first (409) */
  conflict: 'never'
  /** The file is not ready yet (409) */
  file_not_ready: 'later'
  /** Make someone else an administrator first (409) */
  last_administrator: 'never'
  /** This poll is closed (409) */
  poll_closed: 'never'
  /** The shared state of this room has reached its limit (409) */
  record_limit: 'never'
  /** A room with this id already exists (409) */
  room_exists: 'never'
  /** The room is full (409) */
  room_full: 'later'
  /** You have as many groups as you can have (409) */
  too_many_groups: 'never'
  /** You have as many API keys as are allowed; revoke one first (409) */
  too_many_keys: 'never'
  /** This room has too many open polls; close one first (409) */
  too_many_polls: 'never'
  /** You have set preferences in as many rooms as you can (409) */
  too_many_preferences: 'never'
  /** This connection has joined the maximum number of rooms (409) */
  too_many_rooms: 'never'
  /** The room has been closed (410) */
  room_closed: 'never'
  /** The file is not the one that the request names (412) */
  precondition_failed: 'never'
  /** There is no more room for files (413) */
  quota_exceeded: 'never'
  /** This is larger than allowed (413) */
  too_large: 'never'
  /** This content type is not supported (415) */
  unsupported_type: 'never'
  /** The file has no such part (416) */
  range_not_satisfiable: 'never'
  /** Too many requests; wait a moment (429) */
  rate_limited: 'later'
  /** Internal server error (500) */
  internal: 'resend'
  /** This is not set up on this server (503) */
  not_configured: 'never'
  /** The room is busy; try again in a moment (503) */
  room_busy: 'later'
  /** The server is restarting (503) */
  shutting_down: 'resend'
  /** The server cannot store anything at the moment (503) */
  storage_unavailable: 'later'
  /** Too many connections from this address (503) */
  too_many_connections: 'later'
  /** This took too long; try again (504) */
  timeout: 'resend'
}

export type ErrorCode = keyof ErrorRetries

/** never: the same request fails again. later: it may pass in a while. resend: whether it happened is unknown; send it again with the same client_id. */
export type Retry = 'never' | 'later' | 'resend'

/** What may stand beside the code of an error. */
export type ErrorDetails = {
  /** All fields that must be there. */
  required?: readonly string[]
  /** One sentence a field. */
  errors?: Readonly<Record<string, string>>
  /** Seconds until the request may pass. */
  retry_after?: number
  /** The largest size allowed. */
  limit?: number
  /** The scope that the API key lacks. */
  scope?: string
}
