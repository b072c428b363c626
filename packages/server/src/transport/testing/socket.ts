import { createServer } from 'node:http'
import type { UserRef } from '../../core/caller.ts'
import type { AddressInfo } from 'node:net'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { z } from 'zod'
import { createPipeline, implement } from '../../core/action.ts'
import { freeLimiter, freeReadQueue, permit } from '../../core/testing/read-permit.ts'
import type { UserCaller } from '../../core/caller.ts'
import { attachedBytes, boundedText, defineActions } from '../../core/contract.ts'
import { AppError } from '../../core/error.ts'
import { Json } from '../../core/json.ts'
import { createLog } from '../../platform/log/log.ts'
import { roomErrors } from '../../room/errors.ts'
import type { Live } from '../../room/live/live.ts'
import { createLiveHarness, profileOf, said } from '../../room/testing/live.ts'
import { createSocketDoor, type SocketDoorDeps, type SocketDoorOptions } from '../socket/socket.ts'
import { openRequestGuard } from './request-guard.ts'
import { createInputQueue, type InputQueue } from '../guards/input-queue.ts'
import { createInFlightBytes } from '../http/in-flight-bytes.ts'

const anything = z.looseObject({})
const common = { output: anything, caller: 'user', scope: 'messages:write', limit: 'write', errors: [] } as const
const inRoom = { room_id: z.string() }

/** A few actions, enough to see every way a packet can go. */
const contract = defineActions({
  join: {
    ...common,
    summary: 'Attaches.',
    input: z.object({ ...inRoom, after_seq: z.int().optional(), epoch: z.string().optional() }),
    socket: [{ event: 'join_room' }],
  },
  leave: { ...common, summary: 'Detaches.', input: z.object(inRoom), socket: [{ event: 'leave_room' }] },
  say: {
    ...common,
    summary: 'Says something.',
    input: z.object({ ...inRoom, content: boundedText(20_000), client_id: z.string().optional() }),
    socket: [{ event: 'send_message' }],
    appends: true,
  },
  signal: {
    ...common,
    summary: 'Signals.',
    input: z.object({ ...inRoom, to: z.string().nullish(), name: z.string(), data: z.unknown() }),
    socket: [{ event: 'signal' }],
  },
  type: {
    ...common,
    summary: 'Types.',
    input: z.object({ ...inRoom, typing: z.boolean() }),
    socket: [{ event: 'typing' }],
  },
  frame: {
    ...common,
    summary: 'Sends a frame of audio.',
    input: z.object({ ...inRoom, n: z.int(), audio: attachedBytes(100_000) }),
    socket: [{ event: 'audio_frame' }],
    order: 'passes',
  },
  echo: {
    ...common,
    summary: 'Answers the bytes that came.',
    input: z.object({ data: z.instanceof(Uint8Array) }),
    socket: [{ event: 'echo' }],
  },
  fail: { ...common, summary: 'Fails inside.', input: anything, socket: [{ event: 'fail' }] },
  wait: { ...common, summary: 'Takes its time.', input: anything, socket: [{ event: 'wait' }] },
})

type Rooms = Awaited<ReturnType<typeof createLiveHarness>>

function handlers(rooms: Rooms, live: Live, gate: { wait: Promise<void> }) {
  const num = (caller: { kind: string; user?: { num: number } }) => caller.user?.num ?? 0
  const find = async (room_id: string) => {
    const room = await rooms.engine.find(room_id)
    if (!room) throw new AppError('not_found')
    return room
  }
  const allow = () => true as const
  return implement(contract, {
    join: {
      allow,
      async run({ room_id, after_seq = null, epoch = null }, _caller, { connection_id }) {
        const attachment = await live.attach(permit, connection_id ?? '', await find(room_id), {
          after_seq: after_seq ?? null,
          epoch: epoch ?? null,
        })
        const { catchup, events, presence } = attachment
        const reply = {
          room_id,
          seq: catchup.seq,
          epoch: catchup.room.epoch,
          recovered: catchup.recovered,
          presence: JSON.parse(presence),
        }
        const all = { ...reply, events: events.map(({ data, ...event }) => ({ ...event, data: JSON.parse(data) })) }
        live.emit(connection_id ?? '', 'room_joined', JSON.stringify(all))
        attachment.begin()
        return all
      },
    },
    leave: {
      allow,
      async run({ room_id }, _caller, { connection_id }) {
        live.detach(connection_id ?? '', (await find(room_id)).num, 'left')
        return {}
      },
    },
    say: {
      allow,
      async run({ room_id, content, client_id = null }, caller, context) {
        const op = { op: 'append' as const, type: said, body: () => ({ content }) }
        const { room, events } = await rooms.commit(room_id, num(caller), [op], client_id ?? null)
        const [event] = events
        if (!event) throw new AppError('internal')
        const json = await rooms.encoder.payload(room, event)
        if (!context.ack) live.emit(context.connection_id ?? '', 'message_received', `{"seq":${event.seq}}`)
        return new Json(json)
      },
    },
    signal: {
      allow,
      async run({ room_id, to, name, data }, _caller, { connection_id }) {
        const delivered = live.signal(connection_id ?? '', (await find(room_id)).num, to ?? null, name, data)
        if (!delivered) throw new AppError(roomErrors.unreachable)
        return { delivered }
      },
    },
    type: {
      allow,
      async run({ room_id, typing }, _caller, { connection_id }) {
        live.setSlot(connection_id ?? '', (await find(room_id)).num, 'typing', typing ? 'true' : null)
        return {}
      },
    },
    frame: {
      allow,
      async run({ room_id, n, audio }, _caller, { connection_id }) {
        const attachment = { field: 'audio', bytes: audio }
        const cost = live.tellBinary(connection_id ?? '', (await find(room_id)).num, 'audio_frame', { n }, attachment)
        return { cost }
      },
    },
    echo: { allow, run: ({ data }) => ({ size: data.length }) },
    fail: {
      allow,
      run() {
        throw new Error('secret detail')
      },
    },
    wait: {
      allow,
      async run() {
        await gate.wait
        return {}
      },
    },
  })
}

