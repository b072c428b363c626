export type Retry = 'never' | 'later' | 'resend'

/**
 * What one code says, wherever it is answered. `status` is the HTTP answer, `text` the sentence a person reads, `retry`
 * what a client may do: `never` (the same request fails again), `later` (the same request may pass in a while) or
 * `resend` (whether it happened is unknown; send it again with the same client_id).
 */
type ErrorRow = {
  status: number
  text: string
  retry: Retry
  /** Seconds after which a client should retry, unless the error itself says: most temporary failures end within seconds. */
  retry_after?: number
}

/** A code with its status, text and retry, as `defineErrors` makes it. */
export type DefinedError = Readonly<ErrorRow> & { readonly code: string }

/** The codes of one part. Code that throws or lists one uses the value, so that a code that nobody defined does not compile. */
export function defineErrors<const Code extends string>(
  rows: Readonly<Record<Code, ErrorRow>>,
): Readonly<Record<Code, DefinedError>> {
  const defined = Object.entries<ErrorRow>(rows).map(([code, row]) => [code, { code, ...row }])
  // Each code of the rows has its entry, which Object.fromEntries cannot say.
  return Object.fromEntries(defined) as Record<Code, DefinedError>
}

/** The codes of the pipeline and of the doors; each other part defines its own in an `errors.ts`. */
export const coreErrors = defineErrors({
  missing_fields: { status: 400, text: 'Missing required fields', retry: 'never' },
  validation_error: { status: 400, text: 'Validation error', retry: 'never' },
  malformed: { status: 400, text: 'The request could not be read', retry: 'never' },
  unknown_event: { status: 400, text: 'Unknown event', retry: 'never' },
  not_authenticated: { status: 401, text: 'Sign in or send an access token', retry: 'never' },
  token_invalid: { status: 401, text: 'The access token is not valid', retry: 'never' },
  token_expired: { status: 401, text: 'The access token has expired', retry: 'never' },
  session_ended: { status: 401, text: 'This session has ended', retry: 'never' },
  forbidden: { status: 403, text: 'You are not allowed to do this', retry: 'never' },
  origin_not_allowed: { status: 403, text: 'This origin is not allowed', retry: 'never' },
  scope_missing: { status: 403, text: 'This API key lacks the scope that this needs', retry: 'never' },
  not_found: { status: 404, text: 'Resource not found', retry: 'never' },
  method_not_allowed: { status: 405, text: 'This method is not allowed here', retry: 'never' },
  client_id_reused: {
    status: 409,
    text: 'This client_id or Idempotency-Key was used for a different request',
    retry: 'never',
  },
  too_slow: { status: 408, text: 'The upload is too slow', retry: 'resend' },
  conflict: { status: 409, text: 'Someone else changed it first', retry: 'never' },
  precondition_failed: { status: 412, text: 'The file is not the one that the request names', retry: 'never' },
  too_large: { status: 413, text: 'This is larger than allowed', retry: 'never' },
  unsupported_type: { status: 415, text: 'This content type is not supported', retry: 'never' },
  range_not_satisfiable: { status: 416, text: 'The file has no such part', retry: 'never' },
  rate_limited: { status: 429, text: 'Too many requests; wait a moment', retry: 'later' },
  internal: { status: 500, text: 'Internal server error', retry: 'resend' },
  room_busy: { status: 503, text: 'The room is busy; try again in a moment', retry: 'later', retry_after: 1 },
  storage_unavailable: {
    status: 503,
    text: 'The server cannot store anything at the moment',
    retry: 'later',
    retry_after: 2,
  },
  shutting_down: { status: 503, text: 'The server is restarting', retry: 'resend' },
  too_many_connections: { status: 503, text: 'Too many connections from this address', retry: 'later' },
  timeout: { status: 504, text: 'This took too long; try again', retry: 'resend' },
})

type CoreErrorCode = keyof typeof coreErrors

/** Why a call fails: by name if it is one of the core's own codes, else the value that its part defined. */
export type Failure = CoreErrorCode | DefinedError

export const definedError = (failure: Failure): DefinedError =>
  typeof failure === 'string' ? coreErrors[failure] : failure

/** Fields beside an error's code, which the door adds to the reply unchanged. */
export type ErrorDetails = {
  /** All fields that the request must have. */
  required?: readonly string[]
  /** One sentence for each field. */
  errors?: Readonly<Record<string, string>>
  /** The scope that the API key lacks. */
  scope?: string
  /** Seconds until the request may pass; the HTTP door also says it as `Retry-After`. */
  retry_after?: number
  /** The largest size allowed, in the unit of the limit. */
  limit?: number
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: string
  readonly status: number
  readonly retry: Retry
  readonly details: ErrorDetails

  constructor(failure: Failure, options: { text?: string; details?: ErrorDetails; cause?: unknown } = {}) {
    const { code, status, text, retry, retry_after } = definedError(failure)
    super(options.text ?? text, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = status
    this.retry = retry
    this.details = { ...(retry_after !== undefined && { retry_after }), ...options.details }
  }

  /** Any thrown value as an AppError; another error becomes `internal` and keeps its cause for the log. */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError('internal', { cause: thrown })
  }

  is(failure: Failure): boolean {
    return this.code === definedError(failure).code
  }
}

/** The body that every door sends for a failure (REST adds `request_id`, Socket.IO `ok: false` or `event`). */
export function errorBody({
  message,
  code,
  retry,
  details,
}: AppError): { error: string; code: string; retry: Retry } & ErrorDetails {
  return { error: message, code, retry, ...details }
}
