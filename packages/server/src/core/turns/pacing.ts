/** The part of a turn of the event loop that reads may use; then the other events that have arrived are handled first. */
export type LoopShare = {
  isFull(): boolean
  /** Something runs: the share of this turn begins with the first. */
  open(): void
  /** Calls back in the next turn. */
  schedule(): void
}

export function createLoopShare(deps: {
  monotonic: () => number
  soon: (run: () => void) => void
  ms: number
  onTurn: () => void
}): LoopShare {
  const { monotonic, soon, ms, onTurn } = deps
  /** When the first read of this turn began; null: none has. */
  let began: number | null = null
  let isScheduled = false

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    soon(() => {
      isScheduled = false
      began = null
      onTurn()
    })
  }

  return {
    isFull: () => began !== null && monotonic() - began >= ms,
    open() {
      if (began !== null) return
      began = monotonic()
      schedule()
    },
    schedule,
  }
}

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
  /** A new turn of the event loop: those that wait continue. */
  goOn(): void
}

type Waiting = { read: PacedRead; goOn: () => void }

/**
 * Lets reads continue one by one while the turn of the event loop has time. Results come first, and at most `held` reads
 * hold one: what was read and not yet worked on is memory, which the garbage collector copies from one place to the next.
 */
export function createPacing(deps: {
  share: LoopShare
  settled: (run: () => void) => void
  monotonic: () => number
  held: number
}): Pacing {
  const { share, settled, monotonic } = deps
  const waiting: Record<Step, Waiting[]> = { read: [], result: [] }
  let held = 0
  let isRunning = false

  function letGo(read: PacedRead): void {
    if (!read.holds) return
    read.holds = false
    held -= 1
  }

  function next(): Waiting | undefined {
    const result = waiting.result.shift()
    if (result) letGo(result.read)
    if (result || held >= deps.held) return result
    const one = waiting.read.shift()
    if (one && !one.read.holds) {
      one.read.holds = true
      held += 1
    }
    return one
  }

  const isWaiting = () => waiting.result.length > 0 || (waiting.read.length > 0 && held < deps.held)

  function run(): void {
    const one = share.isFull() ? undefined : next()
    if (!one) {
      isRunning = false
      if (isWaiting()) share.schedule()
      return
    }
    share.open()
    let from = 0
    // The next microtask is the read's own.
    queueMicrotask(() => void (from = monotonic()))
    one.goOn()
    settled(() => {
      one.read.took(monotonic() - from)
      run()
    })
  }

  function start(begin: (run: () => void) => void): void {
    if (isRunning || !isWaiting()) return
    isRunning = true
    begin(run)
  }

  return {
    step(read, step) {
      return new Promise((resolve) => {
        waiting[step].push({ read, goOn: resolve })
        start(settled)
      })
    },
    end(read) {
      letGo(read)
      start(settled)
    },
    goOn: () => start((go) => go()),
  }
}
