import { type Browser, listen } from '../browser.ts'
import type { ParlorError } from '../error.ts'
import { isFields, isTokenTrouble, readFailure, unanswered } from './failure.ts'
import { openSocket, type Refusal, type Socket } from './socket.ts'
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
  /** Whether the server is to tell changes of the user's rooms. */
  feed: boolean
  /** Gets fresh tokens; false: nobody is signed in any more. Rejects when the server cannot be reached. */
  refresh: () => Promise<boolean>
  /** The server ended the session. */
  onSessionEnded: () => void
  /** Called when the connection has opened or closed. */
  onUp: () => void
  onDown: () => void
  /** Called for every event, synchronously when it arrives. */
  onEvent: (event: string, data: Payload) => void
}

export type Answer<Output> = { data: Output } | { error: ParlorError }

export type Connection = {
  readonly state: Store<LinkState>
  isUp(): boolean
  /** Connects, and reconnects after every loss until `stop`; if connected, reconnects with the current token. */
  start(): void
  stop(): void
  /** Stops for good: `start` has no effect afterwards. */
  close(): void
  /** Resolves with the data of the acknowledgement; rejects with ParlorError. */
  request<Output>(event: string, payload: object): Promise<Output>
  /** The same with a callback, called synchronously when the acknowledgement arrives. */
  ask<Output>(event: string, payload: object, answered: (reply: Answer<Output>) => void): void
  /** Sends once; dropped while disconnected. */
  emit(event: string, payload: object): void
}

/** Rule C3. */
const pauses = { first: 300, most: 5000 }
/** Timeout in ms for an acknowledgement; the server answers a join within 5 s. */
const ackTimeout = 10_000
/** When the page becomes visible or the network changes, the connection must answer within so many ms. */
const probeTimeout = 4000

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

  const phaseWithout = () => (browser.navigator?.onLine === false ? 'offline' : wasUp ? 'reconnecting' : 'connecting')

  /** Each attempt has its own socket, so that no event of a failed one reaches the next. */
  function open(): void {
    socket?.close()
    const opened = openSocket({
      ...{ url, time, auth: { token: deps.token(), lobby: false, feed: deps.feed } },
      onOpen() {
        attempts = 0
        wasUp = true
        enter('online')
        deps.onUp()
      },
      onEvent(event, data) {
        if (!isFields(data)) return
        if (event === 'error' && data['code'] === 'session_ended') deps.onSessionEnded()
        else deps.onEvent(event, data)
      },
      onClose: (wasOpen, refusal) => void lost(opened, wasOpen, refusal),
    })
    socket = opened
    enter(phaseWithout())
  }

  async function lost(opened: Socket, wasOpen: boolean, refusal: Refusal | null): Promise<void> {
    if (wasOpen) deps.onDown()
    const error = refusal?.data ? readFailure({ ...refusal.data, error: refusal.message }) : null
    if (!error || !isTokenTrouble(error)) return retry(error?.details.retry_after)
    const isSignedIn = await deps.refresh().catch(() => true)
    // The first time without a pause: an expired token says nothing about the server's health.
    if (isSignedIn && opened === socket) retry(attempts === 0 ? 0 : undefined)
  }

  /** Retries after so many seconds, or after a pause that grows with each attempt. */
  function retry(seconds?: number): void {
    const pause = seconds === undefined ? backoff(time, attempts, pauses.first, pauses.most) : seconds * 1000
    attempts += 1
    cancelRetry()
    cancelRetry = time.after(pause, tryNow)
    enter(phaseWithout(), time.now() + pause)
  }

  function tryNow(): void {
    cancelRetry()
    cancelRetry = () => {}
    if (socket && !socket.isOpen()) open()
  }

  /** Retries at once: the network is back, or the page became visible. */
  function retrySoon(): void {
    if (!socket) return
    if (socket.isOpen()) return probe(socket)
    // Do not disturb a running attempt.
    if (state.get().retry_at === null) return
    attempts = 0
    tryNow()
  }

  /** After sleep, a dead connection looks open until its heartbeat times out. */
  function probe(checked: Socket): void {
    checked.ask('ping', {}, probeTimeout, (reply) => {
      if (reply === undefined) checked.abort()
    })
  }

  const stopListening = [
    listen(browser.window, 'online', retrySoon),
    listen(browser.window, 'offline', () => {
      if (socket && !socket.isOpen()) enter('offline', state.get().retry_at)
      else if (socket) probe(socket)
    }),
    listen(browser.document, 'visibilitychange', () => {
      if (browser.document?.visibilityState === 'visible') retrySoon()
    }),
  ]

  function end(): void {
    const ended = socket
    socket = null
    cancelRetry()
    const wasOpen = ended?.isOpen() ?? false
    ended?.close()
    if (wasOpen) deps.onDown()
  }

  function ask<Output>(event: string, payload: object, answered: (reply: Answer<Output>) => void): void {
    if (!socket?.isOpen()) return answered({ error: unanswered() })
    socket.ask(event, payload, ackTimeout, (reply: Reply<Output> | undefined) => {
      if (!reply) answered({ error: unanswered(socket?.isOpen() ? 'timeout' : 'offline') })
      else if (reply.ok) answered({ data: reply.data })
      else answered({ error: readFailure(reply) })
    })
  }

  return {
    state,
    isUp: () => socket?.isOpen() ?? false,
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
      for (const stop of stopListening) stop()
    },
    request: <Output>(event: string, payload: object) =>
      new Promise<Output>((resolve, reject) => {
        ask<Output>(event, payload, (reply) => {
          if ('error' in reply) reject(reply.error)
          else resolve(reply.data)
        })
      }),
    ask,
    emit: (event, payload) => socket?.emit(event, payload),
  }
}
