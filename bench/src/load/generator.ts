import { cpuSeconds, waitedSeconds } from '../proc.ts'
import { LatencyHistogram } from '../statistics.ts'
import { Client, type ClientEvents } from './client.ts'
import { MarkerFinder, nowNs, senderAt, sentNsAt } from './marker.ts'
import { Outgoing } from './outgoing.ts'

/** The part of a load that one process generates. */
export type LoadJob = {
  port: number
  /** The server whose CPU time is read at both ends of the window. */
  serverPid: number
  ticksPerSecond: number
  auth: Readonly<Record<string, string | boolean>> | null
  clients: readonly { id: number; room: string | null; isSender: boolean }[]
  /** Messages that each sender keeps on their way, closed on its own echo. */
  inFlight: number
  contentLength: number
  /** Every n-th delivery gives a latency; a prime, so that it does not always meet the same place in a batch. */
  sampleEvery: number
}

/** What one process saw in its window. */
export type LoadWindow = {
  seconds: number
  deliveries: number
  accepted: number
  payloadBytes: number
  serverCpuSeconds: number
  generatorCpuSeconds: number
  /** The longer of the times that the server's and this process's main threads waited for a core. */
  waitedSeconds: number
  latency: number[]
}

/** All since the start, to prove that nothing was lost. */
export type LoadTotals = { sent: number; accepted: number; deliveries: number }

type Counters = { deliveries: number; accepted: number; payloadBytes: number }

const connecting = 64
const readBufferBytes = 256 * 1024

/** Connects many clients, keeps messages in flight, and counts what arrives. One per process. */
export class LoadGenerator {
  readonly #job: LoadJob
  readonly #clients: Client[] = []
  readonly #senders = new Map<Client, Outgoing>()
  readonly #finder = new MarkerFinder()
  readonly #latency = new LatencyHistogram()
  readonly #seen: Counters = { deliveries: 0, accepted: 0, payloadBytes: 0 }
  readonly #buffer = Buffer.allocUnsafeSlow(readBufferBytes)
  readonly #connected = Promise.withResolvers<void>()
  readonly #fail: (error: Error) => void
  #ready = 0
  #sent = 0
  #untilSample: number
  #isSending = false

  /** `fail` is told what makes the whole measurement worthless: a refused client, a lost connection, a failed send. */
  constructor(job: LoadJob, fail: (error: Error) => void) {
    this.#job = job
    this.#fail = fail
    this.#untilSample = job.sampleEvery
  }

  /** Resolves when every client is connected and in its room; 64 at a time are on the way. */
  async connect(): Promise<void> {
    for (let count = 0; count < connecting; count++) this.#connectNext()
    await this.#connected.promise
  }

  /** Puts `inFlight` messages of every sender on their way. */
  start(): void {
    this.#isSending = true
    for (const client of this.#senders.keys())
      for (let count = 0; count < this.#job.inFlight; count++) this.#sendFrom(client)
  }

  async measure(milliseconds: number): Promise<LoadWindow> {
    this.#latency.reset()
    const before = this.#reading()
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    const after = this.#reading()
    return {
      seconds: (after.ns - before.ns) / 1e9,
      deliveries: after.deliveries - before.deliveries,
      accepted: after.accepted - before.accepted,
      payloadBytes: after.payloadBytes - before.payloadBytes,
      serverCpuSeconds: after.serverCpu - before.serverCpu,
      generatorCpuSeconds: after.ownCpu - before.ownCpu,
      waitedSeconds: Math.max(after.serverWaited - before.serverWaited, after.ownWaited - before.ownWaited),
      latency: this.#latency.toArray(),
    }
  }

  /** Sends no more, and resolves when nothing has arrived for a while. */
  async settle(quietMs = 200): Promise<LoadTotals> {
    this.#isSending = false
    let last = -1
    while (last !== this.#seen.deliveries + this.#seen.accepted) {
      last = this.#seen.deliveries + this.#seen.accepted
      await new Promise((resolve) => setTimeout(resolve, quietMs))
    }
    return { sent: this.#sent, accepted: this.#seen.accepted, deliveries: this.#seen.deliveries }
  }

  close(): void {
    for (const client of this.#clients) client.destroy()
  }

  #reading() {
    const { user, system } = process.cpuUsage()
    return {
      ...this.#seen,
      ns: nowNs(),
      serverCpu: cpuSeconds(this.#job.serverPid, this.#job.ticksPerSecond),
      serverWaited: waitedSeconds(this.#job.serverPid),
      ownCpu: (user + system) / 1e6,
      ownWaited: waitedSeconds(process.pid),
    }
  }

  #connectNext(): void {
    const next = this.#job.clients[this.#clients.length]
    if (next === undefined) return
    const { id, room, isSender } = next
    const events = isSender ? this.#senderEvents : this.#events
    const client = new Client({ ...this.#job, id, room, events, buffer: this.#buffer })
    this.#clients.push(client)
    if (isSender && room !== null) this.#senders.set(client, new Outgoing(room, id, this.#job.contentLength))
  }

  #sendFrom(client: Client): void {
    const outgoing = this.#senders.get(client)
    if (outgoing === undefined) return
    this.#sent++
    client.send(outgoing.next(nowNs()))
  }

  /** Counts a delivery; every n-th also gives a latency. */
  #count(bytes: Buffer, start: number, length: number): void {
    this.#seen.deliveries++
    this.#seen.payloadBytes += length
    if (--this.#untilSample > 0) return
    this.#untilSample = this.#job.sampleEvery
    this.#latency.record(nowNs() - sentNsAt(bytes, this.#finder.find(bytes, start, length)))
  }

  readonly #events: ClientEvents = {
    ready: () => {
      this.#ready++
      if (this.#ready === this.#job.clients.length) this.#connected.resolve()
      else this.#connectNext()
    },
    message: (_client, bytes, start, length) => this.#count(bytes, start, length),
    acknowledged: (_client, isAccepted) => {
      if (isAccepted) this.#seen.accepted++
      else this.#fail(new Error('the server refused a message'))
    },
    closed: (client, code, reason) =>
      this.#fail(new Error(`client ${client.id} lost its connection: ${reason}, code ${code ?? 'none'}`)),
  }

  /** A sender also looks for its own echo in each message: that one makes room for the next. */
  readonly #senderEvents: ClientEvents = {
    ...this.#events,
    message: (client, bytes, start, length) => {
      this.#count(bytes, start, length)
      const isEcho = senderAt(bytes, this.#finder.find(bytes, start, length)) === client.id
      if (isEcho && this.#isSending) this.#sendFrom(client)
    },
  }
}
