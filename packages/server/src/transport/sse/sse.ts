import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, UserRef } from '../../core/caller.ts'
import type { Clock, Timers } from '../../core/clock.ts'
import type { RoomFacts } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { Multimap } from '../../core/collections/multimap.ts'
import { callersReader, type ReadPermit, type ReadQueue } from '../../core/fairness/read-queue.ts'
import { assertRoomOfKey, assertScope, isLimited, mayUseRoom } from '../../core/key-rights.ts'
import { type Limiter, rateLimited } from '../../platform/limiter/limiter.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Metrics } from '../../platform/metrics/metrics.ts'
import type { Attachment, Cursor, Live, Viewer } from '../../room/live/live.ts'
import { rangeOf } from '../../room/live/channel/ring.ts'
import { wholeRecord } from '../../room/encode/records.ts'
import { type Frame, settledAt } from '../../room/live/sink.ts'
import type { RoomRow } from '../../room/types.ts'
import type { Caps } from '../guards/caps.ts'
import type { Authenticate } from '../http/call.ts'
import { streamRequestOf, streamHeaders } from './request.ts'
import { type Position, readCursor, shortEpoch, StreamCursor } from './cursor.ts'
import { EventStreamSink } from './sink.ts'
import { roomErrors } from '../../room/errors.ts'
import { doorMetrics } from '../metrics.ts'

export type EventStreamDeps = {
  live: Pick<Live, 'open' | 'close' | 'attach' | 'isAttached' | 'isOutdated' | 'reader'>
  rooms: {
    /** The lobby's current row; null: there is none. */
    lobby(): Promise<RoomRow | null>
    /** The rooms of which the user is a member, newest first. */
    ofUser(user: number, limit: number): Promise<readonly RoomRow[]>
    /** A room that the caller may read; rejects with `not_found`, `forbidden` and the like. */
    readable(caller: Caller, room_id: string): Promise<RoomRow>
  }
  /** A stream asked for the feed of its user's rooms. */
  feed: (connection_id: string, user: UserRef) => void
  /** Each room is read when the stream has its turn. */
  readQueue: ReadQueue
  limiter: Pick<Limiter, 'take' | 'charge' | 'isInDebt'>
  authenticate: Authenticate
  caps: Caps
  clock: Clock
  timers: Timers
  log: Log
  metrics: Pick<Metrics, 'gauge'>
  /** Maximum rooms of one stream. */
  roomLimit: number
}

export type EventStreams = {
  mount(app: FastifyInstance): void
  /** The user became a member of the room: adds it to their open streams that follow all their rooms. */
  follow(user: number, room: RoomRow): void
  /** What the stream may see of the room has changed: it starts over in this room (rule E12). */
  renew(room: RoomFacts, connection: Viewer): void
  /** Ends the open streams. */
  stop(): void
}

type Stream = {
  id: string
  caller: Caller
  /** Nums of rooms being attached. */
  joining: Set<number>
  cursor: StreamCursor
  sink: EventStreamSink
  response: ServerResponse
}

