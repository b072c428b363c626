import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDataDir } from './data-dir.ts'
import type { Peer } from './peer.ts'
import { allocatorSettings, freePort, heapSettings, startServer } from './server-process.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const program = join(root, 'packages/server/src/main.ts')
const makingAtOnce = 16

export type ParlorOptions = {
  /** What is logged; at `info` every request is, and the lines go to /dev/null as those of the peer do. */
  logLevel?: 'warn' | 'info'
  /** A folder for a CPU profile of the whole run; the server is then stopped in peace, so that it can write it. */
  profileTo?: string | undefined
}

export type Parlor = Peer & {
  /** Of the guest who made the rooms. */
  token: string
}

/** Starts Parlor on an empty SQLite database with rate limits off and everything else as it is by default. */
export async function startParlor({ logLevel = 'warn', profileTo }: ParlorOptions = {}): Promise<Parlor> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const dataDir = makeDataDir()
  const profiling = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`]
  const server = await startServer({
    args: [...heapSettings(), ...profiling, program],
    env: { ...allocatorSettings(), ...settings(port, dataDir.path), LOG_LEVEL: logLevel },
    logFile: logLevel === 'info' ? '/dev/null' : join(dataDir.path, 'bench.log'),
    healthUrl: `${origin}/api/health`,
  })
  const stop = async () => {
    await server.stop(profileTo === undefined ? 'SIGKILL' : 'SIGTERM')
    dataDir.remove()
  }
  const token = await logIn(origin).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    name: 'parlor',
    port,
    pid: server.pid,
    auth: { lobby: false },
    token,
    makeRooms: (count) => makeRooms(origin, token, count),
    readLoopDelay: () => readLoopDelay(origin),
    lastWords: server.lastWords,
    stop,
  }
}

/** What the environment says goes before a `.env` file that may lie in the repository. */
export function settings(port: number, dataDir: string): Record<string, string> {
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: 'sqlite:///parlor.db',
    RATE_LIMIT_FACTOR: '0',
  }
}

async function logIn(origin: string): Promise<string> {
  return field(await post(`${origin}/api/auth/guest`, { name: 'Bench' }), 'access_token')
}

async function makeRooms(origin: string, token: string, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const batch = Math.min(makingAtOnce, count - ids.length)
    const rooms = await Promise.all(
      Array.from({ length: batch }, () => post(`${origin}/api/rooms`, { name: 'Bench' }, token)),
    )
    ids.push(...rooms.map((room) => field(room, 'id')))
  }
  return ids
}

async function readLoopDelay(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text()
  const value = /^parlor_loop_delay_seconds\{[^}]*quantile="0\.99"[^}]*\} (\S+)$/m.exec(text)?.[1]
  if (value === undefined) throw new Error('/metrics tells no parlor_loop_delay_seconds')
  return Number(value)
}

async function post(url: string, body: object, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text)
}

function field(value: unknown, name: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  if (typeof found !== 'string') throw new Error(`an answer without ${name}`)
  return found
}
