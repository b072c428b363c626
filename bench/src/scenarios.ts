import type { Check } from './check.ts'
import { idlePair, type MeasurePair, restPair, roomPair, stalledPair, startPair } from './pairs.ts'

/** One situation, measured on both sides in turn. */
export type Scenario = {
  id: string
  what: string
  /** Part of `--short`. */
  isShort: boolean
  pair: MeasurePair
  checks: readonly Check[]
}

const loopDelay: Check = { id: 'loop-delay', figure: 'loopDelayMs', unit: 'ms', on: 'parlor', bound: { atMost: 10 } }

const deliveriesPerCpu = (atLeast: number): Check => ({
  id: 'deliveries-per-cpu-second',
  figure: 'deliveriesPerCpuSecond',
  unit: '/CPU-s',
  on: 'ratio',
  bound: { atLeast },
  isRecorded: true,
})

export const scenarios: readonly Scenario[] = [
  {
    id: 'fan-out-1000-4x8',
    what: 'one room of 1,000 members, 4 of them with 8 messages in flight each',
    isShort: true,
    pair: roomPair({ rooms: 1, membersPerRoom: 1000, sendersPerRoom: 4, inFlight: 8 }),
    checks: [deliveriesPerCpu(18), loopDelay],
  },
  {
    id: 'fan-out-1000-8x16',
    what: 'one room of 1,000 members, 8 of them with 16 messages in flight each',
    isShort: false,
    pair: roomPair({ rooms: 1, membersPerRoom: 1000, sendersPerRoom: 8, inFlight: 16 }),
    checks: [deliveriesPerCpu(25), loopDelay],
  },
  {
    id: 'fan-out-200-4x32',
    what: 'one room of 200 members, 4 of them with 32 messages in flight each',
    isShort: true,
    pair: roomPair({ rooms: 1, membersPerRoom: 200, sendersPerRoom: 4, inFlight: 32 }),
    checks: [deliveriesPerCpu(12), loopDelay],
  },
  {
    id: 'one-in-flight-200',
    what: 'one room of 200 members, a single message in flight',
    isShort: false,
    pair: roomPair({ rooms: 1, membersPerRoom: 200, sendersPerRoom: 1, inFlight: 1 }),
    checks: [
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
  },
  {
    id: 'small-rooms-400x5',
    what: '400 rooms of 5 members, all 2,000 sending with one message in flight each',
    isShort: true,
    pair: roomPair({ rooms: 400, membersPerRoom: 5, sendersPerRoom: 5, inFlight: 1 }),
    checks: [
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
  },
  {
    id: 'idle-10000',
    what: '10,000 connections that only stay',
    isShort: false,
    pair: idlePair(10_000),
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
    pair: stalledPair,
    checks: [
      { id: 'memory-growth', figure: 'growthMegabytes', unit: 'MB', on: 'parlor', bound: { atMost: 5 } },
      { id: 'close-code', figure: 'closeCode', unit: '', on: 'parlor', bound: { exactly: 1013 } },
    ],
  },
  {
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
  },
  {
    id: 'start',
    what: 'from starting what npm start starts, installed, on an empty data folder, to healthy',
    isShort: false,
    pair: startPair,
    checks: [{ id: 'to-healthy', figure: 'startMs', unit: 'ms', on: 'parlor', bound: { atMost: 1000 } }],
  },
]
