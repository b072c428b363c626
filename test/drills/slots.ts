import { setTimeout as pause } from 'node:timers/promises'
import { cpuSeconds, ticksPerSecond } from '../../bench/src/proc.ts'
import { type AttackSocket, frameOf, openSocket } from '../attacks/client/socket.ts'
import { Tally } from '../attacks/client/tally.ts'
import { type Server, startServer } from '../harness/server.ts'
import { type Drill, quantile } from './drills.ts'

/** How often a pointer moves; how long it does before it is watched, in ms, and for how many windows of which length. */
const rate = { hz: 30, warmUp: 30_000, windows: 5, measured: 15_000 }
const clients = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']

/** People in one room of a server with its default limits, and the ages in ms of the values that they receive. */
class Audience implements AsyncDisposable {
  readonly server: Server
  readonly tally = new Tally()
  readonly ages: number[] = []
  readonly sockets: AttackSocket[] = []
  readonly room_id = 'lobby'

  private constructor(server: Server) {
    this.server = server
  }

  static async of(people: number): Promise<Audience> {
    const audience = new Audience(await startServer({ env: { RATE_LIMIT_FACTOR: '1' } }))
    for (let n = 0; n < people; n += 1) await audience.#join(clients[n % clients.length] ?? '127.0.0.1')
    return audience
  }

  async #join(from: string): Promise<void> {
    const { port } = this.server
    const onEvent = (name: string, bytes: Buffer) => {
      if (name === 'presence_changed') this.#heard(bytes)
    }
    const socket = await openSocket({ port, from, tally: this.tally, auth: { lobby: false }, onEvent })
    if (!socket) throw new Error('The server refused a connection')
    const { code } = await socket.request('join_room', { room_id: this.room_id })
    if (code !== null) throw new Error(`The server refused a join: ${code}`)
    this.sockets.push(socket)
  }

  #heard(bytes: Buffer): void {
    const at = bytes.indexOf(atField)
    if (at >= 0) this.ages.push(performance.now() - Number.parseFloat(bytes.toString('latin1', at + atField.length)))
  }

  /** Moves the pointers of these people for so long, each at its own moment of the interval. */
  async move(people: readonly AttackSocket[], ms: number): Promise<void> {
    const every = 1000 / rate.hz
    const until = performance.now() + ms
    const due = people.map((_socket, n) => performance.now() + (every * n) / people.length)
    while (performance.now() < until) {
      for (const [n, socket] of people.entries()) {
        if ((due[n] ?? 0) > performance.now()) continue
        due[n] = (due[n] ?? 0) + every
        socket.send(frameOf(`42${JSON.stringify(['presence', { room_id: this.room_id, state: position() }])}`))
      }
      await pause(1)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await this.server[Symbol.asyncDispose]()
  }
}

const atField = '"at":'
/** A position on a board, and when it was (in whole ms of this process's clock, with two decimals). */
const position = () => ({ x: coordinate(), y: coordinate(), at: Math.round(performance.now() * 100) / 100 })
const coordinate = () => Math.round(Math.random() * 20_000) / 10

/** The share of a core is the median of all windows; everything else is of all of them together. */
async function measure(audience: Audience, moving: number) {
  const { server, ages, tally, sockets } = audience
  const people = sockets.slice(0, moving)
  await audience.move(people, rate.warmUp)
  ages.length = 0
  tally.take()
  const ticks = ticksPerSecond()
  const shares: number[] = []
  let total = 0
  for (let n = 0; n < rate.windows; n += 1) {
    const [cpu, started] = [cpuSeconds(server.pid, ticks), performance.now()]
    await audience.move(people, rate.measured)
    const seconds = (performance.now() - started) / 1000
    shares.push((cpuSeconds(server.pid, ticks) - cpu) / seconds)
    total += seconds
  }
  await pause(200)
  const refused = Object.values(tally.peek().counts).reduce((sum, count) => sum + count, 0)
  /** Values that everyone but the mover should have received, had none been coalesced. */
  const sent = moving * rate.hz * total * (sockets.length - 1)
  return { share: quantile(shares, 0.5), ages, refused, heard: ages.length / sent }
}

const people = 30
export const manyPointers: Drill = {
  name: 'slots',
  what: `${people} people in a room, each of whom moves a pointer (a presence slot) ${rate.hz} times a second.`,
  on: ['sqlite'],
  async run() {
    await using audience = await Audience.of(people)
    const { share, ages, refused, heard } = await measure(audience, people)
    return [
      { name: '% of a core, median of 5', value: share * 100, most: 10 },
      { name: 'age p50 ms', value: quantile(ages, 0.5), most: 40 },
      { name: 'age p95 ms', value: quantile(ages, 0.95), most: 80 },
      { name: '% of values not received', value: 100 * (1 - heard), most: 20 },
      { name: 'refused', value: refused, most: 0 },
    ]
  },
}

const members = 1_000
export const onePointer: Drill = {
  name: 'pointer',
  what: `One person moves a pointer ${rate.hz} times a second in a room of ${members.toLocaleString('en')}.`,
  on: ['sqlite'],
  async run() {
    await using audience = await Audience.of(members)
    const { share, ages, refused, heard } = await measure(audience, 1)
    return [
      { name: '% of a core, median of 5', value: share * 100, most: 50 },
      { name: 'age p95 ms', value: quantile(ages, 0.95), most: 80 },
      { name: '% of values not received', value: 100 * (1 - heard), most: 20 },
      { name: 'refused', value: refused, most: 0 },
    ]
  },
}
