import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Recorder, within } from './recorder.ts'

const ownProgram = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))

const isPosix = process.platform !== 'win32'

export type LogLine = { level?: string; msg?: string; port?: number; pid?: number; [name: string]: unknown }

export type ServerOptions = {
  env?: Readonly<Record<string, string>>
  /** A folder that is kept afterwards; by default the server gets a temporary one. */
  dataDir?: string
  /** The server to start; that of this repository if absent. */
  program?: string
  /** Node's own arguments, before the program. */
  nodeArguments?: readonly string[]
  /** A command that runs node, such as a tracer. */
  under?: readonly string[]
  /** Where stdout goes instead of into `log`: an open file, or a pipe that nobody reads. */
  stdout?: number | 'unread'
}

/** The real server in a process of its own. Disposing kills it and removes its data. */
export type Server = AsyncDisposable & {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  /** Every JSON line of its log, over all starts. */
  readonly log: Recorder<LogLine>
  isRunning(): boolean
  /** `kill -9`. */
  kill(): Promise<void>
  /** Sends SIGTERM; resolves with the exit status. */
  stop(): Promise<number | null>
  /** Waits until it ends by itself; resolves with the exit status. */
  end(): Promise<number | null>
  /** Starts it again on the same port and data folder; these settings replace earlier ones. */
  start(env?: Readonly<Record<string, string>>): Promise<void>
}

/** A folder that is removed when it is disposed. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'parlor-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const ownFolder = options.dataDir === undefined ? await temporaryFolder() : null
  const dataDir = options.dataDir ?? ownFolder?.path ?? ''
  const log = new Recorder<LogLine>()
  let running: Running | null = null
  let port = 0
  let settings = { ...options.env }
  const current = () => {
    if (!running) throw new Error('The server is not running')
    return running
  }
  const end = async (signal: NodeJS.Signals | null) => {
    const { pid, ended } = current()
    if (signal !== null) process.kill(pid, signal)
    const status = await within(ended, signal === null ? 'the end' : `the end by ${signal}`, 20_000)
    running = null
    return status
  }
  const server: Server = {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    get port() {
      return port
    },
    get pid() {
      return current().pid
    },
    dataDir,
    log,
    isRunning: () => running !== null && running.child.exitCode === null && running.child.signalCode === null,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    end: () => end(null),
    async start(env = {}) {
      settings = { ...settings, ...env }
      running = await launch({ ...options, env: { ...settings, PORT: String(port) }, dataDir }, log)
      port = running.port
    },
    async [Symbol.asyncDispose]() {
      const crashed = running !== null && !server.isRunning() ? running.said.join('') : null
      if (server.isRunning()) await server.kill()
      await ownFolder?.[Symbol.asyncDispose]()
      if (crashed !== null) throw new Error(`The server ended by itself:\n${crashed}`)
    },
  }
  await server.start()
  return server
}

type Running = { child: ChildProcess; pid: number; port: number; ended: Promise<number | null>; said: string[] }

async function launch(options: ServerOptions & { dataDir: string }, log: Recorder<LogLine>): Promise<Running> {
  if (options.stdout !== undefined) return launchUnheard(options)
  const child = run(options)
  const said: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const from = log.items.length
  if (child.stdout) createInterface(child.stdout).on('line', (line) => log.push(parseLine(line)))
  const ended = once(child, 'exit').then(([status]) => (typeof status === 'number' ? status : null))
  const listening = log.until((line) => line.msg === 'listening', 'the start', { from, ms: 30_000 })
  // The promise that loses the race must not count as unhandled.
  listening.catch(() => {})
  const first = await Promise.race([listening, ended])
  if (first === null || typeof first === 'number') {
    const lines = log.items.slice(from).map((line) => JSON.stringify(line))
    throw new Error(`The server did not start (exit ${first}):\n${[...lines, ...said].join('\n')}`)
  }
  const { pid = child.pid, port } = first
  if (pid === undefined || port === undefined) throw new Error(`This line names no port: ${JSON.stringify(first)}`)
  return { child, pid, port, ended, said }
}

/** Without a log the test cannot learn the port, so it chooses one, and polls until the server answers. */
async function launchUnheard(options: ServerOptions & { dataDir: string }): Promise<Running> {
  const given = Number(options.env?.['PORT'])
  const port = given === 0 ? await freePort() : given
  const child = run({ ...options, env: { ...options.env, PORT: String(port) } })
  const said: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const ended = once(child, 'exit').then(([status]) => (typeof status === 'number' ? status : null))
  const isUp = async () => (await fetch(`http://127.0.0.1:${port}/api/ready`).catch(() => null))?.ok === true
  const giveUpAt = performance.now() + 30_000
  while (!(await isUp())) {
    if (child.exitCode !== null || performance.now() > giveUpAt)
      throw new Error(`The server did not start (exit ${child.exitCode}):\n${said.join('')}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  if (child.pid === undefined) throw new Error('The server has no process')
  return { child, pid: child.pid, port, ended, said }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('No port is free')
  return address.port
}

function parseLine(line: string): LogLine {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed }
  } catch {
    // Not a line of the log: kept unchanged.
  }
  return { text: line }
}

function run(options: ServerOptions & { dataDir: string }): ChildProcess {
  const { program = ownProgram, env = {}, dataDir, nodeArguments = [], under = [], stdout } = options
  const [command, ...rest] = [...under, process.execPath, ...heapSettings(), ...nodeArguments, program]
  mkdirSync(dataDir, { recursive: true })
  const child = spawn(command, rest, {
    cwd: dataDir,
    detached: isPosix,
    stdio: ['ignore', typeof stdout === 'number' ? stdout : 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      ...environmentOfStart(),
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'info',
      RATE_LIMIT_FACTOR: '0',
      PARLOR_ENV: 'testing',
      ...env,
    },
  })
  endWithUs(child)
  return child
}

/** What `npm start` sets for a server's memory, and where it keeps what it compiled (scripts/boot.mjs). */
const environmentOfStart = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(MALLOC_|NODE_COMPILE_CACHE$)/.test(name)))

const heapSettings = () => process.execArgv.filter((argument) => argument.includes('-semi-space-size='))

/** When the test ends, except by `kill -9`, its server is killed with its process group, so a tracer ends too. */
function endWithUs(child: ChildProcess): void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const reap = () => {
    if (isPosix && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  }
  const leave = () => process.exit(1)
  process.once('exit', reap)
  for (const signal of signals) process.once(signal, leave)
  child.once('exit', () => {
    process.removeListener('exit', reap)
    for (const signal of signals) process.removeListener(signal, leave)
  })
}

/** A start that must be refused: returns the exit status and the output. */
export async function refusedStart(options: ServerOptions & { dataDir: string }): Promise<{
  status: number | null
  said: string
}> {
  const child = run(options)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (text.includes('"listening"')) child.kill('SIGKILL')
    })
  }
  const [status] = await within(once(child, 'close'), 'the end of a start that must be refused', 20_000)
  return { status: typeof status === 'number' ? status : null, said }
}
