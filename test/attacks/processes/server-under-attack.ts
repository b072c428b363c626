import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { residentBytes, waitedSeconds } from '../../../bench/src/proc.ts'
import { within } from '../../harness/recorder.ts'
import { type Server, startServer, temporaryFolder } from '../../harness/server.ts'
import type { ProbeAsk, ProbeReading } from './probe.ts'

/** How long the probe may take to answer: an attack may block the event loop for long. */
const answerMs = 120_000

/** A server with the probe, in a process of its own. */
export type ServerUnderAttack = AsyncDisposable & {
  readonly server: Server
  /** Readings since the last `reset` or `collect`; both start a new period, `collect` after a forced garbage collection. */
  ask(ask: ProbeAsk['ask']): Promise<ProbeReading>
  /** Restarts with these settings over the earlier ones. */
  restart(env: Readonly<Record<string, string>>): Promise<void>
  /** Resident memory in bytes. */
  resident(): number
  /** The highest resident memory since `forgetPeak`. */
  peak(): number
  forgetPeak(): void
  /** Seconds that its main thread was ready to run but waited for a core. */
  waited(): number
}

/** `profileTo`: a folder for a CPU profile of each start. */
export async function startServerUnderAttack(
  env: Readonly<Record<string, string>>,
  profileTo: string | undefined,
): Promise<ServerUnderAttack> {
  await using made = new AsyncDisposableStack()
  const folder = made.use(await temporaryFolder())
  const path = join(folder.path, 'probe')
  const links = createServer().listen(path)
  made.defer(() => void links.close())
  await once(links, 'listening')
  const probe = new URL(`probe.ts?harness=${encodeURIComponent(path)}`, import.meta.url)
  const profiling = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`]
  const linked = once(links, 'connection')
  const server = await startServer({ env, nodeArguments: [...profiling, '--expose-gc', '--import', probe.href] })
  made.defer(() => end(server, profileTo !== undefined))
  let link = await linkFrom(linked)
  const kept = made.move()
  return {
    server,
    async ask(ask) {
      const said = once(link.lines, 'line')
      link.socket.write(`${JSON.stringify({ ask } satisfies ProbeAsk)}\n`)
      const [line] = await within(Promise.race([said, link.gone]), `the probe's answer to ${ask}`, answerMs)
      return JSON.parse(String(line))
    },
    async restart(more) {
      await server.stop()
      const again = once(links, 'connection')
      await server.start(more)
      link = await linkFrom(again)
    },
    resident: () => residentBytes(server.pid),
    peak: () => statusBytes(server.pid, 'VmHWM'),
    // proc(5): writing 5 resets the peak to the current resident size.
    forgetPeak: () => writeFileSync(`/proc/${server.pid}/clear_refs`, '5'),
    waited: () => waitedSeconds(server.pid),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

type Link = { socket: Socket; lines: Interface; gone: Promise<never> }

async function linkFrom(connection: Promise<unknown[]>): Promise<Link> {
  const [socket] = await within(connection, 'the probe')
  if (!isSocket(socket)) throw new Error('the probe came without a socket')
  const { promise: gone, reject } = Promise.withResolvers<never>()
  // The server ends with every test, so only a caller that waits for an answer is told.
  gone.catch(() => {})
  const lines = createInterface(socket)
  for (const stream of [socket, lines]) stream.on('error', () => {})
  socket.on('close', () => reject(new Error('the server ended')))
  return { socket, lines, gone }
}

const isSocket = (value: unknown): value is Socket => typeof value === 'object' && value !== null && 'write' in value

/** Node writes the profile only when the program ends by itself. */
async function end(server: Server, peacefully: boolean): Promise<void> {
  if (peacefully && server.isRunning()) await server.stop().catch(() => server.kill())
  await server[Symbol.asyncDispose]()
}

function statusBytes(pid: number, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  if (kib === undefined) throw new Error(`process ${pid} tells no ${name}: it ended`)
  return Number(kib) * 1024
}
