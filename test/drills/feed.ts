import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { cpuSeconds, ticksPerSecond } from '../../bench/src/proc.ts'
import { createRoom, type Guest, ok, signInGuest } from '../harness/rest.ts'
import { type Server, startServer } from '../harness/server.ts'
import type { Drill } from './drills.ts'
import type { ClientsOrder, ClientsTold } from './feed-clients.ts'

const [users, rooms, roomsOfUser, messagesPerSecond] = [2_000, 1_000, 20, 200]
const windowMs = 20_000
const settleMs = 5_000
const program = fileURLToPath(new URL('feed-clients.ts', import.meta.url))
const words = 'see you at the usual place, and bring the others along'
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs all, 24 at once. */
async function inParallel<Item>(items: Iterable<Item>, run: (item: Item) => Promise<unknown>): Promise<void> {
  const left = [...items].values()
  const worker = async () => {
    for (const item of left) await run(item)
  }
  await Promise.all(Array.from({ length: 24 }, worker))
}

/** Users who are members of 20 rooms each, and those who made the rooms and write in them. */
async function populate(url: string): Promise<{ hosts: Guest[]; tokens: string[]; ids: string[] }> {
  const hosts: Guest[] = []
  for (let n = 0; n < 20; n += 1) hosts.push(await signInGuest(url, `Host ${n}`))
  const ids: string[] = []
  await inParallel(Array(rooms).keys(), async (n) => {
    const host = hosts[n % hosts.length]
    if (host) ids[n] = (await createRoom(url, host, { name: `Room ${n}` })).id
  })
  const tokens: string[] = []
  await inParallel(Array(users).keys(), async (n) => {
    const { token } = await signInGuest(url, `User ${n}`)
    tokens.push(token)
    for (let more = 0; more < roomsOfUser; more += 1)
      await ok(url, 'POST', `/api/rooms/${ids[(n * 7 + more * 53) % rooms]}/join`, { token })
  })
  return { hosts, tokens, ids }
}

class Clients {
  readonly #process: ChildProcess = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  async ask(order: ClientsOrder): Promise<ClientsTold> {
    const answer = once(this.#process, 'message')
    this.#process.send(order)
    const [told] = await Promise.race([
      answer,
      once(this.#process, 'exit').then(() => Promise.reject(new Error('The clients have ended'))),
    ])
    return told
  }
  end(): void {
    this.#process.kill()
  }
}

/** Messages at the rate, in all rooms in turn, until it is stopped. */
function write(url: string, { hosts, ids }: { hosts: Guest[]; ids: string[] }): () => Promise<void> {
  const began = performance.now()
  const sending: Promise<unknown>[] = []
  let sent = 0
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) / 1000) * messagesPerSecond; sent < due; sent += 1) {
      // 389 has no factor in common with the number of rooms.
      const n = (sent * 389) % rooms
      const body = { content: `at ${Date.now()} ${words}` }
      sending.push(ok(url, 'POST', `/api/rooms/${ids[n]}/messages`, { token: hosts[n % hosts.length]?.token, body }))
    }
  }, 20)
  return async () => {
    clearInterval(timer)
    await Promise.all(sending)
  }
}

/** One window: the server's share of a core, and what the clients heard. */
async function measure(
  server: Server,
  clients: Clients,
  { tokens, feed, ...people }: { tokens: string[]; hosts: Guest[]; ids: string[]; feed: boolean },
): Promise<ClientsTold & { share: number }> {
  await clients.ask({ order: 'connect', port: server.port, tokens, feed })
  const stop = write(server.url, people)
  await pause(settleMs)
  const ticks = ticksPerSecond()
  const before = cpuSeconds(server.pid, ticks)
  const told = await clients.ask({ order: 'count', ms: windowMs })
  const share = (cpuSeconds(server.pid, ticks) - before) / (windowMs / 1000)
  await stop()
  await clients.ask({ order: 'disconnect' })
  await pause(settleMs)
  return { ...told, share }
}

export const feed: Drill = {
  name: 'feed',
  what: '1,000 rooms, 2,000 connected users in 20 rooms each, none attached, 200 messages/s: what the feed of rooms costs more than connections without it.',
  on: ['sqlite', 'postgres'],
  async run({ kind, place }) {
    const database: Record<string, string> = kind === 'sqlite' ? {} : { DATABASE_URL: place }
    const profile = process.env['FEED_PROFILE']
    await using server = await startServer({
      env: { RATE_LIMIT_FACTOR: '0', ...database },
      nodeArguments: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
    })
    const people = await populate(server.url)
    const clients = new Clients()
    const [without, withFeed] = [
      await measure(server, clients, { ...people, feed: false }),
      await measure(server, clients, { ...people, feed: true }),
    ]
    clients.end()
    if (profile !== undefined) await server.stop()
    const seconds = windowMs / 1000
    const late = withFeed.late.toSorted((a, b) => a - b)
    return [
      { name: '% of a core more than without', value: (withFeed.share - without.share) * 100, most: 10 },
      { name: 'KB/s more than without', value: (withFeed.bytes - without.bytes) / seconds / 1000, most: 2_000 },
      {
        name: 'told within ms, p95',
        value: late[Math.floor(late.length * 0.95)] ?? Number.POSITIVE_INFINITY,
        most: 8_000,
      },
    ]
  },
}
