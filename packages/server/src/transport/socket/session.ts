import type { Socket as EngineSocket } from 'engine.io'
import type { CallContext } from '../../core/action.ts'
import type { UserCaller } from '../../core/caller.ts'
import { assertRoomOfKey, isLimited, mayUseRoom } from '../../core/key-rights.ts'
import { AppError, errorBody } from '../../core/error.ts'
import type { Source } from '../guards/input-queue.ts'
import { isBehind } from '../../room/live/backlog/drain.ts'
import type { ConnectionOwner, CutReason } from '../../room/live/live.ts'
import type { Packet } from './fanout-encode.ts'
import { closeWebSocket, sidOf } from './fast-write.ts'
import { ackPacket, connectPacket, failedAckPacket, type Incoming, refusalPacket } from './packet.ts'
import { PacketReader, type PacketTarget } from './packet-reader.ts'
import { type SinkOptions, SocketSink } from './sink.ts'
import type { EventRoute, SessionNeeds } from './session-needs.ts'
import { SocketUser } from './socket-user.ts'

/** After this many refused CONNECT packets for `/` the connection is closed. */
const refusalLimit = 3
/**
 * Maximum length of a namespace that is named in a refusal: a longer one is never valid, and would be echoed in full.
 */
const namespaceLimit = 256
/**
 * Maximum consecutive packets without an action's rate limit (unknown events and namespaces, unrequested
 * acknowledgements); one more closes the connection.
 */
const strayLimit = 100

/**
 * RFC 6455, 7.4.1, and the IANA registry: 1002 for a protocol error or only unknown packets; 1009 for too large; 1013
 * (try again later) for exceeding the limit of the address.
 */
const undecodable = 1002
const tooLarge = 1009
const tooMuch = 1013

export type SessionDeps = SessionNeeds & {
  events: ReadonlyMap<string, EventRoute>
  sinkOptions: SinkOptions
  /** Timeout in ms from the transport's opening to the CONNECT packet. */
  connectTimeout: number
  /** Maximum JSON values in one packet. */
  maxValues: number
  /** Whether new calls are refused because the server is stopping. */
  isStopping: () => boolean
  onCall: (by: 1 | -1) => void
  onClosed: (session: SocketSession) => void
}

/** One Socket.IO client, from its CONNECT packet to the end of its transport. */
export class SocketSession implements PacketTarget {
  readonly #conn: EngineSocket
  readonly #deps: SessionDeps
  readonly address: string
  readonly #sink: SocketSink
  readonly #packets: PacketReader
  /** Null before the client is connected. */
  #user: SocketUser | null = null
  #hasConnected = false
  #calls = 0
  #refusals = 0
  #strays = 0
  #ended = false
  #cancelTimeout: (() => void) | null

