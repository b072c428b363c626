import { type ErrorDetails, ParlorError, type Retry } from '../error.ts'

type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** An error as every door sends it: `{error, code, retry, …}`; `status` is 0 over a socket. */
export function readFailure(body: unknown, status = 0): ParlorError {
  if (!isFields(body) || typeof body['code'] !== 'string') {
    return new ParlorError('unreadable', 'The answer could not be read', { retry: 'resend', status })
  }
  const { error, code, retry } = body
  return new ParlorError(code, typeof error === 'string' ? error : code, {
    status,
    retry: isRetry(retry) ? retry : 'never',
    details: detailsOf(body),
  })
}

const retries: readonly unknown[] = ['never', 'later', 'resend'] satisfies Retry[]
const isRetry = (value: unknown): value is Retry => retries.includes(value)

function detailsOf({ required, errors, retry_after, limit }: Fields): ErrorDetails {
  const sentences = isFields(errors)
    ? Object.entries(errors).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    : null
  return {
    ...(Array.isArray(required) ? { required: required.filter((name) => typeof name === 'string') } : {}),
    ...(sentences ? { errors: Object.fromEntries(sentences) } : {}),
    ...(typeof retry_after === 'number' ? { retry_after } : {}),
    ...(typeof limit === 'number' ? { limit } : {}),
  }
}

/** No answer arrived, so whether the call took effect is unknown. */
export const unanswered = (
  code: 'offline' | 'timeout' = 'offline',
  text = code === 'offline' ? 'There is no connection' : 'This took too long',
  cause?: unknown,
): ParlorError => new ParlorError(code, text, { retry: 'resend', cause })

/** Converts anything thrown to a ParlorError; a bug in this program is kept as the `cause`. */
export function asParlorError(thrown: unknown): ParlorError {
  if (thrown instanceof ParlorError) return thrown
  return new ParlorError('internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}

/** Codes for an invalid or expired token; a fresh one may work. */
export const isTokenTrouble = ({ code }: ParlorError): boolean =>
  ['token_expired', 'token_invalid', 'session_ended', 'not_authenticated'].includes(code)