const commentEvery = 15_000
/** `GET /api/events`: rooms as Server-Sent Events (rules E in README.md). */
export function createEventStreams(deps: EventStreamDeps): EventStreams {
  const { live, rooms, readQueue, limiter, authenticate, caps, clock, timers, log } = deps
  const streams = new Map<string, Stream>()
  /** The streams that follow all rooms of their user. */
  const following = new Multimap<number, Stream>()
  let cancelComments: (() => void) | null = null
  deps.metrics.gauge(doorMetrics.parlor_connections, () => streams.size, { door: 'sse' })

  /** Refuses before the stream starts, with a JSON error. */
  async function enter(request: FastifyRequest) {
    const refused = caps.admit(request.address)
    if (refused) throw refused
    const asked = streamRequestOf(request, deps.roomLimit)
    const caller = await authenticate(asked.token, request.address)
    assertScope('messages:read', caller)
    if (asked.feed) assertRoomOfKey(null, caller)
    limiter.take('read', caller, 0)
    const found = () => (asked.room_ids.length > 0 ? named(caller, asked.room_ids) : own(caller))
    return { ...asked, caller, rooms: await readQueue.take(callersReader(caller), found) }
  }

  async function named(caller: Caller, ids: readonly string[]): Promise<RoomRow[]> {
    const found: RoomRow[] = []
    for (const id of ids) assertRoomOfKey(id, caller)
    for (const id of ids) found.push(await rooms.readable(caller, id))
    return found
  }

  async function own(caller: Caller): Promise<RoomRow[]> {
    const lobby = await rooms.lobby()
    const num = caller.kind === 'user' ? caller.user.num : 0
    const joined = num === 0 ? [] : await rooms.ofUser(num, deps.roomLimit - 1)
    const all = [...(lobby ? [lobby] : []), ...joined.filter((room) => room.num !== lobby?.num)]
    return all.filter(({ id }) => mayUseRoom(caller, id))
  }

  async function open(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { address } = request
    const entered = await enter(request)
    if (reply.raw.closed) return reply.hijack()
    if (!caps.opened(address)) throw new AppError('too_many_connections')
    reply.raw.once('close', () => caps.closed(address))
    const stream = createStream(entered.caller, entered.room_ids.length === 0, reply.raw)
    const known = entered.lastId === null ? null : readCursor(entered.lastId)
    const plan = entered.rooms.map((room) => ({ room, since: startOf(room, known) }))
    for (const { room, since } of plan) if (since) stream.cursor.set(room.num, since)
    const begin = () => {
      if (stream.sink.isCut) throw new AppError('shutting_down')
      reply.headers(streamHeaders).hijack()
      for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? '')
      stream.sink.start()
    }
    await joinAll(stream, plan, begin)
    if (entered.feed && entered.caller.kind === 'user' && !reply.raw.closed) deps.feed(stream.id, entered.caller.user)
    return reply
  }

  function createStream(caller: Caller, followsUser: boolean, response: ServerResponse): Stream {
    const cursor = new StreamCursor()
    const sink = new EventStreamSink(response, cursor)
    const isUser = caller.kind === 'user'
    const id = live.open(sink, {
      user: isUser ? caller.user : null,
      profile: isUser ? caller.profile : null,
      session_id: isUser ? caller.session_id : null,
      isLimited: isLimited(caller),
      address: caller.address,
      present: false,
    })
    const user = isUser ? caller.user.num : 0
    const stream: Stream = { id, caller, joining: new Set(), cursor, sink, response }
    streams.set(id, stream)
    if (followsUser) following.add(user, stream)
    response.once('close', () => {
      streams.delete(id)
      following.delete(user, stream)
      live.close(id)
    })
    cancelComments ??= timers.after(commentEvery, comment)
    return stream
  }

  /**
   * Attaches the first room before the response begins, so that it can still be refused; a later refusal ends the
   * stream.
   */
  async function joinAll(stream: Stream, plan: readonly Joining[], begin: () => void): Promise<void> {
    let hasBegun = false
    for (const { room, since } of plan) {
      if (stream.response.closed) return
      try {
        if (limiter.isInDebt('answered_bytes', stream.caller)) throw rateLimited(1000)
        await join(stream, room, since, () => {
          if (!hasBegun) begin()
          hasBegun = true
        })
      } catch (error) {
        // If the server cut the stream during this, that is the reason, whatever failed because of it.
        if (!hasBegun) throw stream.sink.isCut ? new AppError('shutting_down') : error
        giveUp(stream, error)
        return
      }
    }
    if (!hasBegun) begin()
  }

  /** The membership may have ended since the room was found readable, so that only members may read it now. */
  async function attach(
    permit: ReadPermit,
    { id, caller }: Stream,
    room: RoomFacts,
    cursor: Cursor,
  ): Promise<Attachment> {
    const attachment = await live.attach(permit, id, room, cursor)
    if (caller.kind === 'user' && attachment.catchup.member === null) await rooms.readable(caller, room.id)
    return attachment
  }

  /** Attaches to one room and sends what happened since; `since` null: the client cannot resume in this room. */
  async function join(stream: Stream, room: RoomRow, since: Position | null, begin: () => void): Promise<void> {
    stream.joining.add(room.num)
    const after_seq = since?.seq ?? room.last_seq
    try {
      await readQueue.take(live.reader(stream.id), async (permit) => {
        const attachment = await attach(permit, stream, room, { after_seq, epoch: room.epoch })
        // Delivery starts in the next turn of the event loop, so the catch-up is sent first.
        if (!attachment.begin()) throw new AppError(roomErrors.room_closed)
        begin()
        const bytes = catchUp(stream, room, since, attachment, clock.now)
        permit.answers(bytes)
        limiter.charge('answered_bytes', stream.caller, bytes)
      })
    } finally {
      stream.joining.delete(room.num)
    }
  }

  function follow(stream: Stream, room: RoomRow): void {
    if (stream.joining.has(room.num) || live.isAttached(stream.id, room.num)) return
    if (!mayUseRoom(stream.caller, room.id)) return
    const now = { epoch: room.epoch, seq: room.last_seq }
    stream.cursor.set(room.num, now)
    join(stream, room, now, () => {}).catch((error) => giveUp(stream, error))
  }

  /** Reads again what the stream may see, and says so with `reset`; unless it was attached again meanwhile. */
  async function renew(stream: Stream, room: RoomFacts): Promise<void> {
    await readQueue.take(live.reader(stream.id), async (permit) => {
      if (!live.isOutdated(stream.id, room.num)) return
      const attachment = await attach(permit, stream, room, { after_seq: null, epoch: null })
      if (attachment.begin()) catchUp(stream, attachment.catchup.room, null, attachment, clock.now)
    })
  }

  /** The client reconnects by itself, with its cursor. */
  function giveUp(stream: Stream, error: unknown): void {
    const { code, cause } = AppError.from(error)
    if (!stream.response.closed) log.warn({ code, err: cause }, 'a stream could not go on with a room')
    stream.sink.cut('shutdown')
  }

  function comment(): void {
    for (const { sink } of streams.values()) sink.comment()
    cancelComments = streams.size > 0 ? timers.after(commentEvery, comment) : null
  }

  return {
    mount(app) {
      app.route({ method: 'GET', url: '/api/events', exposeHeadRoute: false, handler: open })
      app.route({
        method: 'HEAD',
        url: '/api/events',
        handler: async (request, reply) => {
          await enter(request)
          return reply.headers(streamHeaders).send('')
        },
      })
    },
    renew(room, { id }) {
      const stream = streams.get(id)
      if (stream) renew(stream, room).catch((error) => giveUp(stream, error))
    },
    follow(user, room) {
      for (const stream of following.get(user)) follow(stream, room)
    },
    stop() {
      cancelComments?.()
      for (const { sink } of streams.values()) sink.cut('shutdown')
    },
  }
}

