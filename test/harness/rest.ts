import type { JsonObject, Room, Session } from './wire.ts'

export type Answer<T> = { status: number; headers: Headers; text: string; body: T }

export type Request = {
  token?: string | undefined
  /** An object is sent as JSON, a string unchanged. */
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** Makes a REST call. The body of the answer is not validated; the test checks it. */
export async function rest<T = JsonObject>(
  url: string,
  method: string,
  path: string,
  { token, body, headers, signal = AbortSignal.timeout(15_000) }: Request = {},
): Promise<Answer<T>> {
  const response = await fetch(url + path, {
    method,
    signal,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return { status: response.status, headers: response.headers, text, body: isJson && text ? JSON.parse(text) : text }
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