  constructor(conn: EngineSocket, address: string, deps: SessionDeps) {
    this.#conn = conn
    this.#deps = deps
    this.address = address
    this.#sink = new SocketSink(conn, deps.sinkOptions, () => {
      this.#leave()
      deps.onClosed(this)
    })
    this.#packets = new PacketReader(conn, address, deps, this)
    this.#cancelTimeout = deps.timers.after(deps.connectTimeout, () => this.#drop())
    // A single listener for data and for input that engine.io could not parse, which engine.io would close without a
    // code.
    conn.on('packet', (packet: { type: string; data?: string | Buffer }) => {
      if (packet.type === 'message') this.#packets.take(packet.data ?? '')
      else if (packet.type === 'error') closeWebSocket(conn, undecodable)
    })
  }

  /** Ends the connection so that a stock client reconnects. */
  cut(reason: CutReason): void {
    this.#leave()
    this.#sink.cut(reason)
  }

  get sid(): string {
    return sidOf(this.#conn)
  }

  /** Under which its packets wait for their turns. */
  get input(): Source {
    return this.#packets
  }

  isReading(): boolean {
    return !this.#ended && !this.#sink.isCut
  }

  isBehind(): boolean {
    return isBehind(this.#sink)
  }

  onStuck(): void {
    this.cut('slow')
  }

  isConnected(): boolean {
    return this.#user !== null
  }

  onUndecodable(error: unknown): void {
    this.#deps.log.debug({ err: error, address: this.address }, 'undecodable packet')
    const code = error instanceof AppError ? error.code : null
    this.#drop(code === 'too_large' ? tooLarge : code === 'rate_limited' ? tooMuch : undecodable)
  }

  onPacket(packet: Incoming): void {
    switch (packet.kind) {
      case 'event':
        if (this.#user === null) throw new Error('an event before the connection was made')
        this.#onEvent(this.#user, packet.args, packet.ack)
        return
      case 'connect':
        this.#onConnect(packet.namespace, packet.auth)
        return
      case 'disconnect':
        if (this.#user === null) throw new Error('the end of a connection that was not made')
        this.#disconnect(this.#user)
        return
      case 'answer':
        this.#packets.skip(packet.attachments)
        this.#strays += 1 + packet.attachments
        if (this.#strays > strayLimit) this.#turnAway()
        return
    }
  }

  #onConnect(namespace: string, auth: object): void {
    if (namespace !== '/') {
      this.#refuseNamespace(namespace)
      return
    }
    if (this.#user !== null || this.#cancelTimeout === null) throw new Error('connected twice')
    this.#cancelTimeout()
    this.#cancelTimeout = null
    void this.#connect(auth)
  }

  /** Ends the client's session. As in socket.io's server the transport stays open for another CONNECT (rule S6). */
  #disconnect({ id }: SocketUser): void {
    this.#user = null
    this.#hasConnected = true
    this.#deps.live.close(id)
    this.#sink.flush()
    this.#cancelTimeout = this.#deps.timers.after(this.#deps.connectTimeout, () => this.#drop())
  }

  async #connect(auth: object): Promise<void> {
    try {
      if (this.#deps.isStopping()) throw new AppError('shutting_down')
      // The transport's own handshake covered only the first CONNECT.
      const refused = this.#hasConnected ? this.#deps.handshake(this.address) : null
      if (refused) throw refused
      const { caller, connected } = await this.#deps.authenticate({ token: tokenOf(auth) }, this.address)
      const asksFeed = 'feed' in auth && auth.feed === true
      if (asksFeed) assertRoomOfKey(null, caller)
      if (this.#ended) return
      this.#begin(caller, connected, !('lobby' in auth && auth.lobby === false))
      if (asksFeed && this.#user) this.#deps.feed(this.#user.id, caller.user)
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.is('internal')) this.#deps.log.error({ err: thrown }, 'a handshake failed')
      if (this.#ended) return
      const { error: message, ...data } = errorBody(error)
      // The client may send CONNECT again with another token on the same connection, as with socket.io's server.
      this.#cancelTimeout = this.#deps.timers.after(this.#deps.connectTimeout, () => this.#drop())
      this.#sink.push(refusalPacket('/', message, data))
      this.#refusals += 1
      if (this.#refusals === refusalLimit) this.#turnAway()
      else this.#sink.flush()
    }
  }

  /** Stock clients use one transport for all their namespaces: an unknown one must not end `/` (rule S7). */
  #refuseNamespace(namespace: string): void {
    if (namespace.length > namespaceLimit) throw new Error('a namespace too long to be one')
    this.#sink.push(refusalPacket(namespace, 'Invalid namespace', { code: 'not_found', retry: 'never' }))
    this.#strays += 1
    if (this.#strays > strayLimit) this.#turnAway()
    else this.#sink.flush()
  }

  #begin(caller: UserCaller, connected: object, hearsLobby: boolean): void {
    const { live } = this.#deps
    const { user, profile, session_id } = caller
    const own = { user, profile, session_id, isLimited: isLimited(caller) }
    const owner: ConnectionOwner = { ...own, address: this.address, present: true }
    const id = live.open(this.#sink, owner)
    this.#user = new SocketUser(id, caller, owner, this.#deps, () => this.#sink.hasEndedSession)
    this.#sink.push(connectPacket(id))
    this.#sink.emit('connected', JSON.stringify({ sid: id, ...connected }))
    this.#sink.flush()
    const lobby = hearsLobby ? this.#deps.lobby() : null
    if (lobby && mayUseRoom(caller, lobby.room.id)) live.listen(id, lobby.room, lobby.event)
  }

  #onEvent(user: SocketUser, args: unknown[], ack: number | null): void {
    const [name] = args
    const door = typeof name === 'string' ? this.#deps.events.get(name) : undefined
    const refused = this.#deps.isStopping()
      ? 'shutting_down'
      : !door
        ? 'unknown_event'
        : args.length > 2
          ? 'malformed'
          : null
    if (refused !== null || !door) {
      this.#fail(user, String(name), ack, new AppError(refused ?? 'unknown_event'))
      if (refused !== 'shutting_down') this.#strays += 1
      if (this.#strays > strayLimit) this.#turnAway()
      return
    }
    this.#strays = 0
    this.#calls += 1
    const context: CallContext = {
      door: 'socket',
      connection_id: user.id,
      ack: ack !== null,
      idempotency_key: null,
      trace_id: `${user.id}:${this.#calls}`,
      bytes: this.#packets.bytes,
      reader: user.reader,
      calls: user.calls,
    }
    void this.#call(user, door, args[1], ack, context)
  }

  async #call(
    user: SocketUser,
    { action, schema, event }: EventRoute,
    input: unknown,
    ack: number | null,
    context: CallContext,
  ): Promise<void> {
    this.#deps.onCall(1)
    try {
      const output = await this.#deps.call(action, schema, input, user.caller(), context)
      if (ack !== null) this.#reply(user, ackPacket(ack, output.take()))
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.is('internal')) {
        this.#deps.log.error({ err: thrown, action: action.name, trace_id: context.trace_id }, 'an action failed')
      }
      this.#fail(user, event, ack, error)
    } finally {
      this.#deps.onCall(-1)
    }
  }

  #fail(user: SocketUser, event: string, ack: number | null, error: AppError): void {
    if (ack !== null) this.#reply(user, failedAckPacket(ack, error))
    else this.#reply(user, null, JSON.stringify({ ...errorBody(error), event }))
  }

  #reply(user: SocketUser, packet: string | Packet | null, error = ''): void {
    // Answers of calls before a DISCONNECT are not sent to the next CONNECT on the transport.
    if (this.#ended || user !== this.#user) return
    const bytes = packet === null ? this.#sink.emit('error', error) : this.#sink.push(packet)
    this.#deps.live.queued(user.id, bytes)
  }

  /** Closes after the packets that are still queued. */
  #turnAway(): void {
    this.#leave()
    this.#sink.flush()
    if (!closeWebSocket(this.#conn, undecodable)) this.#conn.close()
  }

  /** Closes a connection that broke the protocol. */
  #drop(code = undecodable): void {
    this.#leave()
    if (!closeWebSocket(this.#conn, code)) this.#conn.close(true)
  }

  /** Stops reading and writing. */
  #leave(): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelTimeout?.()
    this.#packets.end()
    if (this.#user !== null) this.#deps.live.close(this.#user.id)
  }
}

function tokenOf(auth: object): string | null {
  const token = 'token' in auth ? auth.token : null
  if (token === null || token === undefined) return null
  // Anything else is a bad token; its sender never becomes a guest.
  return typeof token === 'string' ? token : ''
}