type Joining = { room: RoomRow; since: Position | null }

/** A stream's start in a room: now, or the cursor's position; null when this room's log has no such position. */
function startOf(room: RoomRow, known: ReadonlyMap<number, Position> | null): Position | null {
  if (!known) return { epoch: room.epoch, seq: room.last_seq }
  const position = known.get(room.num)
  return position?.epoch === shortEpoch(room.epoch) ? position : null
}

/**
 * Returns the bytes sent. A record that changed meanwhile is sent once, with its whole value: a property that is
 * missing there is unset (rule E6).
 */
function catchUp(
  { cursor, sink }: Stream,
  room: RoomRow,
  since: Position | null,
  { catchup, events, records }: Attachment,
  now: () => number,
): number {
  const { epoch } = catchup.room
  if (!since || !catchup.recovered) {
    const seq = catchup.recovered ? room.last_seq : catchup.seq
    cursor.set(room.num, { epoch, seq })
    sink.reset(room, seq)
  }
  if (!catchup.recovered) return 0
  const logged = events.map(({ seq, event, data }): Frame => ({ seq, audience: 'room', event, json: data }))
  const changed = records.map((record) => wholeRecord(room, record))
  const frames = [...logged, ...changed].toSorted((one, other) => one.seq - other.seq)
  if (frames.length > 0) sink.write(rangeOf(room.num, frames, now))
  return frames.reduce((bytes, frame) => bytes + settledAt(frame, now()).json.length, 0)
}
