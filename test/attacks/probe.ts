// Loaded into the server before its program (--import), by the harness alone: tells what cannot be seen from outside.
// The address of its harness, a Unix socket, stands in the query of its own URL.
import { connect } from 'node:net'
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { isMainThread } from 'node:worker_threads'

export type ProbeAsk = { ask: 'reset' | 'read' | 'collect' }
export type ProbeReading = {
  /** Ms of this thread's CPU time in one turn of the event loop. */
  turn: { p999: number; max: number; count: number }
  /** Ms that a moment's work had to wait for the event loop. */
  delay: { p50: number; p99: number; max: number }
  /** Bytes; after a forced collection when `collect` was asked. */
  memory: { heapUsed: number; external: number; rss: number }
}

const tickMs = 5

/** This thread's CPU time in µs. */
function threadCpu(): number {
  // The kernel brings the account of the running thread up to date for this call, not for the next: else it is known
  // to the last tick of the scheduler only, which is 4 ms on many machines.
  process.cpuUsage()
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/**
 * An immediate that does not keep the loop from waiting runs once in each of its turns, after the callbacks of input:
 * between two of them each phase ran once. Waiting takes no CPU time.
 */
function watchTurns(turns: RecordableHistogram): void {
  let last = threadCpu()
  function onTurn() {
    const now = threadCpu()
    turns.record(Math.max(1, Math.round(now - last)))
    last = now
    setImmediate(onTurn).unref()
  }
  setImmediate(onTurn).unref()
}

/**
 * How late a timer of 5 ms is. One that is 10 s late stands for all who came in these 10 s, and so counts for every 5 ms
 * of them: counted once, a stall would vanish among the many ticks that were in time.
 */
function watchDelay(delays: RecordableHistogram): void {
  let due = performance.now() + tickMs
  function onTick() {
    const now = performance.now()
    for (let late = now - due; ; late -= tickMs) {
      delays.record(Math.max(1, Math.round(late * 1000)))
      if (late < tickMs) break
    }
    due = now + tickMs
    setTimeout(onTick, tickMs).unref()
  }
  setTimeout(onTick, tickMs).unref()
}

const ms = (microseconds: number) => microseconds / 1000

function start(path: string): void {
  const [turns, delays] = [createHistogram(), createHistogram()]
  watchTurns(turns)
  watchDelay(delays)
  const reset = () => {
    turns.reset()
    delays.reset()
  }
  const read = (): ProbeReading => {
    const { heapUsed, external, rss } = process.memoryUsage()
    return {
      turn: { p999: ms(turns.percentile(99.9)), max: ms(turns.max), count: turns.count },
      delay: { p50: ms(delays.percentile(50)), p99: ms(delays.percentile(99)), max: ms(delays.max) },
      memory: { heapUsed, external, rss },
    }
  }
  const link = connect(path).unref()
  // Whether the harness is there is not the server's concern.
  link.on('error', () => {})
  createInterface(link).on('line', (line) => {
    const { ask }: ProbeAsk = JSON.parse(line)
    if (ask === 'collect') globalThis.gc?.()
    const reading = read()
    if (ask !== 'read') reset()
    link.write(`${JSON.stringify(reading)}\n`)
  })
}

const path = new URL(import.meta.url).searchParams.get('harness')
// Threads of the server load it too.
if (isMainThread && path !== null) start(path)
