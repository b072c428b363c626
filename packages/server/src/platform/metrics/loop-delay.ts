import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

/** The delay of the event loop, in seconds. */
export type LoopDelay = { p50: number; p99: number; max: number }

/** Ms between two ticks (rule MT2): a tick each millisecond takes 1 to 2 % of a core. */
const resolutionMs = { busy: 1, working: 5, idle: 20 }
/** Ms after which it is decided again whether the loop is busy. */
const judgeEvery = 1_000
/** The shares of that time from which a loop works, and from which it is busy. */
const workingFrom = 0.05
const busyFrom = 0.25

type DelayHistogram = ReturnType<typeof monitorEventLoopDelay>

const none: LoopDelay = { p50: 0, p99: 0, max: 0 }

/** Measures until `stop`; each `read` covers the time since the previous one. */
export function watchLoopDelay(): { read(): LoopDelay; stop(): void } {
  let state: keyof typeof resolutionMs = 'busy'
  let histogram = begin(state)
  let worst = none
  let before = performance.eventLoopUtilization()

  function judge(): void {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    const next = utilization >= busyFrom ? 'busy' : utilization >= workingFrom ? 'working' : 'idle'
    if (next === state) return
    end()
    histogram = begin(next)
    state = next
  }

  function end(): void {
    worst = worseOf(worst, delayOf(histogram, resolutionMs[state]))
    histogram.disable()
  }

  const judging = setInterval(judge, judgeEvery).unref()
  return {
    read() {
      const delay = worseOf(worst, delayOf(histogram, resolutionMs[state]))
      worst = none
      histogram.reset()
      return delay
    },
    stop() {
      clearInterval(judging)
      histogram.disable()
    },
  }
}

function begin(state: keyof typeof resolutionMs): DelayHistogram {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs[state] })
  histogram.enable()
  return histogram
}

/** The histogram stores whole intervals between two ticks of its timer: the excess over the resolution is the delay. */
function delayOf(histogram: DelayHistogram, resolution: number): LoopDelay {
  if (histogram.count === 0) return none
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1000)
  return {
    p50: seconds(histogram.percentile(50)),
    p99: seconds(histogram.percentile(99)),
    max: seconds(histogram.max),
  }
}

const worseOf = (one: LoopDelay, other: LoopDelay): LoopDelay => ({
  p50: Math.max(one.p50, other.p50),
  p99: Math.max(one.p99, other.p99),
  max: Math.max(one.max, other.max),
})
