import type { Door } from './trials/actions.ts'
import { rest } from './rest.ts'
import type { SocketClient } from './socket-client.ts'
import type { Failure, JsonObject, Reply } from './wire.ts'

/** The outcome of a call through any door. `status` is null on sockets, which answer only a code. */
export type Outcome =
  | { ok: true; status: number | null; data: unknown }
  | { ok: false; status: number | null; failure: Failure }

export type Through = {
  token?: string | undefined
  /** The connection for doors of sockets. */
  socket?: () => Promise<SocketClient>
  /** Appended to the path of a REST door. */
  behind?: string
  /** Sends no body instead of an empty one. */
  bare?: boolean
}

/** Fields that are not in the path: they go into the query for methods without a body, else into the body. */
export function place(path: string, input: JsonObject): { path: string; rest: JsonObject } {
  const rest = { ...input }
  const placed = path.replace(/:(\w+)/g, (_, field: string) => {
    const value = rest[field]
    delete rest[field]
    return encodeURIComponent(String(value))
  })
  return { path: placed, rest }
}

export const inPath = (door: Door, field: string): boolean => door.kind === 'http' && door.path.includes(`:${field}`)

/** Calls an action through one of its doors. */
export async function callThrough(url: string, door: Door, input: JsonObject, through: Through): Promise<Outcome> {
  if (door.kind === 'socket') {
    if (!through.socket) throw new Error(`${door.event} needs a connection`)
    const client = await through.socket()
    const reply = await client.request<unknown>(door.event, input)
    return reply.ok
      ? { ok: true, status: null, data: reply.data }
      : { ok: false, status: null, failure: failureOf(reply) }
  }
  const { path, rest: fields } = place(door.path, input)
  const { behind = '', token, bare = false } = through
  const isRead = door.method === 'GET' || door.method === 'HEAD'
  const hasBody = !isRead && !(bare && Object.keys(fields).length === 0)
  const query = isRead ? queryOf(fields) : ''
  const request = { token, ...(hasBody ? { body: fields } : {}) }
  const { status, body } = await rest(url, door.method, path + behind + query, request)
  if (status < 300) return { ok: true, status, data: body }
  return { ok: false, status, failure: failureOf(JSON.parse(JSON.stringify(body))) }
}

function failureOf({
  error,
  code,
  retry,
  required,
  errors,
}: Failure | Extract<Reply<unknown>, { ok: false }>): Failure {
  return { error, code, retry, ...(required ? { required } : {}), ...(errors ? { errors } : {}) }
}

function queryOf(fields: JsonObject): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    query.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  return query.size === 0 ? '' : `?${query.toString()}`
}
