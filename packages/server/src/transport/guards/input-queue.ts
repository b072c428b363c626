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

export function createInputQueue(deps: Omit<LoopShareDeps, 'ms' | 'next'>): InputQueue {
  const lines = new FairQueues<Waiting>()
  const share = createLoopShare({ ...deps, ms: loopMs, next })

  function next(): LoopWork | undefined {
    const line = lines.next(anyLine)
    const run = line?.work.shift()
    if (!line || !run) return undefined
    if (line.work.length === 0) {
      lines.delete(line)
      if (line.isPaused) line.source.resume?.()
    }
    return { run }
  }

  return {
    take(source, work) {
      if (lines.isEmpty && !share.isFull()) {
        share.open()
        work()
        return
      }
      const address = addressKey(source.address)
      const line = lines.get(address, source) ?? lines.add({ address, key: source, source, work: [], isPaused: false })
      if (line.work.push(work) <= unpaused || line.isPaused) return
      line.isPaused = true
      source.pause?.()
    },
  }
}
