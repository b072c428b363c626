/** A piece of work; `took` is told how many ms it held the event loop, with the promises that it settled. */
export type LoopWork = { run: () => void; took?: (ms: number) => void }

/** The part of a turn of the event loop that one kind of work may use; then the other events that have arrived are handled. */
export type LoopShare = {
  isFull(): boolean
  /** Work begins that did not wait: the share of this turn begins with the first. */
  open(): void
  /** Work is ready: it runs as soon as all promises that are due have settled, if this turn has time left. */
  wake(): void
  /** Work may be ready in the next turn. */
  schedule(): void
}

export type LoopShareDeps = {
  monotonic: () => number
  /** Runs in the next turn of the event loop, after the events that have arrived by then. */
  soon?: ((run: () => void) => void) | undefined
  /** Runs after all microtasks that are due in this turn of the event loop. */
  settled?: ((run: () => void) => void) | undefined
  ms: number
  /** The next piece of work; undefined when none is ready. */
  next: () => LoopWork | undefined
}

/**
 * Runs pieces of work one after another while the turn of the event loop has time. What a piece leaves to promises runs
 * before the next one and counts as well: a call is begun in microseconds, and nearly all of it runs in microtasks, so many
 * that were begun together would all end in one turn.
 */
export function createLoopShare(deps: LoopShareDeps): LoopShare {
  const { monotonic, soon = setImmediate, settled = afterPromises, ms, next } = deps
  /** When the first work of this turn began; null: none has. */
  let began: number | null = null
  let isScheduled = false
  /** A piece has not settled. */
  let isRunning = false

  const isFull = () => began !== null && monotonic() - began >= ms

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    soon(() => {
      isScheduled = false
      began = null
      if (!isRunning) goOn()
    })
  }

  function open(): void {
    if (began !== null) return
    began = monotonic()
    schedule()
  }

  function goOn(): void {
    isRunning = false
    const work = isFull() ? undefined : next()
    if (!work) return
    isRunning = true
    open()
    const from = monotonic()
    try {
      work.run()
    } finally {
      settled(() => {
        work.took?.(monotonic() - from)
        goOn()
      })
    }
  }

  function wake(): void {
    if (isRunning || isFull()) return
    isRunning = true
    settled(goOn)
  }

  return { isFull, open, wake, schedule }
}

/** Node runs ticks when the microtask queue is empty, and that queue to its end before the next tick. */
const afterPromises = (run: () => void): void => queueMicrotask(() => process.nextTick(run))
