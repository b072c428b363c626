import type { Action, CallContext, createPipeline } from '../../core/action.ts'
import type { Caller } from '../../core/caller.ts'
import type { HttpRoute, SocketEvent } from '../../core/contract.ts'
import { AppError, definedError, errorBody } from '../../core/error.ts'
import { isLimited } from '../../core/key-rights.ts'
import { toJson } from '../../core/json.ts'
import { ConnectionCalls } from '../../core/order/connection-calls.ts'
import { createWaitingCalls } from '../../core/order/waiting-calls.ts'
import { makeWellFormed } from '../../core/text/well-formed.ts'
import type { Live } from '../../room/live/live.ts'
import { alwaysPossible } from '../../transport/docs/openapi.ts'
import type { DoorSources } from '../feature.ts'

/** Untyped JSON of an answer: tests assert on its fields. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = any

/** Throws if a call answers a code that its contract, and so the documents, do not announce. */
export function mustBeAnnounced({ name, contract }: Action, _: CallContext, code: string): void {
  const announced = [...contract.errors, ...alwaysPossible(contract, false)].map(
    (failure) => definedError(failure).code,
  )
  if (code === 'ok' || announced.includes(code)) return
  throw new Error(`${name} answers ${code}, which its contract does not announce`)
}

export type Pipe = ReturnType<typeof createPipeline>
export type Request = { body?: object; token?: string | null; key?: string; address?: string }

/** The REST transport without HTTP. */
export function restDoor(
  actions: readonly Action[],
  call: Pipe,
  authenticate: (token: string | null, address: string) => Caller | Promise<Caller>,
  replays: string[],
) {
  const doors = actions.flatMap((action) => (action.contract.http ?? []).map((door) => ({ action, door })))
  return async (method: string, address: string, request: Request = {}): Promise<{ status: number; body: Answer }> => {
    const { pathname, searchParams } = new URL(address, 'http://rest.test')
    const matches = doors.filter(({ door }) => door.method === method && paramsOf(door, pathname))
    const found = matches.find(({ door }) => door.path === pathname) ?? matches[0]
    if (!found) throw new Error(`No action at ${method} ${address}`)
    const { action, door } = found
    const input = asRead({ ...request.body, ...Object.fromEntries(searchParams), ...paramsOf(door, pathname) })
    const context: CallContext = {
      door: 'http',
      connection_id: null,
      ack: true,
      idempotency_key: request.key ?? null,
      replayed: () => void replays.push(`${method} ${address}`),
      trace_id: 'trace',
      bytes: 0,
      reader: null,
      calls: null,
    }
    try {
      const caller = await authenticate(request.token ?? null, request.address ?? '192.0.2.1')
      const output = await call(action, door.accepts ?? action.contract.input, input, caller, context)
      return { status: door.status ?? 200, body: JSON.parse(toJson(output)) }
    } catch (thrown) {
      const error = expected(thrown)
      return { status: error.status, body: errorBody(error) }
    }
  }
}

/** Text as every transport passes it on (rule TX1). */
const asRead = <T>(input: T): T => makeWellFormed(structuredClone(input))

function paramsOf({ path }: HttpRoute, pathname: string): Record<string, string> | null {
  const [pattern, parts] = [path.split('/'), pathname.split('/')]
  if (pattern.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (const [index, name] of pattern.entries()) {
    const part = parts[index] ?? ''
    if (name.startsWith(':')) params[name.slice(1)] = decodeURIComponent(part)
    else if (name !== part) return null
  }
  return params
}

type SocketDoors = {
  actions: readonly Action[]
  call: Pipe
  live: Live
  authenticate: DoorSources['authenticateSocket']
  feed: DoorSources['feed']
}
export type Heard = { event: string; data: Answer }

/** The Socket.IO transport without sockets: one connection that records what it receives. */
export async function connect(
  { actions, call, live, authenticate, feed }: SocketDoors,
  token: string | null,
  { address, asksFeed = false }: { address: string; asksFeed?: boolean },
) {
  const { caller, connected } = await authenticate({ token }, address)
  const heard: Heard[] = []
  /** Bytes that the client has not read yet. */
  let backlog = 0
  let hasEndedSession = false
  const push = (event: string, json: string) => void heard.push({ event, data: JSON.parse(json) })
  const { user, profile, session_id } = caller
  const id = live.open(
    {
      waiting: () => backlog,
      own: () => 0,
      write: (range) =>
        range
          .encodings((frames) => frames)
          .flat()
          .forEach(({ event, json }) => push(event, json)),
      emit: push,
      flush: () => {},
      whenDrained: () => {},
      cut: (reason) => void (hasEndedSession ||= reason === 'session_ended'),
      drop: () => {},
    },
    { user, profile, session_id, isLimited: isLimited(caller), address, present: true },
  )
  if (asksFeed) feed(id, user)
  const doors = new Map(
    actions.flatMap((action) => (action.contract.socket ?? []).map((door) => [door.event, { action, door }])),
  )

  const acting = () => {
    if (hasEndedSession) throw new AppError('not_authenticated')
    const owner = live.owner(id)
    return {
      ...caller,
      ...(owner?.user && owner.profile ? { ...owner, user: owner.user, profile: owner.profile } : {}),
    }
  }
  const calls = new ConnectionCalls(acting, createWaitingCalls()('192.0.2.1'))

  async function send(event: string, payload: unknown, ack: boolean): Promise<Answer> {
    const found: { action: Action; door: SocketEvent } | undefined = doors.get(event)
    if (!found) throw new Error(`No action for ${event}`)
    const context: CallContext = {
      ...{ door: 'socket', connection_id: id, ack, idempotency_key: null, trace_id: 'trace' },
      ...{ bytes: packetBytes(event, payload), reader: live.reader(id), calls },
    }
    const schema = found.door.accepts ?? found.action.contract.input
    return JSON.parse(toJson(await call(found.action, schema, asRead(payload), acting(), context)))
  }

  return {
    id,
    caller,
    connected: connected as Answer,
    heard,
    /** Sends with an acknowledgement; rejects with the AppError that it would carry. */
    ask: (event: string, payload?: unknown) => send(event, payload, true),
    /** Sends without an acknowledgement. */
    tell: (event: string, payload?: unknown) => send(event, payload, false),
    /** The events received under this name, once all work under way is done. */
    async hears(event: string): Promise<Answer[]> {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      return heard.filter((each) => each.event === event).map(({ data }) => data)
    },
    /** Waits for the first event with this name. */
    async heardOf(event: string): Promise<Answer> {
      for (;;) {
        const found = heard.find((each) => each.event === event)
        if (found) return found.data
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    /** The client stops reading, with so many bytes before it, or has read them all. */
    fallBehind: (bytes: number) => void (backlog = bytes),
    close: () => live.close(id),
  }
}

/** Of a Socket.IO packet with an id for its acknowledgement. */
const packetBytes = (event: string, payload: unknown) => Buffer.byteLength(`421${JSON.stringify([event, payload])}`)

function expected(thrown: unknown): AppError {
  if (thrown instanceof AppError && thrown.code !== 'internal') return thrown
  throw thrown
}

/** The code that a call was refused with; `ok` when it passed. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error) => expected(error).code,
  )
