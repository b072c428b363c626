import type { ActionName, Methods } from './actions.ts'
import { createAuth } from './connection/auth.ts'
import type { Browser } from './browser.ts'
import { createCaller, type Invoke } from './connection/caller.ts'
import { createConnection, type Payload } from './connection/connection.ts'
import { type Heard, isHeard } from './events.ts'
import { callHttp } from './connection/http.ts'
import { createOutbox, type Unsent } from './room/outbox.ts'
import { createRoom, type FollowedRoom } from './room/room.ts'
import { keepFor, keyPrefix } from './connection/storage.ts'
import { derived } from './store.ts'
import type { Time } from './time.ts'
import { createTokens, type Session, type SignedIn, sessionOf } from './connection/tokens.ts'
import type { ConnectionState, ConnectOptions, Parlor, Person } from './types.ts'
import { doors } from './generated/actions.generated.ts'

/** Rule S3. */
const windowSize = 400

/** Puts the parts together. `browser` and `time` are what it stands on. */
export function createClient(options: ConnectOptions, browser: Browser, time: Time): Parlor {
  const url = (options.url ?? '').replace(/\/+$/, '')
  const scope = `${keyPrefix}${url}:`
  const keep = keepFor(options.storage, browser)
  const rooms = new Map<string, FollowedRoom>()
  let current: Session | null = null
  /** The session that the connection was opened in. */
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
    token() {
      const now = session.get()
      connectedIn = now?.session_id ?? null
      return now?.access_token ?? null
    },
    refresh: tokens.refresh,
    // Of another session by now, it comes back in that one.
    onSessionEnded: () => tokens.end(connectedIn),
    onUp() {
      for (const room of rooms.values()) room.up()
      outbox.wakeAll()
    },
    onDown() {
      for (const room of rooms.values()) room.down()
    },
    onEvent: hear,
  })
  const { call, invoke } = createCaller({ url, connection, tokens })
  const outbox = createOutbox({
    keep,
    prefix: `${scope}unsent:`,
    time,
    isUp: connection.isUp,
    place: (room_id) => rooms.get(room_id)?.place() ?? null,
    // Over the socket or not at all: what was sent is then in the order of what is heard.
    send: ({ room_id, content, reply_to, client_id }: Unsent) =>
      connection.request('send_message', { room_id, content, reply_to, client_id }),
  })

  function hear(event: string, data: Payload): void {
    const heard = { event, data }
    if (!isHeard(heard)) return
    if (heard.event === 'connected' || heard.event === 'user_updated') greeted(heard.data.user)
    const room = roomOf(heard)
    room?.hear(event, data)
    // It was detached while it was being joined.
    if (!room && heard.event === 'room_joined') connection.say('leave_room', { room_id: heard.data.room.id })
  }

  function roomOf({ event, data }: Heard): FollowedRoom | undefined {
    if (event === 'room_joined') return rooms.get(data.room.id)
    return 'room_id' in data ? rooms.get(data.room_id) : undefined
  }

  /** The server says who one is here; a token alone does not tell. */
  function greeted({ id, name, avatar_url, guest }: Person): void {
    const { email = null, created_at = null } = session.get()?.user ?? {}
    tokens.know({ id, username: name, email, guest, avatar_url, created_at })
  }

  /** Follows who is signed in. */
  function follow(): void {
    const [before, now] = [current, session.get()]
    current = now
    if (before?.user_id !== now?.user_id) {
      outbox.load(now?.user_id ?? null)
      if (now) for (const room of rooms.values()) room.forget()
    }
    if (!now) connection.stop()
    // The server moves what is open to the session that registering begins, and ends it with its own session else: then it
    // comes back by itself, with the tokens that are here by then.
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
    rooms: methodsOf('rooms', invoke),
    join(room_id, way) {
      const known = rooms.get(room_id)
      if (known) {
        known.room.retry(way)
        return known.room
      }
      const made = createRoom(room_id, way ?? {}, {
        connection,
        call,
        outbox,
        time,
        me: me.get,
        user_id: () => session.get()?.user_id ?? null,
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
      me.close()
      state.close()
      for (const room of rooms.values()) room.close()
      tokens.close()
    },
  }
}

/** One method an action of the feature, as the table of the doors names them. */
function methodsOf<Feature extends string>(feature: Feature, invoke: Invoke): Methods<Feature> {
  const names = Object.keys(doors).filter((name): name is ActionName => name.startsWith(`${feature}.`))
  const methods = names.map((name) => [name.slice(feature.length + 1), (input?: object) => invoke(name, input)])
  // The names and the types are of the same contracts, which no type can see.
  return Object.fromEntries(methods) as Methods<Feature>
}
