import { io, type Socket } from 'socket.io-client'
import { type Browser, hearing } from '../browser.ts'
import { ParlorError } from '../error.ts'
import { isFields, isTokenTrouble, readFailure } from './failure.ts'
import { createStore, type Store } from '../store.ts'
import { backoff, type Time } from '../time.ts'
import type { ConnectionState } from '../types.ts'

export type Payload = Readonly<Record<string, unknown>>
export type LinkState = Omit<ConnectionState, 'queued'>

export type ConnectionDeps = {
  url: string | undefined
  browser: Browser
  time: Time
  token: () => string | null
  /** Asks for fresh tokens; false: nobody is signed in any more. Rejects when it could not be asked. */
  refresh: () => Promise<boolean>
  /** The server ended the session. */
  onSessionEnded: () => void
  /** The connection is there, or there no longer. */
  onUp: () => void
  onDown: () => void
  /** Everything that is heard, in the turn in which it came. */
  onEvent: (event: string, data: Payload) => void
}

export type Answer<Output> = { data: Output } | { error: ParlorError }

export type Connection = {
  readonly state: Store<LinkState>
  isUp(): boolean
  /** Connects, and comes back after every cut until `stop`; again with another token, if it is connected. */
  start(): void
  stop(): void
  /** Stops for good: what starts it later does nothing. */
  close(): void
  /** The data of the acknowledgement; rejects with ParlorError. */
  request<Output>(event: string, payload: object): Promise<Output>
  /** The same, answered within the turn in which the acknowledgement came. */
  ask<Output>(event: string, payload: object, answered: (reply: Answer<Output>) => void): void
  /** Said once, and forgotten when nobody is there to hear it. */
  say(event: string, payload: object): void
}

/** Rule C3. */
const pauses = { first: 300, most: 5000 }
/** Ms until an acknowledgement is not waited for any longer; the server answers a join within 5 s. */
const ackPatience = 10_000
/** Ms within which a connection must answer that nobody looked at for a while. */
const wakePatience = 4000

type Reply<Output> = { ok: true; data: Output } | { ok: false }

