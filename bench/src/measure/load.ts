import { Load } from '../load/load.ts'
import type { LoadWindow } from '../load/generator.ts'
import type { Peer } from '../peers/peer.ts'
import { LatencyHistogram } from '../statistics.ts'
import type { Context } from './context.ts'

/** Who is in the rooms, and who of them talks how much. */
export type RoomLoad = {
  rooms: number
  membersPerRoom: number
  sendersPerRoom: number
  /** Messages that each sender keeps on their way. */
  inFlight: number
}

/** What one side did in one window. */
export type LoadFigures = {
  deliveriesPerCpuSecond: number
  acceptedPerCpuSecond: number
  cpuMicrosecondsPerDelivery: number
  deliveriesPerSecond: number
  acceptedPerSecond: number
  megabytesPerSecond: number
  bytesPerDelivery: number
  p50Ms: number
  p99Ms: number
  /** Share of one core. */
  serverCpu: number
  /** Share of one core, of the busiest generator process. */
  generatorCpu: number
  /** Share of the window that the server or a generator, whichever more, waited for a core. */
  waited: number
  /** NaN where the peer does not tell. */
  loopDelayMs: number
}

const contentLength = 100

/** One window on a running peer, with a proof that every message was acknowledged and reached every member. */
export async function measureLoad(peer: Peer, roomLoad: RoomLoad, context: Context): Promise<LoadFigures> {
  const rooms = await peer.makeRooms(roomLoad.rooms)
  const job = {
    port: peer.port,
    serverPid: peer.pid,
    ticksPerSecond: context.ticksPerSecond,
    auth: peer.auth,
    clients: membersOf(rooms, roomLoad),
    inFlight: roomLoad.inFlight,
    contentLength,
    sampleEvery: 7,
  }
  const load = await Load.connect(job, context.generators)
  try {
    await load.start()
    await new Promise((resolve) => setTimeout(resolve, context.warmUpMs))
    await peer.readLoopDelay()
    const windows = await load.measure(context.windowMs)
    const loopDelay = await peer.readLoopDelay()
    await proveComplete(load, roomLoad)
    return { ...summary(windows), loopDelayMs: loopDelay * 1000 }
  } finally {
    await load.close()
  }
}

/** Room by room; the first members of each are its senders. */
function membersOf(rooms: readonly string[], { membersPerRoom, sendersPerRoom }: RoomLoad) {
  return rooms.flatMap((room, roomIndex) =>
    Array.from({ length: membersPerRoom }, (_, member) => ({
      id: roomIndex * membersPerRoom + member,
      room,
      isSender: member < sendersPerRoom,
    })),
  )
}

async function proveComplete(load: Load, { membersPerRoom }: RoomLoad): Promise<void> {
  const { sent, accepted, deliveries } = await load.settle()
  if (accepted !== sent || deliveries !== sent * membersPerRoom)
    throw new Error(
      `of ${sent} messages ${accepted} were acknowledged and ${deliveries} deliveries came, not ${sent * membersPerRoom}`,
    )
}

function summary(windows: readonly LoadWindow[]): Omit<LoadFigures, 'loopDelayMs'> {
  const latency = new LatencyHistogram()
  for (const window of windows) latency.add(new LatencyHistogram(window.latency))
  const sum = (value: (window: LoadWindow) => number) => windows.reduce((total, window) => total + value(window), 0)
  const deliveriesPerSecond = sum((window) => window.deliveries / window.seconds)
  const deliveriesPerCpuSecond = sum((window) => window.deliveries / window.serverCpuSeconds)
  const bytesPerSecond = sum((window) => window.payloadBytes / window.seconds)
  return {
    deliveriesPerCpuSecond,
    acceptedPerCpuSecond: sum((window) => window.accepted / window.serverCpuSeconds),
    cpuMicrosecondsPerDelivery: 1e6 / deliveriesPerCpuSecond,
    deliveriesPerSecond,
    acceptedPerSecond: sum((window) => window.accepted / window.seconds),
    megabytesPerSecond: bytesPerSecond / 1e6,
    bytesPerDelivery: bytesPerSecond / deliveriesPerSecond,
    p50Ms: latency.quantile(0.5) / 1e6,
    p99Ms: latency.quantile(0.99) / 1e6,
    serverCpu: sum((window) => window.serverCpuSeconds / window.seconds) / windows.length,
    generatorCpu: Math.max(...windows.map((window) => window.generatorCpuSeconds / window.seconds)),
    waited: Math.max(...windows.map((window) => window.waitedSeconds / window.seconds)),
  }
}
