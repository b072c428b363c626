// Loaded into the server before its program (--import), by the harness alone: tells what cannot be seen from outside.
// The address of its harness, a Unix socket, stands in the query of its own URL.
import { connect } from 'node:net'
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { isMainThread } from 'node:worker_threads'

export type ProbeAsk = { ask: 'reset' | 'read' | 'collect' }
/** A turn that took over 10 ms of CPU time, in µs of the clock of CPU profiles. */
export type LongTurn = { from: number; to: number; cpu: number }
export type ProbeReading = {
  /** Ms of this thread's CPU time in one turn of the event loop. */
  turn: { p999: number; max: number; count: number; long: LongTurn[] }
  /** Ms that a moment's work had to wait for the event loop. */
  delay: { p50: number; p99: number; max: number }
  /** Bytes; after a forced collection when `collect` was asked. */
  memory: { heapUsed: number; external: number; rss: number }
}

const tickMs = 5
const longUs = 10_000
const longKept = 200

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
function watchTurns(turns: RecordableHistogram, long: LongTurn[]): void {
  let last = threadCpu()
  let from = clockUs()
  function onTurn() {
    const now = threadCpu()
    const to = clockUs()
    const cpu = now - last
    turns.record(Math.max(1, Math.round(cpu)))
    if (cpu > longUs && long.length < longKept) long.push({ from, to, cpu })
    last = now
    from = to
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

const clockUs = () => Number(process.hrtime.bigint() / 1000n)
const ms = (microseconds: number) => microseconds / 1000

function start(path: string): void {
  const [turns, delays] = [createHistogram(), createHistogram()]
  const long: LongTurn[] = []
  watchTurns(turns, long)
  watchDelay(delays)
  const reset = () => {
    turns.reset()
    long.length = 0
    delays.reset()
  }
  const read = (): ProbeReading => {
    const { heapUsed, external, rss } = process.memoryUsage()
    return {
      turn: { p999: ms(turns.percentile(99.9)), max: ms(turns.max), count: turns.count, long },
      delay: { p50: ms(delays.percentile(50)), p99: ms(delays.percentile(99)), max: ms(delays.max) },
      memory: { heapUsed, external, rss },
    }
  }
  const link = connect(path).unref()
  // Whether the harness is there is not the server's concern.
  link.on('error', () => {})
  createInterface(link).on('line', (line) => {
    const { ask }: ProbeAsk = JSON.parse(line)
    const answer = () => {
      const reading = read()
      if (ask !== 'read') reset()
      link.write(`${JSON.stringify(reading)}\n`)
    }
    if (ask !== 'collect') return answer()
    // What ended connections hold is let go of by the first, as a turn of the loop later, and freed by the second.
    globalThis.gc?.()
    setImmediate(() => {
      globalThis.gc?.()
      answer()
    })
  })
}

const path = new URL(import.meta.url).searchParams.get('harness')
// Threads of the server load it too.
if (isMainThread && path !== null) start(path)