export function createConnection(deps: ConnectionDeps): Connection {
  const { url, browser, time } = deps
  const state = createStore<LinkState>({ phase: 'signed_out', since: time.now(), retry_at: null })
  let socket: Socket | null = null
  let attempts = 0
  let wasUp = false
  let cancelRetry = () => {}
  let isClosed = false

  function enter(phase: LinkState['phase'], retry_at: number | null = null): void {
    const before = state.get()
    const since = before.phase === phase ? before.since : time.now()
    if (before.phase !== phase || before.retry_at !== retry_at) state.set({ phase, since, retry_at })
  }

  const troubled = () => (browser.navigator?.onLine === false ? 'offline' : wasUp ? 'reconnecting' : 'connecting')

  /** A connection of its own for each attempt, so that nothing of one that failed comes into the next. */
  function open(): void {
    const { origin, path } = placeOf(url)
    const options = { ...optionsOf(deps), path }
    const opened = origin === '' ? io(options) : io(origin, options)
    drop(socket)
    socket = opened
    opened.on('connect', () => {
      attempts = 0
      wasUp = true
      enter('online')
      deps.onUp()
    })
    opened.on('connect_error', (error) => void refused(opened, error))
    opened.on('disconnect', () => lost(opened))
    opened.onAny((event: string, data: unknown) => {
      if (opened !== socket || !isFields(data)) return
      if (event === 'error' && data['code'] === 'session_ended') deps.onSessionEnded()
      else deps.onEvent(event, data)
    })
    enter(troubled())
    opened.connect()
    // A transport that closes before it has opened is an error to nobody: it would be waited for until the timeout.
    opened.io.engine.once('close', () => {
      if (opened === socket && !opened.connected && state.get().retry_at === null) retry()
    })
  }

  function lost(opened: Socket): void {
    // Otherwise it was ended here.
    if (opened !== socket) return
    deps.onDown()
    retry()
  }

  async function refused(opened: Socket, thrown: Error): Promise<void> {
    const error =
      'data' in thrown && isFields(thrown.data) ? readFailure({ ...thrown.data, error: thrown.message }) : null
    if (opened !== socket) return
    if (!error || !isTokenTrouble(error)) return retry(error?.details.retry_after)
    const isSignedIn = await deps.refresh().catch(() => true)
    // Without pause the first time: a token that has expired is nobody's trouble.
    if (isSignedIn && opened === socket) retry(attempts === 0 ? 0 : undefined)
  }

  /** Tries again after a pause, of so many seconds if that was asked for. */
  function retry(seconds?: number): void {
    const pause = seconds === undefined ? backoff(time, attempts, pauses.first, pauses.most) : seconds * 1000
    attempts += 1
    cancelRetry()
    cancelRetry = time.after(pause, tryNow)
    enter(troubled(), time.now() + pause)
  }

  function tryNow(): void {
    cancelRetry()
    cancelRetry = () => {}
    if (socket && !socket.connected) open()
  }

  /** There is a reason to hope: the network is back, somebody looks. */
  function hope(): void {
    if (!socket) return
    if (socket.connected) return checkAlive(socket)
    // One that is being tried is not disturbed.
    if (state.get().retry_at === null) return
    attempts = 0
    tryNow()
  }

  /** After a sleep a dead connection looks like a good one until its heartbeat is missed. */
  function checkAlive(checked: Socket): void {
    checked.timeout(wakePatience).emit('ping', {}, (error: Error | null) => {
      if (error && checked === socket && checked.connected) checked.io.engine.close()
    })
  }

  const stopHearing = [
    hearing(browser.window, 'online', hope),
    hearing(browser.window, 'offline', () => {
      if (socket && !socket.connected) enter('offline', state.get().retry_at)
      else if (socket) checkAlive(socket)
    }),
    hearing(browser.document, 'visibilitychange', () => {
      if (browser.document?.visibilityState === 'visible') hope()
    }),
  ]

  function end(): void {
    const ended = socket
    socket = null
    cancelRetry()
    if (ended?.connected) deps.onDown()
    drop(ended)
  }

  function ask<Output>(event: string, payload: object, answered: (reply: Answer<Output>) => void): void {
    if (!socket?.connected) return answered({ error: offline() })
    socket.timeout(ackPatience).emit(event, payload, (error: Error | null, reply: Reply<Output>) => {
      if (error) answered({ error: socket?.connected ? late() : offline(error) })
      else if (reply.ok) answered({ data: reply.data })
      else answered({ error: readFailure(reply) })
    })
  }

  return {
    state,
    isUp: () => socket?.connected ?? false,
    start() {
      if (isClosed) return
      end()
      attempts = 0
      open()
    },
    stop() {
      end()
      wasUp = false
      enter('signed_out')
    },
    close() {
      isClosed = true
      end()
      enter('signed_out')
      for (const stop of stopHearing) stop()
    },
    request: <Output>(event: string, payload: object) =>
      new Promise<Output>((resolve, reject) => {
        ask<Output>(event, payload, (reply) => {
          if ('error' in reply) reject(reply.error)
          else resolve(reply.data)
        })
      }),
    ask,
    say: (event, payload) => void (socket?.connected && socket.emit(event, payload)),
  }
}

function optionsOf({ token }: Pick<ConnectionDeps, 'token'>) {
  return {
    forceNew: true,
    autoConnect: false,
    // Manner and pace of coming back are ours.
    reconnection: false,
    transports: ['websocket', 'polling'],
    // Where WebSockets do not get through, polling does.
    tryAllTransports: true,
    timeout: 10_000,
    auth: (give: (auth: object) => void) => give({ token: token(), lobby: false }),
  }
}

/** Where Socket.IO answers at a server that may lie under a path: its client takes a path in an address for a namespace. */
export function placeOf(url = ''): { origin: string; path: string } {
  const [, origin = '', under = ''] = /^(\w+:\/\/[^/]*)?(.*?)\/*$/.exec(url) ?? []
  return { origin, path: `${under}/socket.io/` }
}

/** Nothing is heard of it any more. */
function drop(socket: Socket | null): void {
  socket?.removeAllListeners()
  socket?.offAny()
  socket?.disconnect()
}

const offline = (cause?: Error) =>
  new ParlorError('offline', 'There is no connection', { retry: 'resend', ...(cause ? { cause } : {}) })
const late = () => new ParlorError('timeout', 'This took too long', { retry: 'resend' })
