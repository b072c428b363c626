import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Socket as EngineSocket } from 'engine.io'
import type { Action } from '../../core/action.ts'
import type { Timers } from '../../core/clock.ts'
import { createWaitingCalls } from '../../core/order/waiting-calls.ts'
import { AppError } from '../../core/error.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { RequestSource } from '../guards/address.ts'
import {
  attachEngine,
  createEngine,
  engineDefaults,
  type EngineOptions,
  type ConnectionAttempt,
} from './engine-server.ts'
import type { RequestGuard } from '../guards/request-guard.ts'
import type { InputQueue } from '../guards/input-queue.ts'
import { closeWebSocket, releaseHandshake } from './fast-write.ts'
import { type SessionDeps, SocketSession } from './session.ts'
import type { EventRoute, SessionNeeds } from './session-needs.ts'
import { doorMetrics } from '../metrics.ts'

export type SocketDoorDeps = Omit<SessionNeeds, 'handshake' | 'waitingOf'> & {
  actions: readonly Action[]
  metrics: Metrics
  /** The client's address, considering `TRUST_PROXY`. */
  senderOf: (request: IncomingMessage) => RequestSource
  connections: ConnectionCaps
  inputQueue: InputQueue
  /** The path of PUBLIC_URL; '' for the root. */
  basePath: string
  /** The first check for every request. */
  requestGuard: Pick<RequestGuard, 'admit'>
}

/** Checks before anything is read. */
export type ConnectionCaps = {
  /** Why this request is refused; null if it is not. */
  admit: (knock: ConnectionAttempt) => AppError | null
  /** Counts a handshake of the address: the reason for a refusal, or null. */
  handshake: (address: string) => AppError | null
  /** Counts a new connection; false if it must be closed. */
  opened: (address: string) => boolean
  closed: (address: string) => void
}

export type SocketDoorOptions = EngineOptions & {
  /** Whether to write past engine.io's queue (see fast-write.ts). */
  fastWrite: boolean
  /** Timeout in ms from the transport's opening to the CONNECT packet. */
  connectTimeout: number
  /** At a stop: ms for calls in flight to finish, and then for clients to read what is queued. */
  drainTimeout: number
  closeTimeout: number
}

export type SocketDoor = {
  attach(server: HttpServer): void
  /** Refuses new calls, waits for calls in flight, and cuts every connection so that stock clients reconnect. */
  stop(): Promise<void>
}

/** RFC 6455 and the IANA registry: 1013, try again later. */
const tryLater = 1013

/** The Socket.IO protocol (v5) over engine.io: a loop over the actions' event names. */
export function createSocketDoor(deps: SocketDoorDeps, given: Partial<SocketDoorOptions> = {}): SocketDoor {
  const options = {
    ...engineDefaults,
    fastWrite: true,
    connectTimeout: 20_000,
    drainTimeout: 5000,
    closeTimeout: 2000,
    ...given,
  }
  const { metrics, log, connections } = deps
  const arrivalOf = (request: IncomingMessage) => {
    const { address } = deps.senderOf(request)
    return () => deps.inFlight.from(address)
  }
  const addressOf = (request: IncomingMessage) => deps.senderOf(request).address
  const takingIn = { arrivalOf, addressOf, inputQueue: deps.inputQueue }
  const engine = createEngine(options, takingIn)
  const sessions = new Set<SocketSession>()
  /** By session id. Those of polling clients are secrets: never log them. */
  const open = new Map<string, SocketSession>()
  let stopping = false
  let calls = 0
  const idle = new Waiter(deps.timers)
  const empty = new Waiter(deps.timers)

  metrics.gauge(doorMetrics.parlor_connections, () => sessions.size, { door: 'socket' })
  metrics.gauge(doorMetrics.parlor_fast_write, options.fastWrite ? 1 : 0)

  let warned = false
  const sessionDeps: SessionDeps = {
    ...deps,
    handshake: connections.handshake,
    waitingOf: createWaitingCalls(),
    events: eventsOf(deps.actions),
    connectTimeout: options.connectTimeout,
    maxValues: options.maxValues,
    sinkOptions: {
      fastWrite: options.fastWrite,
      onSlowWay() {
        metrics.gauge(doorMetrics.parlor_fast_write, 0)
        if (!warned)
          log.warn('engine.io or ws is not the release that fast writes were made for; every write is slower')
        warned = true
      },
    },
    isStopping: () => stopping,
    onCall(by) {
      calls += by
      if (calls === 0) idle.end()
    },
    onClosed(session) {
      sessions.delete(session)
      open.delete(session.sid)
      connections.closed(session.address)
      if (sessions.size === 0) empty.end()
    },
  }

  engine.on('connection', (conn: EngineSocket) => {
    const { address } = deps.senderOf(conn.request)
    releaseHandshake(conn)
    // Many simultaneous handshakes may be admitted before the first of them counts.
    if (!connections.opened(address)) {
      if (!closeWebSocket(conn, tryLater)) conn.close(true)
      return
    }
    const session = new SocketSession(conn, address, sessionDeps)
    open.set(session.sid, session)
    sessions.add(session)
  })
  engine.on('connection_error', ({ code, message }: { code: number; message: string }) =>
    log.debug({ code }, `handshake refused: ${message}`),
  )

  function admit(request: IncomingMessage, response: ServerResponse | null, sid: string | null): AppError | null {
    const sender = deps.senderOf(request)
    const kind = sid !== null && open.has(sid) ? 'poll' : 'request'
    const refused = deps.requestGuard.admit(request, response, sender, kind)
    if (refused) return refused
    if (stopping && sid === null) return new AppError('shutting_down')
    const { origin = null, host = null } = request.headers
    return connections.admit({ origin, host, sender, fresh: sid === null })
  }

  return {
    attach: (server) =>
      attachEngine(engine, server, {
        ...takingIn,
        admit,
        basePath: deps.basePath,
        maxPackets: options.maxPackets,
        inputOf: (sid) => open.get(sid)?.input ?? null,
      }),
    async stop() {
      stopping = true
      if (calls > 0) await idle.within(options.drainTimeout)
      for (const session of sessions) session.cut('shutdown')
      if (sessions.size > 0) await empty.within(options.closeTimeout)
      engine.close()
    },
  }
}

function eventsOf(actions: readonly Action[]): ReadonlyMap<string, EventRoute> {
  const events = new Map<string, EventRoute>()
  for (const action of actions) {
    for (const { event, accepts } of action.contract.socket ?? []) {
      if (events.has(event)) throw new Error(`two actions for the event ${event}`)
      events.set(event, { event, action, schema: accepts ?? action.contract.input })
    }
  }
  return events
}

/** Waits for a promise, with a timeout. */
class Waiter {
  readonly #timers: Timers
  #end: (() => void) | null = null

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Resolves with `end`, or after `ms`. */
  within(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#timers.after(ms, () => this.end())
      this.#end = () => {
        cancel()
        resolve()
      }
    })
  }

  end(): void {
    this.#end?.()
    this.#end = null
  }
}
