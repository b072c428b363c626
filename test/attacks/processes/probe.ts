// The harness loads this into the server before its program (--import); it reports what cannot be measured from outside.
// The address of the harness, a Unix socket, is in the query of its own URL.
import { connect } from 'node:net'
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { isMainThread } from 'node:worker_threads'

export type ProbeAsk = { ask: 'reset' | 'read' | 'collect' | 'release' }
/** A turn that took over 10 ms of CPU time, in µs of the clock of CPU profiles. */
export type LongTurn = { from: number; to: number; cpu: number }
export type ProbeReading = {
  /** Ms of this thread's CPU time in one turn of the event loop. */
  turn: { p999: number; max: number; count: number; long: LongTurn[] }
  /** Ms that a timer waited for the event loop. */
  delay: { p50: number; p99: number; max: number }
  /** Bytes; after a forced collection when `collect` was asked, and after V8 gave its free pages back when `release` was. */
  memory: { heapUsed: number; external: number; rss: number }
}

const tickMs = 5
const longUs = 10_000
const longKept = 200

/** This thread's CPU time in µs. */
function threadCpu(): number {
  // This call makes the kernel update the running thread's CPU time; without it the next one is only as precise as the
  // scheduler's tick, 4 ms on many machines.
  process.cpuUsage()
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/**
 * An unreferenced immediate runs once in each turn of the loop, after the callbacks of input: between two of them each
 * phase ran once. Waiting for input takes no CPU time.
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
 * How late a timer of 5 ms is. A timer that is 10 s late delayed everything that arrived in these 10 s, so it counts once
 * for every 5 ms of them: counted once in all, a stall would vanish among the many ticks that were in time.
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
  // The server must not fail because the harness has gone.
  link.on('error', () => {})
  createInterface(link).on('line', (line) => {
    const { ask }: ProbeAsk = JSON.parse(line)
    const answer = () => {
      const reading = read()
      if (ask !== 'read') reset()
      link.write(`${JSON.stringify(reading)}\n`)
    }
    if (ask === 'release') globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    if (ask !== 'collect') return answer()
    // The first collection drops what ended connections hold; after another turn of the loop, the second frees it.
    globalThis.gc?.()
    setImmediate(() => {
      globalThis.gc?.()
      answer()
    })
  })
}

const path = new URL(import.meta.url).searchParams.get('harness')
// The server's worker threads load this file too.
if (isMainThread && path !== null) start(path)
