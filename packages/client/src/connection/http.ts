import { ParlorError } from '../error.ts'
import { readFailure, unanswered } from './failure.ts'

export type HttpRequest = {
  method: string
  /** May contain field names: `/api/rooms/:room_id`. */
  path: string
  input: object
  /** Null: no access token. */
  token: string | null
}

export type HttpAnswer = { status: number; headers: Headers; text: string }

/** Timeout in ms. */
const patience = 15_000

/** One REST call; rejects with ParlorError. The answer has the type in the action's contract. */
export async function callHttp<Output>(url: string, { method, path, input, token }: HttpRequest): Promise<Output> {
  const { address, rest } = fillPath(path, input)
  const asQuery = method === 'GET' || method === 'DELETE'
  const request: RequestInit = {
    method,
    signal: AbortSignal.timeout(patience),
    credentials: 'omit',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(asQuery ? {} : { 'content-type': 'application/json' }),
    },
    ...(asQuery ? {} : { body: JSON.stringify(Object.fromEntries(rest)) }),
  }
  const { status, text } = await send(url + address + (asQuery ? queryOf(rest) : ''), request)
  return parse(text, status)
}

/** An answer of success; rejects with ParlorError for every other. */
export async function send(address: string, request: RequestInit): Promise<HttpAnswer> {
  const { status, ok, headers, text } = await fetched(address, request)
  if (ok) return { status, headers, text }
  throw readFailure(parse(text, status), status)
}

async function fetched(address: string, request: RequestInit): Promise<HttpAnswer & { ok: boolean }> {
  try {
    const response = await fetch(address, request)
    const { status, ok, headers } = response
    return { status, ok, headers, text: await response.text() }
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError'
    throw isLate
      ? unanswered('timeout', undefined, cause)
      : unanswered('offline', 'The server cannot be reached', cause)
  }
}

/** The JSON of an answer. */
export function parse(text: string, status: number) {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // Most often a proxy's own error page.
    throw new ParlorError('unreadable', 'The answer could not be read', { retry: 'resend', status, cause })
  }
}

/** Fills in the path's fields and returns the others. */
function fillPath(path: string, input: object): { address: string; rest: [string, unknown][] } {
  const fields = new Map<string, unknown>(Object.entries(input))
  const address = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = fields.get(name)
    fields.delete(name)
    return encodeURIComponent(textOf(value))
  })
  return { address, rest: [...fields] }
}

function queryOf(fields: readonly [string, unknown][]): string {
  const query = new URLSearchParams()
  for (const [name, value] of fields) {
    if (value !== undefined && value !== null) query.append(name, textOf(value))
  }
  return query.size === 0 ? '' : `?${query.toString()}`
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
