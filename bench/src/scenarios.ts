import type { Check, Figures } from './check.ts'
import type { Context } from './measure/context.ts'
import { measureIdle } from './measure/idle.ts'
import { measureLoad, type RoomLoad } from './measure/load.ts'
import { measureRest } from './measure/rest.ts'
import { measureStalled } from './measure/stalled.ts'
import { measureStart } from './measure/start.ts'
import { startBareRoute } from './peers/bare-route.ts'
import { startParlor } from './peers/parlor.ts'
import type { Peer } from './peers/peer.ts'
import { startStock } from './peers/stock.ts'

/** One situation, measured on both sides in turn. Each measurement has a server of its own, started for it. */
export type Scenario = {
  id: string
  what: string
  /** Part of `--short`. */
  isShort: boolean
  pair(context: Context): Promise<Pair>
  checks: readonly Check[]
}

/** One measurement of Parlor and, right after it, one of its peer; null where only Parlor's own figure is asked for. */
export type Pair = { parlor: Figures; peer: Figures | null }

const loopDelay: Check = {
  id: 'loop-delay',
  figure: 'loopDelayMs',
  unit: 'ms',
  on: 'parlor',
  bound: { atMost: 10 },
}

const deliveriesPerCpu = (atLeast: number): Check => ({
  id: 'deliveries-per-cpu-second',
  figure: 'deliveriesPerCpuSecond',
  unit: '/CPU-s',
  on: 'ratio',
  bound: { atLeast },
  isRecorded: true,
})

export const scenarios: readonly Scenario[] = [
  roomScenario(
    'fan-out-1000-4x8',
    'one room of 1,000 members, 4 of them with 8 messages in flight each',
    { rooms: 1, membersPerRoom: 1000, sendersPerRoom: 4, inFlight: 8 },
    [deliveriesPerCpu(18), loopDelay],
    'short',
  ),
  roomScenario(
    'fan-out-1000-8x16',
    'one room of 1,000 members, 8 of them with 16 messages in flight each',
    { rooms: 1, membersPerRoom: 1000, sendersPerRoom: 8, inFlight: 16 },
    [deliveriesPerCpu(25), loopDelay],
  ),
  roomScenario(
    'fan-out-200-4x32',
    'one room of 200 members, 4 of them with 32 messages in flight each',
    { rooms: 1, membersPerRoom: 200, sendersPerRoom: 4, inFlight: 32 },
    [deliveriesPerCpu(12), loopDelay],
    'short',
  ),
  roomScenario(
    'one-in-flight-200',
    'one room of 200 members, a single message in flight',
    { rooms: 1, membersPerRoom: 200, sendersPerRoom: 1, inFlight: 1 },
    [
      { id: 'p50', figure: 'p50Ms', unit: 'ms', on: 'ratio', bound: { atMost: 1.25 }, isLatency: true },
      { id: 'p99', figure: 'p99Ms', unit: 'ms', on: 'ratio', bound: { atMost: 2 }, isLatency: true },
      {
        id: 'cpu-per-delivery',
        figure: 'cpuMicrosecondsPerDelivery',
        unit: 'µs',
        on: 'ratio',
        bound: { atMost: 1.15 },
        isRecorded: true,
      },
      loopDelay,
    ],
  ),
  roomScenario(
    'small-rooms-400x5',
    '400 rooms of 5 members, all 2,000 sending with one message in flight each',
    { rooms: 400, membersPerRoom: 5, sendersPerRoom: 5, inFlight: 1 },
    [
      {
        id: 'accepted-per-cpu-second',
        figure: 'acceptedPerCpuSecond',
        unit: '/CPU-s',
        on: 'ratio',
        bound: { atLeast: 1 },
        isRecorded: true,
      },
      loopDelay,
    ],
    'short',
  ),
  {
    id: 'idle-10000',
    what: '10,000 connections that only stay',
    isShort: false,
    pair: againstStock((server, context) => measureIdle(server, 10_000, context)),
    checks: [
      {
        id: 'memory-per-connection',
        figure: 'kibPerConnection',
        unit: 'KiB',
        on: 'ratio',
        bound: { atMost: 1 },
        isRecorded: true,
      },
      { id: 'memory-aim', figure: 'kibPerConnection', unit: 'KiB', on: 'parlor', bound: { atMost: 12 } },
    ],
  },
  {
    id: 'stalled-reader',
    what: 'a member stops reading while its room flows at 10 MB/s',
    isShort: false,
    pair: againstStock(measureStalled),
    checks: [
      { id: 'memory-growth', figure: 'growthMegabytes', unit: 'MB', on: 'parlor', bound: { atMost: 5 } },
      { id: 'close-code', figure: 'closeCode', unit: '', on: 'parlor', bound: { atLeast: 1013 } },
    ],
  },
  restScenario(),
  {
    id: 'start',
    what: 'from starting what npm start starts, installed, on an empty data folder, to healthy',
    isShort: false,
    pair: async () => ({ parlor: await measureStart(), peer: null }),
    checks: [{ id: 'to-healthy', figure: 'startMs', unit: 'ms', on: 'parlor', bound: { atMost: 1000 } }],
  },
]

function roomScenario(id: string, what: string, load: RoomLoad, checks: readonly Check[], short?: 'short'): Scenario {
  return {
    id,
    what,
    isShort: short === 'short',
    pair: againstStock((server, context) => measureLoad(server, load, context)),
    checks,
  }
}

function restScenario(): Scenario {
  return {
    id: 'rest-room',
    what: 'GET /api/rooms/:id with a login, against a bare Fastify route with the same body and a request log',
    isShort: false,
    pair: restPair,
    checks: [
      {
        id: 'requests-per-cpu-second',
        figure: 'requestsPerCpuSecond',
        unit: '/CPU-s',
        on: 'ratio',
        bound: { atLeast: 0.7 },
        isRecorded: true,
      },
    ],
  }
}

function againstStock(measure: (server: Peer, context: Context) => Promise<Figures>): Scenario['pair'] {
  return async (context) => ({
    parlor: await using(startParlor({ profileTo: context.profileTo }), (server) => measure(server, context)),
    peer: await using(startStock(), (server) => measure(server, context)),
  })
}

async function restPair(context: Context): Promise<Pair> {
  const { body, figures } = await using(
    startParlor({ logLevel: 'info', profileTo: context.profileTo }),
    async (server) => {
      const [room = ''] = await server.makeRooms(1)
      const path = `/api/rooms/${room}`
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        headers: { authorization: `Bearer ${server.token}` },
      })
      return { body: await answer.text(), figures: await measureRest(server, path, server.token, context) }
    },
  )
  const bare = await using(startBareRoute(body), (server) => measureRest(server, '/api/rooms/any', 'none', context))
  return { parlor: figures, peer: bare }
}

/** Stops the server whatever came of it. */
async function using<Server extends { stop(): Promise<void> }, Result>(
  starting: Promise<Server>,
  work: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await starting
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}
