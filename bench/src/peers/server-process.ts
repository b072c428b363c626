import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

export type ServerProcess = {
  pid: number
  /** The end of its log, empty where that goes to /dev/null. */
  lastWords(): string
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

type SpawnOptions = {
  /** Node's options, the program and its arguments. */
  args: readonly string[]
  env?: Readonly<NodeJS.ProcessEnv>
  /** Where stdout and stderr go; read again when the start fails. */
  logFile: string
  /** Answers 200 once it can be used. */
  healthUrl: string
}

const startDeadlineMs = 15_000
const pollMs = 5

const isAllocatorSetting = (name: string) => name.startsWith('MALLOC_')

/** What `npm start` sets for Parlor's allocator (scripts/boot.mjs). It is Parlor's alone: a peer runs as it comes. */
export const allocatorSettings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => isAllocatorSetting(name)))

/** The same for V8's heap. */
export const heapSettings = (): string[] =>
  process.execArgv.filter((argument) => argument.includes('-semi-space-size='))

const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !isAllocatorSetting(name)))

/** Starts a Node program and resolves when its health answers 200, or rejects with the end of its log. */
export async function startServer({ args, env = {}, logFile, healthUrl }: SpawnOptions): Promise<ServerProcess> {
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, args, { stdio: ['ignore', log, log], env: { ...inherited(), ...env } })
  closeSync(log)
  // A bench that is interrupted leaves nothing running.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const server: ServerProcess = {
    pid: child.pid ?? 0,
    lastWords: () => (logFile === '/dev/null' ? '' : readFileSync(logFile, 'utf8').slice(-2000)),
    stop: (signal = 'SIGKILL') => end(child, signal),
  }
  try {
    await untilHealthy(child, healthUrl)
    return server
  } catch (cause) {
    await server.stop()
    throw new Error(`${args.at(-1)} did not start\n${server.lastWords()}`, { cause })
  }
}

async function untilHealthy(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + startDeadlineMs
  while (child.exitCode === null && performance.now() < deadline) {
    const isHealthy = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (isHealthy) return
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new Error(child.exitCode === null ? `${url} was not healthy within 15 s` : `it ended with ${child.exitCode}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exited
}
