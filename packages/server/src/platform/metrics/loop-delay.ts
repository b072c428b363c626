import { monitorEventLoopDelay } from 'node:perf_hooks'

/** The delay of the event loop, in seconds. */
export type LoopDelay = { p50: number; p99: number; max: number }

const resolutionMs = 1

/** Measures until `stop`; each `read` covers the time since the previous one. */
export function watchLoopDelay(): { read(): LoopDelay; stop(): void } {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  // The histogram stores whole intervals between two ticks of its timer: the excess over the resolution is the delay.
  const seconds = (nanoseconds: number) =>
    histogram.count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000)
  return {
    read() {
      const delay = {
        p50: seconds(histogram.percentile(50)),
        p99: seconds(histogram.percentile(99)),
        max: seconds(histogram.max),
      }
      histogram.reset()
      return delay
    },
    stop: () => void histogram.disable(),
  }
}
