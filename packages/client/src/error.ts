import type { ErrorCode, ErrorDetails, Retry } from './generated/errors.generated.ts'

/**
 * What only a client can meet. `offline`: no connection, or it broke. `unreadable`: an answer that is none of Parlor's.
 * `removed`: of a room that one is in no longer. `discarded`: of a message that its sender took back.
 */
export type ClientErrorCode = 'offline' | 'unreadable' | 'removed' | 'discarded'

/** Codes of a newer server are texts like others. */
export type AnyErrorCode = ErrorCode | ClientErrorCode | (string & {})

export type { ErrorDetails, Retry }

/** The one error that this package throws on purpose. */
export class ParlorError extends Error {
  override readonly name = 'ParlorError'
  readonly code: AnyErrorCode
  /** `never`: the same again fails again; `later`: it may pass in a while; `resend`: whether it happened is unknown. */
  readonly retry: Retry
  /** The HTTP status; 0 when it came by a socket, or nothing came at all. */
  readonly status: number
  readonly details: ErrorDetails

  constructor(
    code: AnyErrorCode,
    text: string,
    {
      retry = 'never',
      status = 0,
      details = {},
      cause,
    }: {
      retry?: Retry
      status?: number
      details?: ErrorDetails
      cause?: unknown
    } = {},
  ) {
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
    this.retry = retry
    this.status = status
    this.details = details
  }

  /** One sentence a field of the input, where it is about fields. */
  get errors(): Readonly<Record<string, string>> {
    return this.details.errors ?? {}
  }
}
