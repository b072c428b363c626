import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { JsonObject, Room, Session } from './wire.ts'

export type Answer<T> = { status: number; headers: Headers; text: string; body: T }

export type Request = {
  token?: string | undefined
  /** An object is sent as JSON, a string unchanged. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** Idle connections do not keep a test alive. Nothing is sent again when one was closed meanwhile: the call fails. */
const agent = new Agent({ keepAlive: true })

/**
 * Makes a REST call. The body of the answer is not validated; the test checks it. Not with `fetch`, which takes three times
 * the CPU for a call, and tests make many.
 */
export async function rest<T = JsonObject>(
  url: string,
  method: string,
  path: string,
  { token, body, headers, signal = AbortSignal.timeout(15_000) }: Request = {},
): Promise<Answer<T>> {
  const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
  const asked = request(url + path, {
    ...{ agent, method, signal },
    headers: {
      'user-agent': 'node',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      // Node tells the length of a body by itself only for methods that usually have one.
      ...(sent === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
      ...headers,
    },
  })
  const answered = once(asked, 'response')
  if (sent === null) asked.end()
  else asked.end(sent)
  const [response]: IncomingMessage[] = await answered
  if (!response) throw new Error('There is no answer')
  const answer = await readText(response)
  const given = new Headers(pairs(response.rawHeaders))
  const isJson = given.get('content-type')?.includes('json') ?? false
  return {
    status: response.statusCode ?? 0,
    headers: given,
    text: answer,
    body: isJson && answer ? JSON.parse(answer) : answer,
  }
}

function pairs(raw: readonly string[]): [string, string][] {
  const all: [string, string][] = []
  for (let at = 0; at + 1 < raw.length; at += 2) all.push([raw[at] ?? '', raw[at + 1] ?? ''])
  return all
}

/** The same for set-up calls, which must succeed. */
export async function ok<T>(url: string, method: string, path: string, request: Request = {}): Promise<T> {
  const answer = await rest<T>(url, method, path, request)
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`)
  return answer.body
}

export type Guest = { id: string; name: string; token: string }

export async function signInGuest(url: string, name: string): Promise<Guest> {
  const session = await ok<Session>(url, 'POST', '/api/auth/guest', { body: { name } })
  return { id: session.user.id, name, token: session.access_token }
}

export function createRoom(url: string, host: Guest, fields: JsonObject = {}): Promise<Room> {
  return ok<Room>(url, 'POST', '/api/rooms', { token: host.token, body: { name: 'A room', ...fields } })
}

/** All messages of a room, oldest first, read page by page from the newest one. */
export async function readHistory<T = JsonObject>(url: string, room_id: string, token?: string): Promise<T[]> {
  let before: number | null = null
  const all: T[] = []
  do {
    const query: string = before === null ? '' : `&before=${before}`
    const path = `/api/rooms/${room_id}/messages?limit=200${query}`
    const page: { messages: T[]; next_cursor: number | null } = await ok(url, 'GET', path, { token })
    all.unshift(...page.messages)
    before = page.next_cursor
  } while (before !== null)
  return all
}
