import { ParlorError } from '../error.ts'
import { readFailure, unanswered } from './failure.ts'

export type HttpRequest = {
  method: string
  /** With the names of fields in it: `/api/rooms/:room_id`. */
  path: string
  input: object
  /** Null: nobody. */
  token: string | null
}

/** Ms until an answer is not waited for any longer. */
const patience = 15_000

/** One call over REST; rejects with ParlorError. What it answers is what the contract of the action says. */
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
  const { status, ok, text } = await send(url + address + (asQuery ? queryOf(rest) : ''), request)
  const body = parse(text, status)
  if (ok) return body
  throw readFailure(body, status)
}

async function send(address: string, request: RequestInit): Promise<{ status: number; ok: boolean; text: string }> {
  try {
    const response = await fetch(address, request)
    return { status: response.status, ok: response.ok, text: await response.text() }
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError'
    throw isLate
      ? unanswered('timeout', undefined, cause)
      : unanswered('offline', 'The server cannot be reached', cause)
  }
}

function parse(text: string, status: number) {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // A proxy's own page, most of the time.
    throw new ParlorError('unreadable', 'The answer could not be read', { retry: 'resend', status, cause })
  }
}

/** Puts the fields that the path names into it, and answers those that are left. */
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
