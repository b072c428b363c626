import type { Socket as EngineSocket } from 'engine.io'
import type { CallContext } from '../../core/action.ts'
import type { UserCaller } from '../../core/caller.ts'
import { AppError, errorBody } from '../../core/error.ts'
import type { ConnectionOwner, CutReason } from '../../room/live/live.ts'
import type { Packet } from './fanout-encode.ts'
import { closeWebSocket } from './fast-write.ts'
import { ackPacket, connectPacket, failedAckPacket, type Incoming, refusalPacket } from './packet.ts'
import { PacketReader, type PacketTarget } from './packet-reader.ts'
import { type SinkOptions, SocketSink } from './sink.ts'
import type { EventRoute, SessionNeeds } from './session-needs.ts'
import { SocketUser } from './socket-user.ts'

/** CONNECT packets of one connection for `/` that are refused: with the last it is closed. */
const refusalLimit = 3
/** Characters of a namespace that is refused by name: a longer one is nobody's, and would be sent back whole. */
const namespaceLimit = 256
/** Packets in a row that no limit of an action counts (events and namespaces that are none of ours, answers that nobody asked for); with one more the connection is closed. */
const strayLimit = 100

/**
 * RFC 6455, 7.4.1, and the IANA registry: 1002 for what cannot be talked to, or talks of nothing that is here; 1009 for
 * what is too large; 1013 (try again later) for what is too much beside the rest of its address.
 */
const undecodable = 1002
const tooLarge = 1009
const tooMuch = 1013

export type SessionDeps = SessionNeeds & {
  events: ReadonlyMap<string, EventRoute>
  sinkOptions: SinkOptions
  /** Ms from the transport's opening to the CONNECT packet. */
  connectTimeout: number
  /** Values of JSON in one packet. */
  maxValues: number
  /** New calls are refused, for the server stops. */
  isStopping: () => boolean
  onCall: (by: 1 | -1) => void
  onClosed: (session: SocketSession) => void
}

/** One Socket.IO client: from its CONNECT packet through its events to the end of its transport. */
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
    // One listener for data and for what engine.io could not read, of which its own close says no code.
    conn.on('packet', (packet: { type: string; data?: string | Buffer }) => {
      if (packet.type === 'message') this.#packets.take(packet.data ?? '')
      else if (packet.type === 'error') closeWebSocket(conn, undecodable)
    })
  }

  /** Ends it so that a stock client reconnects. */
  cut(reason: CutReason): void {
    this.#leave()
    this.#sink.cut(reason)
  }

  isReading(): boolean {
    return !this.#ended && !this.#sink.isCut
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

  /** Ends what CONNECT began. The transport stays, as in socket.io's server, for who connects again (rule S6). */
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
      // The transport's handshake was for the first time only.
      const refused = this.#hasConnected ? this.#deps.handshake(this.address) : null
      if (refused) throw refused
      const { caller, connected } = await this.#deps.authenticate({ token: tokenOf(auth) }, this.address)
      if (!this.#ended) this.#begin(caller, connected, !('lobby' in auth && auth.lobby === false))
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.is('internal')) this.#deps.log.error({ err: thrown }, 'a handshake failed')
      if (this.#ended) return
      const { error: message, ...data } = errorBody(error)
      // The client may try again with another token on the same connection, as socket.io's server lets it.
      this.#cancelTimeout = this.#deps.timers.after(this.#deps.connectTimeout, () => this.#drop())
      this.#sink.push(refusalPacket('/', message, data))
      this.#refusals += 1
      if (this.#refusals === refusalLimit) this.#turnAway()
      else this.#sink.flush()
    }
  }

  /** Stock clients share one transport among their namespaces: one that is not here must not cost them `/` (rule S7). */
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
    const owner: ConnectionOwner = { user, profile, session_id, address: this.address, present: true }
    const id = live.open(this.#sink, owner)
    this.#user = new SocketUser(id, caller, owner, live, () => this.#sink.hasEndedSession)
    this.#sink.push(connectPacket(id))
    this.#sink.emit('connected', JSON.stringify({ sid: id, ...connected }))
    this.#sink.flush()
    const lobby = hearsLobby ? this.#deps.lobby() : null
    if (lobby) live.listen(id, lobby.room, lobby.event)
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

  /** Nothing is read or written any more. */
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
