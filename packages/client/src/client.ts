// Imported first, so that the dependencies come before this package's modules in a bundle, which then compresses
// better.
import { createConnection, type Payload } from './connection/connection.ts'
import type { ActionName, Methods } from './actions.ts'
import { createAuth } from './connection/auth.ts'
import { type Browser, listen } from './browser.ts'
import { createCaller, type Invoke } from './connection/caller.ts'
import { isForUser, isReceived, type ReceivedEvent } from './events.ts'
import { callHttp } from './connection/http.ts'
import { createListeners } from './listeners.ts'
import { createMarks } from './room/marks.ts'
import { createOutbox } from './room/outbox/outbox.ts'
import { createRoom, type FollowedRoom } from './room/room.ts'
import { keepFor, keyPrefix } from './connection/storage.ts'
import { derived } from './store.ts'
import type { Time } from './time.ts'
import { createTokens, type Session, type SignedIn, sessionOf } from './connection/tokens.ts'
import type { ConnectionState, ConnectOptions, Parlor, Person } from './types.ts'
import { doors } from './generated/actions.generated.ts'
import { recordEvents } from './generated/records.generated.ts'

/** Rule S3. */
const windowSize = 400

/** Creates the parts of the client and connects them. */
export function createClient(options: ConnectOptions, browser: Browser, time: Time): Parlor {
  const url = (options.url ?? '').replace(/\/+$/, '')
  const scope = `${keyPrefix}${url}:`
  const keep = keepFor(options.storage, browser)
  const hasFeed = options.feed ?? false
  const rooms = new Map<string, FollowedRoom>()
  const listeners = createListeners()
  let current: Session | null = null
  /** The session with which the connection was opened. */
  let connectedIn: string | null = null

  const tokens = createTokens({
    keep,
    key: `${scope}session`,
    browser,
    time,
    onChange: follow,
    exchange(refresh_token) {
      const [method, path] = doors['identity.refresh']
      return callHttp<SignedIn>(url, { method, path, input: { refresh_token }, token: null })
    },
  })
  const { session } = tokens

  const connection = createConnection({
    url: options.url,
    browser,
    time,
    feed: hasFeed,
    token() {
      const now = session.get()
      connectedIn = now?.session_id ?? null
      return now?.access_token ?? null
    },
    refresh: tokens.refresh,
    // If another session has begun since, the connection is opened again with that one.
    onSessionEnded: () => tokens.end(connectedIn),
    onUp() {
      for (const room of rooms.values()) room.up()
      outbox.resumeAll()
      marks.resume()
    },
    onDown() {
      for (const room of rooms.values()) room.down()
    },
    onEvent: receive,
  })
  const { call, invoke, withToken } = createCaller({ url, connection, tokens })
  const marks = createMarks({ call: invoke, time, isUp: connection.isUp })
  const stopHurrying = listen(browser.document, 'visibilitychange', () => {
    if (browser.document?.visibilityState === 'hidden') marks.hurry()
  })
  const outbox = createOutbox({
    keep,
    prefix: `${scope}unsent:`,
    time,
    isUp: connection.isUp,
    progress: (room_id) => rooms.get(room_id)?.progress() ?? null,
    // Only over the socket: acknowledgements are then in order with the room's events.
    send: ({ room_id, content, reply_to, client_id, file_ids }) =>
      connection.request('send_message', {
        ...{ room_id, content, reply_to, client_id },
        // An empty list would be other content under this client_id than none.
        ...(file_ids.length > 0 ? { file_ids } : {}),
      }),
  })

  function receive(event: string, data: Payload): void {
    const received = { event, data }
    if (!isReceived(received)) return
    if (received.event === 'connected' || received.event === 'user_updated') updateUser(received.data.user)
    const room = roomOf(received)
    room?.receive(event, data)
    if (isForUser(received) && received.event !== 'room_joined') listeners.tell(received)
    // The room was detached while the join was in flight.
    if (!room && received.event === 'room_joined') connection.emit('leave_room', { room_id: received.data.room.id })
  }

  function roomOf({ event, data }: ReceivedEvent): FollowedRoom | undefined {
    if (event === 'room_joined') return rooms.get(data.room.id)
    return 'room_id' in data ? rooms.get(data.room_id) : undefined
  }

  /** An access token does not contain its user's name and picture; the server sends them. */
  function updateUser({ id, name, avatar_url, guest }: Person): void {
    const { email = null, created_at = null, admin = false } = session.get()?.user ?? {}
    tokens.know({ id, username: name, email, guest, admin, avatar_url, created_at })
  }

  /** Connects or disconnects after a change of user or session. */
  function follow(): void {
    const [before, now] = [current, session.get()]
    current = now
    if (before?.user_id !== now?.user_id) {
      outbox.load(now?.user_id ?? null)
      marks.forget()
      if (now) for (const room of rooms.values()) room.changeUser()
    }
    if (!now) connection.stop()
    // An open connection of the same user stays: the server moves it to the session that registering begins, or ends it
    // with its session, and then it reconnects with the current tokens.
    else if (before?.user_id !== now.user_id || !connection.isUp()) {
      if (before?.session_id !== now.session_id) connection.start()
    }
  }

  const me = derived([session], () => session.get()?.user ?? null)
  const state = derived([connection.state, outbox.queued], (): ConnectionState => {
    return { ...connection.state.get(), queued: outbox.queued.get() }
  })
  if (options.token !== undefined && options.token !== session.get()?.access_token)
    tokens.begin(sessionOf(options.token, session.get()))
  else follow()

  return {
    state,
    me,
    auth: createAuth({ url, call, tokens, outbox, keep, deviceKey: `${scope}device` }),
    call,
    withToken: (run) => withToken((token) => run(url, token)),
    hasFeed,
    on: listeners.on,
    rooms: methodsOf('rooms', invoke),
    marks: marks.pending,
    markAllRead: marks.readAll,
    join(room_id, access) {
      const known = rooms.get(room_id)
      if (known) {
        known.room.retry(access)
        return known.room
      }
      const made = createRoom(room_id, access ?? {}, {
        connection,
        call,
        outbox,
        marks,
        time,
        me: me.get,
        user_id: () => session.get()?.user_id ?? null,
        recordEvents,
        windowSize: Math.max(1, options.windowSize ?? windowSize),
        onDetach: () => void rooms.delete(room_id),
      })
      rooms.set(room_id, made)
      made.up()
      return made.room
    },
    close() {
      connection.close()
      outbox.close()
      stopHurrying()
      marks.close()
      me.close()
      state.close()
      for (const room of rooms.values()) room.close()
      tokens.close()
    },
  }
}

/** One method for each action of the feature. */
function methodsOf<Feature extends string>(feature: Feature, invoke: Invoke): Methods<Feature> {
  const names = Object.keys(doors).filter((name): name is ActionName => name.startsWith(`${feature}.`))
  const methods = names.map((name) => [name.slice(feature.length + 1), (input?: object) => invoke(name, input)])
  // Sound: names and types are generated from the same contracts.
  return Object.fromEntries(methods) as Methods<Feature>
}