export type SocketHarness = Awaited<ReturnType<typeof createSocketHarness>>

/** The socket door on a port of its own, over the real engine. Tokens are `user <num>`; none is a guest. */
export async function createSocketHarness(
  given: Partial<SocketDoorOptions> & {
    connections?: SocketDoorDeps['connections']
    lobby?: boolean
    /** Called for a connection that asks for the feed. */
    feed?: (connection_id: string, user: UserRef) => void
    /** Bytes that one address may have under way. */
    addressBytes?: number
    inputQueue?: InputQueue
  } = {},
) {
  const rooms = await createLiveHarness()
  const live = rooms.node()
  const gate = { wait: Promise.resolve() }
  const lines: string[] = []
  const lobby = given.lobby ? await rooms.createRoom('lobby', 'lobby') : null
  let guests = 1000
  const door = createSocketDoor(
    {
      actions: handlers(rooms, live, gate),
      call: createPipeline({
        keys: { once: (claim, _again, create) => create(claim) },
        measure: () => {},
        monotonic: () => performance.now(),
        limiter: freeLimiter,
        readQueue: freeReadQueue(),
        checkOutputs: true,
      }),
      live,
      timers: rooms.timers,
      log: createLog({ level: 'debug', service: 'test' }, { write: (line) => void lines.push(line) }),
      metrics: rooms.metrics,
      async authenticate({ token }, address) {
        const num = token === null ? (guests += 1) : Number(/^user (\d+)$/.exec(token)?.[1])
        if (token === 'old') throw new AppError('token_expired')
        if (Number.isNaN(num)) throw new AppError('token_invalid')
        const profile = profileOf(num)
        const user = { num, id: profile.id }
        const caller: UserCaller = { kind: 'user', address, user, profile, session_id: `s${num}`, expires_at: null }
        return { caller, connected: { user: profile, protocol: 1 } }
      },
      feed: given.feed ?? (() => {}),
      lobby: () => (lobby ? { room: lobby, event: 'message' } : null),
      senderOf: ({ socket }) => ({ address: socket.remoteAddress ?? '', isSecure: false }),
      connections: given.connections ?? {
        admit: () => null,
        handshake: () => null,
        opened: () => true,
        closed: () => {},
      },
      basePath: '',
      requestGuard: openRequestGuard(),
      inputQueue: given.inputQueue ?? createInputQueue({ monotonic: () => performance.now() }),
      inFlight: createInFlightBytes(given.addressBytes ?? Number.POSITIVE_INFINITY),
    },
    given,
  )
  const server = createServer((_request, response) => response.writeHead(404).end('elsewhere'))
  door.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const clients: Socket[] = []

  return {
    rooms,
    live,
    door,
    server,
    port,
    gate,
    lines,
    /** A stock client; its transports are those of socket.io-client unless told. */
    client(auth: object, options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
      const client = io(`http://127.0.0.1:${port}`, { forceNew: true, auth, ...options })
      clients.push(client)
      return client
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close()
      await door.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rooms[Symbol.asyncDispose]()
    },
  }
}

/** The next time the client hears this event. */
export function once(client: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => client.once(event, (...args: unknown[]) => resolve(args[0])))
}
