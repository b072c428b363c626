import type { LoopWork } from './loop-share.ts'

/** What a read is about to do: read much, or work on what it has read. */
export type Step = 'read' | 'result'

/** A read that continues in steps. */
export type PacedRead = {
  /** It holds what it has read and has not worked on. */
  holds: boolean
  /** A step took so many ms. */
  took(ms: number): void
}

export type Pacing = {
  /** Resolves when the step may begin. */
  step(read: PacedRead, step: Step): Promise<void>
  /** The read has ended, however it did. */
  end(read: PacedRead): void
  /** The step that may begin next. */
  next(): LoopWork | undefined
}

type Waiting = { read: PacedRead; goOn: () => void }

/**
 * The steps of reads that have begun. Results come first, and at most `held` reads hold one: what was read and not yet
 * worked on is memory, which the garbage collector copies from one place to the next.
 */
export function createPacing({ wake, held: most }: { wake: () => void; held: number }): Pacing {
  const waiting: Record<Step, Waiting[]> = { read: [], result: [] }
  let held = 0

  function letGo(read: PacedRead): void {
    if (!read.holds) return
    read.holds = false
    held -= 1
  }

  function take(): Waiting | undefined {
    const result = waiting.result.shift()
    if (result) letGo(result.read)
    if (result || held >= most) return result
    const one = waiting.read.shift()
    if (one && !one.read.holds) {
      one.read.holds = true
      held += 1
    }
    return one
  }

  return {
    step(read, step) {
      return new Promise((resolve) => {
        waiting[step].push({ read, goOn: resolve })
        wake()
      })
    },
    end(read) {
      letGo(read)
      if (waiting.read.length > 0) wake()
    },
    next() {
      const one = take()
      return one && { run: one.goOn, took: one.read.took }
    },
  }
}
