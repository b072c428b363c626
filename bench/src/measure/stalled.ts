import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientEvents } from '../load/client.ts'
import { nowNs } from '../load/marker.ts'
import { Outgoing } from '../load/outgoing.ts'
import type { Peer } from '../peers/peer.ts'
import { residentBytes } from '../proc.ts'

export type StalledFigures = {
  /** Growth of the server's peak of resident memory while one member did not read. */
  growthMegabytes: number
  /** What the stalled reader found at the end of what had been sent to it; 0 when it was not cut. */
  closeCode: number
  megabytesPerSecond: number
}

const contentLength = 10_000
const messagesPerTick = 10
const tickMs = 10
/** Bounds what a server that is slower than the pace has to hold. */
const mostInFlight = 100
const warmUpMs = 4000
const phaseMs = 4000
const cutDeadlineMs = 5000

/**
 * A room flows at 10 MB/s to each of its members. All read at first, to know the memory that the flow itself takes;
 * then one stops reading, and at last it reads what was sent to it, up to the close frame.
 */
export async function measureStalled(peer: Peer): Promise<StalledFigures> {
  const [room = ''] = await peer.makeRooms(1)
  const flow = await Flow.start(peer, room)
  try {
    return await Promise.race([measureFlow(flow, peer.pid), flow.lost])
  } finally {
    flow.stop()
  }
}

async function measureFlow(flow: Flow, pid: number): Promise<StalledFigures> {
  await sleep(warmUpMs)
  const before = await peakBytes(pid)
  const bytes = flow.receivedBytes
  flow.stalled.stall()
  const during = await peakBytes(pid)
  const megabytesPerSecond = (flow.receivedBytes - bytes) / 1e6 / (phaseMs / 1000)
  flow.stalled.resume()
  const closeCode = await Promise.race([flow.stalledClosed, sleep(cutDeadlineMs, 0)])
  return { growthMegabytes: (during - before) / 1e6, closeCode, megabytesPerSecond }
}

async function peakBytes(pid: number): Promise<number> {
  let peak = 0
  for (const end = performance.now() + phaseMs; performance.now() < end; await sleep(20))
    peak = Math.max(peak, residentBytes(pid))
  return peak
}

/** A sender, a reader that keeps up, and the one that will stall. */
class Flow {
  readonly stalledClosed: Promise<number>
  readonly stalled: Client
  receivedBytes = 0
  readonly #clients: Client[]
  readonly #ready = Promise.withResolvers<void>()
  readonly #lost = Promise.withResolvers<never>()
  #readyCount = 0
  #inFlight = 0
  #timer: NodeJS.Timeout | undefined

  private constructor(peer: Peer, room: string) {
    const { promise, resolve } = Promise.withResolvers<number>()
    this.stalledClosed = promise
    const shared = { port: peer.port, auth: peer.auth, room, buffer: Buffer.allocUnsafeSlow(256 * 1024) }
    const events = this.#events
    const sender = new Client({ ...shared, id: 0, events: { ...events, acknowledged: () => this.#inFlight-- } })
    const reader = new Client({ ...shared, id: 1, events: { ...events, message: this.#received } })
    this.stalled = new Client({ ...shared, id: 2, events: { ...events, closed: (_, code) => resolve(code ?? 0) } })
    this.#clients = [sender, reader, this.stalled]
  }

  static async start(peer: Peer, room: string): Promise<Flow> {
    const flow = new Flow(peer, room)
    await Promise.race([flow.#ready.promise, flow.lost])
    const [sender] = flow.#clients
    const outgoing = new Outgoing(room, 0, contentLength)
    flow.#timer = setInterval(() => {
      for (let count = 0; count < messagesPerTick && flow.#inFlight < mostInFlight; count++) {
        sender?.send(outgoing.next(nowNs()))
        flow.#inFlight++
      }
    }, tickMs)
    return flow
  }

  /** Never resolves; rejects when one that reads loses its connection. */
  get lost(): Promise<never> {
    return this.#lost.promise
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const client of this.#clients) client.destroy()
  }

  readonly #received = (_client: Client, _bytes: Buffer, _start: number, length: number) => {
    this.receivedBytes += length
  }

  readonly #events: ClientEvents = {
    ready: () => {
      this.#readyCount++
      if (this.#readyCount === this.#clients.length) this.#ready.resolve()
    },
    message: () => {},
    acknowledged: () => {},
    closed: (client, code, reason) =>
      this.#lost.reject(new Error(`client ${client.id} lost its connection: ${reason}, code ${code ?? 'none'}`)),
  }
}
