import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late the event loop ran, in seconds. */
export type LoopDelay = { p50: number; p99: number; max: number }

const resolutionMs = 1

/** Watches from now on until `stop`; each `read` covers the time since the one before. */
export function watchLoopDelay(): { read(): LoopDelay; stop(): void } {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  // The histogram holds whole waits between two ticks of its timer: what is over the resolution is the delay.
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
