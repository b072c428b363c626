/**
 * The whole error catalogue: one row a code. `status` is the HTTP answer, `text` the sentence a person reads, `retry`
 * what a client may do: `never` (the same request fails again), `later` (the same request may pass in a while) or
 * `resend` (whether it happened is unknown; send it again with the same client_id). docs/errors.md is generated from it.
 */
export const errors = {
  missing_fields: { status: 400, text: 'Missing required fields', retry: 'never' },
  validation_error: { status: 400, text: 'Validation error', retry: 'never' },
  malformed: { status: 400, text: 'The request could not be read', retry: 'never' },
  unknown_event: { status: 400, text: 'Unknown event', retry: 'never' },
  not_authenticated: { status: 401, text: 'Sign in or send an access token', retry: 'never' },
  token_invalid: { status: 401, text: 'The access token is not valid', retry: 'never' },
  token_expired: { status: 401, text: 'The access token has expired', retry: 'never' },
  invalid_credentials: { status: 401, text: 'The e-mail address or the password is wrong', retry: 'never' },
  session_ended: { status: 401, text: 'This session has ended', retry: 'never' },
  forbidden: { status: 403, text: 'You are not allowed to do this', retry: 'never' },
  not_a_member: { status: 403, text: 'Join the room first', retry: 'never' },
  guests_not_allowed: { status: 403, text: 'Guests are not allowed here; sign in with an account', retry: 'never' },
  sender_taken: { status: 403, text: 'This name belongs to an account', retry: 'never' },
  origin_not_allowed: { status: 403, text: 'This origin is not allowed', retry: 'never' },
  chat_disabled: { status: 403, text: 'Chat is off in this room', retry: 'never' },
  call_disabled: { status: 403, text: 'Calls are off in this room', retry: 'never' },
  password_required: { status: 403, text: 'This room asks for a password', retry: 'never' },
  invalid_password: { status: 403, text: 'Invalid password', retry: 'never' },
  account_or_invite_required: {
    status: 403,
    text: 'Too many wrong passwords were tried here; come with an invitation, or sign in with an account',
    retry: 'later',
  },
  invite_required: { status: 403, text: 'This room is by invitation', retry: 'never' },
  invite_invalid: { status: 403, text: 'This invitation does not hold any more', retry: 'never' },
  banned: { status: 403, text: 'You are banned from this room', retry: 'never' },
  denied: { status: 403, text: 'You were not let in', retry: 'never' },
  sent_out: { status: 403, text: 'You were sent out; come back when a host is here, or later', retry: 'later' },
  room_locked: { status: 403, text: 'The room is locked', retry: 'later' },
  not_found: { status: 404, text: 'Resource not found', retry: 'never' },
  method_not_allowed: { status: 405, text: 'This method is not allowed here', retry: 'never' },
  client_id_reused: {
    status: 409,
    text: 'This client_id or Idempotency-Key was used for something else',
    retry: 'never',
  },
  account_exists: { status: 409, text: 'An account with this e-mail address or name exists', retry: 'never' },
  room_full: { status: 409, text: 'The room is full', retry: 'later' },
  room_exists: { status: 409, text: 'A room with this id exists', retry: 'never' },
  record_limit: { status: 409, text: 'The room holds as much shared state as it may', retry: 'never' },
  too_many_rooms: { status: 409, text: 'This connection is in as many rooms as it may be', retry: 'never' },
  conflict: { status: 409, text: 'Someone else changed it first', retry: 'never' },
  room_closed: { status: 410, text: 'The room has been closed', retry: 'never' },
  too_large: { status: 413, text: 'This is larger than allowed', retry: 'never' },
  unsupported_type: { status: 415, text: 'This content type is not supported', retry: 'never' },
  unreachable: { status: 404, text: 'The other side is not connected', retry: 'never' },
  rate_limited: { status: 429, text: 'Too many requests; wait a moment', retry: 'later' },
  internal: { status: 500, text: 'Internal server error', retry: 'resend' },
  not_available: { status: 501, text: 'This is not available yet', retry: 'never' },
  not_configured: { status: 503, text: 'This needs a setting that is not made', retry: 'never' },
  room_busy: { status: 503, text: 'The room is busy; try again in a moment', retry: 'later' },
  storage_unavailable: { status: 503, text: 'Nothing can be stored at the moment', retry: 'later' },
  shutting_down: { status: 503, text: 'The server is restarting', retry: 'resend' },
  too_many_connections: { status: 503, text: 'Too many connections from this address', retry: 'later' },
  timeout: { status: 504, text: 'This took too long; try again', retry: 'resend' },
} as const satisfies Record<string, { status: number; text: string; retry: Retry }>

/** Seconds after which it is worth another try, where nobody knows better: what passes by itself passes within seconds. */
const retryAfter: Partial<Record<ErrorCode, number>> = { storage_unavailable: 2, room_busy: 1 }

export type Retry = 'never' | 'later' | 'resend'
export type ErrorCode = keyof typeof errors

/** What may stand beside an error's code: fields that the door adds to the reply as they are. */
export type ErrorDetails = {
  /** All fields that the request must have. */
  required?: readonly string[]
  /** One sentence a field. */
  errors?: Readonly<Record<string, string>>
  /** Seconds until the request may pass; the HTTP door also says it as `Retry-After`. */
  retry_after?: number
  /** The largest size allowed, in the unit of the limit. */
  limit?: number
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, options: { text?: string; details?: ErrorDetails; cause?: unknown } = {}) {
    super(options.text ?? errors[code].text, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    const retry_after = retryAfter[code]
    this.details = { ...(retry_after !== undefined && { retry_after }), ...options.details }
  }

  /** Whatever was thrown, as an AppError; what is not one becomes `internal` and keeps its cause for the log. */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError('internal', { cause: thrown })
  }
}

/** The body that every door sends for a failure (REST adds `request_id`, Socket.IO `ok: false` or `event`). */
export function errorBody(error: AppError): { error: string; code: ErrorCode; retry: Retry } & ErrorDetails {
  return { error: error.message, code: error.code, retry: errors[error.code].retry, ...error.details }
}
