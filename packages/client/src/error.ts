import type { ErrorCode, ErrorDetails, Retry } from './generated/errors.generated.ts'

/**
 * Codes of the client itself. `offline`: no connection, or it was lost. `unreadable`: the answer is not one of Parlor.
 * `removed`: the user is no longer in the room. `discarded`: the sender discarded the message or
 * the file. `file_unreadable`: the file to send cannot be read any more. `another_file`: the upload to continue is of
 * another one.
 */
export type ClientErrorCode = 'offline' | 'unreadable' | 'removed' | 'discarded' | 'file_unreadable' | 'another_file'

/** Codes of newer servers are plain strings. */
export type AnyErrorCode = ErrorCode | ClientErrorCode | (string & {})

export type { ErrorDetails, Retry }

/** The only error that this package throws on purpose. */
export class ParlorError extends Error {
  override readonly name = 'ParlorError'
  readonly code: AnyErrorCode
  /** `never`: the same call fails again; `later`: it may succeed later; `resend`: whether it took effect is unknown. */
  readonly retry: Retry
  /** The HTTP status; 0 over a socket, or without an answer. */
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

  /** One sentence per invalid field of the input. */
  get errors(): Readonly<Record<string, string>> {
    return this.details.errors ?? {}
  }
}
