import { addressKey } from '../../core/address-key.ts'
import { FairQueues, type OwnedQueue } from '../../core/fairness/fair-queues.ts'
import { createLoopShare, type LoopShareDeps, type LoopWork } from '../../core/fairness/loop-share.ts'

/** Ms of one event loop turn for processing input, and bytes of a WebSocket that are processed in one piece. */
const loopMs = 2
export const pieceBytes = 8 * 1024

/**
 * A source of input: one connection. While more than one piece of it waits, `pause` stops reading from it: most
 * connections send a single small piece and then wait for the answer, and pausing and resuming would cost each of
 * them two system calls.
 */
export type Source = {
  readonly address: string
  pause?(): void
  resume?(): void
  /** Whether its client leaves so many answers unread that no more of its input is processed for now. */
  isBehind?(): boolean
  /** It has been behind for 15 s with input waiting: it must be ended, or its input would stay in memory. */
  onStuck?(): void
}

/**
 * Spreads the processing of input over event loop turns (rule G7). One poll of the loop reads what all connections
 * have sent by then, and Node delivers it in a single turn; input beyond the turn's share waits for later turns, in
 * which addresses and their connections take turns.
 */
export type InputQueue = {
  /** Runs the work now, or when it is this source's turn; in order for each source. */
  take(source: Source, work: () => void): void
}

type Waiting = OwnedQueue & { source: Source; work: (() => void)[]; isPaused: boolean }

const anyLine = () => true
/** Pieces of one source that may wait before it is paused. */
const unpaused = 1
/** Ms after which sources that were behind are looked at again, and for which they may be. */
const behindCheck = 100
const behindLimit = 15_000

type InputQueueDeps = Omit<LoopShareDeps, 'ms' | 'next'> & { later?: (run: () => void, ms: number) => void }

export function createInputQueue(deps: InputQueueDeps): InputQueue {
  const { later = (run, ms) => void setTimeout(run, ms).unref() } = deps
  const lines = new FairQueues<Waiting>()
  /** Those whose source is behind, aside from the queues, where each would be looked at for every piece of others. */
  const parked = new Map<Source, { line: Waiting; since: number }>()
  const share = createLoopShare({ ...deps, ms: loopMs, next })

  function next(): LoopWork | undefined {
    let line = lines.next(anyLine)
    while (line && isBehind(line.source)) {
      lines.delete(line)
      park(line)
      line = lines.next(anyLine)
    }
    const run = line?.work.shift()
    if (!line || !run) return undefined
    if (line.work.length === 0) {
      lines.delete(line)
      if (line.isPaused) line.source.resume?.()
    }
    return { run }
  }

  function park(line: Waiting): void {
    if (parked.size === 0) later(lookAgain, behindCheck)
    parked.set(line.source, { line, since: deps.monotonic() })
  }

  function lookAgain(): void {
    for (const [source, { line, since }] of parked) {
      if (isBehind(source) && deps.monotonic() - since >= behindLimit) source.onStuck?.()
      if (isBehind(source)) continue
      parked.delete(source)
      lines.add(line)
    }
    if (parked.size > 0) later(lookAgain, behindCheck)
    share.schedule()
  }

  function lineOf(source: Source): Waiting {
    const address = addressKey(source.address)
    const known = parked.get(source)?.line ?? lines.get(address, source)
    if (known) return known
    const line: Waiting = { address, key: source, source, work: [], isPaused: false }
    if (isBehind(source)) park(line)
    else lines.add(line)
    return line
  }

  return {
    take(source, work) {
      if (lines.isEmpty && !share.isFull() && !parked.has(source) && !isBehind(source)) {
        share.open()
        work()
        return
      }
      const line = lineOf(source)
      if (line.work.push(work) <= unpaused || line.isPaused) return
      line.isPaused = true
      source.pause?.()
    },
  }
}

const isBehind = (source: Source): boolean => source.isBehind?.() === true
