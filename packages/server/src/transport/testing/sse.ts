import type { TestContext } from 'node:test'
import { type EventStream, openStream } from '../../../../../test/harness/event-stream.ts'
import type { Caller } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import { manualTime } from '../../core/testing/manual-time.ts'
import { freeLimiter, freeReadQueue } from '../../core/testing/read-permit.ts'
import type { ReadQueue } from '../../core/fairness/read-queue.ts'
import { createLocalBuckets } from '../../platform/limiter/local.ts'
import { createLog } from '../../platform/log/log.ts'
import { createLiveHarness, profileOf } from '../../room/testing/live.ts'
import { createCaps } from '../guards/caps.ts'
import { createEventStreams } from '../sse/sse.ts'
import { serve } from './http.ts'

/** Tokens are `user-<num>`. */
export function authenticate(token: string | null, address: string): Caller {
  if (token === null) return { kind: 'anonymous', address }
  const num = Number(/^user-(\d+)$/.exec(token)?.[1])
  if (Number.isNaN(num)) throw new AppError('token_invalid')
  const profile = profileOf(num)
  return { kind: 'user', address, user: { num, id: profile.id }, profile, session_id: `s${num}`, expires_at: null }
}

/** Event streams on a port of their own, over the real engine; only members may read the room `private`. */
export async function serveEvents(
  t: TestContext,
  given: {
    connections?: number
    harness?: Parameters<typeof createLiveHarness>[0]
    time?: ReturnType<typeof manualTime>
    readQueue?: ReadQueue
  } = {},
) {
  const rooms = await createLiveHarness(given.harness)
  const live = rooms.node({ onViewChanged: (room, connection) => streams.renew(room, connection) })
  const { clock, timers, advance } = given.time ?? manualTime()
  const lobby = await rooms.createRoom('lobby', 'lobby')
  /** Streams that asked for the feed. */
  const fed: string[] = []
  const streams = createEventStreams({
    feed: (connection_id) => void fed.push(connection_id),
    live,
    rooms: {
      lobby: () => rooms.engine.find('lobby'),
      ofUser: (user, limit) => rooms.engine.roomsOf(user, limit),
      async readable(caller, id) {
        const room = await rooms.engine.find(id)
        if (!room) throw new AppError('not_found')
        if (room.id !== 'private') return room
        const member = caller.kind === 'user' ? await rooms.engine.member(room.num, caller.user.num) : null
        if (member === null) throw new AppError('forbidden')
        return room
      },
    },
    readQueue: given.readQueue ?? freeReadQueue(),
    limiter: freeLimiter,
    authenticate,
    caps: createCaps({
      connections: given.connections ?? 100,
      handshakes: { burst: 1000, perSecond: 1000 },
      buckets: createLocalBuckets({ clock }),
    }),
    clock,
    timers,
    log: createLog({ level: 'silent', service: 'test' }, { write: () => undefined }),
    metrics: rooms.metrics,
    roomLimit: 200,
  })
  const open: EventStream[] = []
  const served = await serve(t, { authenticate, mount: (app) => streams.mount(app) })
  t.after(async () => {
    for (const stream of open) stream[Symbol.dispose]()
    await rooms[Symbol.asyncDispose]()
  })
  return {
    ...rooms,
    ...served,
    live,
    lobby,
    fed,
    streams,
    advance,
    /** A stream whose cursor has arrived: it stands in all its rooms. */
    async stream(query = '', options: { token?: string; lastId?: string | null } = {}) {
      const stream = await openStream(served.base, `/api/events${query}`, options)
      open.push(stream)
      for (const late = performance.now() + 5000; stream.lastId === null && performance.now() < late; )
        await new Promise(setImmediate)
      return stream
    },
    contents: (stream: EventStream) =>
      stream.heard.items.filter(({ data }) => 'content' in data).map(({ data }) => String(data['content'])),
  }
}
