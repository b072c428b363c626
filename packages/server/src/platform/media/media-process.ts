import { type ChildProcess, fork } from 'node:child_process'
import type { Timers } from '../../core/clock.ts'
import { AppError } from '../../core/error.ts'
import { FairQueues, type OwnedQueue } from '../../core/fairness/fair-queues.ts'
import type { ByteRange } from '../../core/route.ts'
import type { Found, Media, MediaBounds, MediaSource, Shape } from './media.ts'
import { toServer, type ToChild } from './messages.ts'

const program = new URL('./child.ts', import.meta.url)
/** Ms that one file may take, and that a process without work is kept. */
const times = { file: 30_000, idle: 60_000 }
const heapMiB = 256

export type MediaProcessDeps = { timers: Timers; times?: { file: number; idle: number }; program?: URL }

/** Files of one sender that wait, oldest first. */
type Line = OwnedQueue & { readonly waiting: (() => Promise<void>)[] }

/** `isBroken`: the child crashed or is not to be relied on, so that the next file needs another. */
type Outcome = { found: Found; isBroken?: true } | { failed: unknown }

/** Inspects files in a child process, one at a time (rule ME6). The process is started for the first file. */
export function createMediaProcess(deps: MediaProcessDeps): Media {
  const { timers } = deps
  const { file: mostMs, idle: idleMs } = deps.times ?? times
  let child: ChildProcess | null = null
  let stopIdle = (): void => undefined
  const lines = new FairQueues<Line>()
  let isBusy = false
  let isClosed = false

  function start(): ChildProcess {
    const started = fork(deps.program ?? program, {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${heapMiB}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Neither secrets nor options that are meant for the server.
      env: {},
    })
    // Work that somebody waits for holds the server; the process alone does not.
    started.unref()
    started.channel?.unref()
    started.once('exit', () => {
      if (child === started) child = null
    })
    return started
  }

  function end(): void {
    stopIdle()
    child?.kill('SIGKILL')
    child = null
  }

  async function run(source: MediaSource, bounds: MediaBounds, shape: Shape): Promise<Found> {
    if (isClosed) throw new AppError('shutting_down')
    stopIdle()
    child ??= start()
    const working = child
    const outcome = await outcomeOf(working, { source, bounds, shape }, timers, mostMs)
    if ('failed' in outcome) {
      end()
      if (isClosed) throw new AppError('shutting_down')
      throw outcome.failed
    }
    const isAlive = working.exitCode === null && working.signalCode === null && child === working
    if (isAlive && !outcome.isBroken && !isClosed) {
      stopIdle = timers.after(idleMs, end)
    } else end()
    return outcome.found
  }

  /** Runs what waits, one after another, senders in turns (rule ME8). */
  async function work(): Promise<void> {
    if (isBusy) return
    isBusy = true
    for (let line = lines.next(() => true); line; line = lines.next(() => true)) {
      const next = line.waiting.shift()
      if (line.waiting.length === 0) lines.delete(line)
      await next?.()
    }
    isBusy = false
  }

  return {
    inspect(source, bounds, { address, key }, shape = 'whole') {
      const found = Promise.withResolvers<Found>()
      const line = lines.get(address, key) ?? lines.add({ address, key, waiting: [] })
      line.waiting.push(() => run(source, bounds, shape).then(found.resolve, found.reject))
      void work()
      return found.promise
    },
    close() {
      isClosed = true
      end()
    },
  }
}

/**
 * Serves the child's reads until it says what it found. A child that ends before that, takes too long or says what is no
 * message refuses the file.
 */
function outcomeOf(
  child: ChildProcess,
  { source, bounds, shape }: { source: MediaSource; bounds: MediaBounds; shape: Shape },
  timers: Timers,
  mostMs: number,
): Promise<Outcome> {
  const settled = Promise.withResolvers<Outcome>()
  const tell = (message: ToChild): void => void child.send(message, () => undefined)
  const refuse = (): void => settled.resolve({ found: { kind: 'refused', why: 'unsupported_type' }, isBroken: true })
  const fail = (failed: unknown): void => settled.resolve({ failed })
  const listen = (message: unknown): void => {
    // Thrown here, an error would end the server.
    const { success, data: told } = toServer.safeParse(message)
    if (!success) refuse()
    else if (told.say === 'found') settled.resolve({ found: told.found })
    else if (!isPart(told, source.size, bounds)) refuse()
    else source.read(told).then((bytes) => tell({ say: 'part', ask: told.ask, bytes }), fail)
  }
  child.on('message', listen)
  child.once('exit', refuse)
  child.once('error', fail)
  child.ref()
  child.channel?.ref()
  const cancel = timers.after(mostMs, () => child.kill('SIGKILL'))
  tell({ say: 'inspect', size: source.size, bounds, shape })
  return settled.promise.finally(() => {
    cancel()
    child.off('message', listen).off('exit', refuse).off('error', fail)
    child.unref()
    child.channel?.unref()
  })
}

/** What decodes the files of strangers is trusted with no more memory of ours than the largest image needs. */
const isPart = ({ first, last }: ByteRange, size: number, { imageBytes }: MediaBounds): boolean =>
  first <= last && last < size && last - first < Math.max(imageBytes, 16 * 1024 * 1024)
