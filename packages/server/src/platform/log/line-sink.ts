import { systemTimers, type Timers } from '../../core/clock.ts'
import type { Output } from './output.ts'

/** A bounded queue of lines in front of an output that may be slow, full or closed (rules in README.md). */
export type LineSink = {
  /** Queues the line, or drops it when the queue is full. Never throws and never waits. */
  write(line: string): void
  /** Starts writing the queue now, without waiting for the result; pino calls it after a fatal line. */
  flushSync(): void
  /** Resolves true when everything is written, false when writing fails or `ms` have passed. */
  flush(ms: number): Promise<boolean>
  /** Lines dropped since the start. */
  dropped(): number
}

export type LineSinkOptions = {
  output: Output
  /** Writing works again after this many lines were dropped. */
  onGap: (lines: number) => void
  timers?: Timers
}

/** Maximum bytes in the queue, including the current write. */
export const queuedLineBytes = 1 << 20
/** Maximum bytes of one write: what a pipe accepts at once. */
const chunkBytes = 64 << 10
/**
 * Lines are collected up to this many bytes, or for this many ms: one write per line would cost more than the request
 * that the line describes.
 */
const gatherBytes = 4096
const gatherMs = 50
/** Ms until a failed write is retried. EAGAIN is not a failure: the output is only full. */
const retryMs = 1000
const fullMs = 50

export function createLineSink({ output, onGap, timers = systemTimers }: LineSinkOptions): LineSink {
  const lines: string[] = []
  const flushes = new Set<(written: boolean) => void>()
  /** In flight: taken from the queue and not yet written. */
  let chunk: Buffer | null = null
  let waiting = 0
  let isWriting = false
  let stopTimer: (() => void) | null = null
  let isRetrying = false
  let gap = 0
  let dropped = 0

  function later(ms: number) {
    stopTimer ??= timers.after(ms, () => {
      stopTimer = null
      isRetrying = false
      send()
    })
  }

  function send() {
    if (isWriting) return
    stopTimer?.()
    stopTimer = null
    isRetrying = false
    chunk ??= takeChunk(lines)
    if (chunk === null) return settle(true)
    isWriting = true
    output.write(chunk, answered)
  }

  function answered(error: NodeJS.ErrnoException | null, bytes: number) {
    isWriting = false
    if (error) {
      isRetrying = true
      later(error.code === 'EAGAIN' ? fullMs : retryMs)
      return settle(false)
    }
    waiting -= bytes
    // A nearly full disk accepts part of a write; the rest follows later, so that lines stay whole.
    chunk = chunk !== null && bytes < chunk.length ? chunk.subarray(bytes) : null
    tellGap()
    if (chunk !== null || waiting >= gatherBytes || flushes.size > 0) send()
    else if (waiting > 0) later(gatherMs)
  }

  /** Waits until half of the queue is free, so that a slow reader gets a few long gaps and not one after every line. */
  function tellGap() {
    if (gap === 0 || waiting > queuedLineBytes / 2) return
    const lost = gap
    gap = 0
    onGap(lost)
  }

  function settle(written: boolean) {
    for (const resolve of flushes) resolve(written)
    flushes.clear()
  }

  return {
    write(line) {
      const bytes = Buffer.byteLength(line)
      if (gap > 0 || waiting + bytes > queuedLineBytes) {
        gap++
        dropped++
        return tellGap()
      }
      lines.push(line)
      waiting += bytes
      if (isWriting || isRetrying) return
      if (waiting >= gatherBytes) send()
      else later(gatherMs)
    },
    flushSync: send,
    async flush(ms) {
      const written = new Promise<boolean>((resolve) => flushes.add(resolve))
      const stop = timers.after(ms, () => settle(false))
      send()
      return written.finally(stop)
    },
    dropped: () => dropped,
  }
}

/** The oldest lines that fit into one write, at least one; null when the queue is empty. */
function takeChunk(lines: string[]): Buffer | null {
  let bytes = 0
  const count = lines.findIndex((line) => (bytes += Buffer.byteLength(line)) > chunkBytes)
  const taken = lines.splice(0, count === -1 ? lines.length : Math.max(1, count))
  return taken.length === 0 ? null : Buffer.from(taken.join(''))
}
