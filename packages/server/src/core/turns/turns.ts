import { addressKey } from '../address-key.ts'
import type { Caller } from '../caller.ts'
import type { Clock, Timers } from '../clock.ts'
import { AppError } from '../error.ts'
import { FairQueues, type OwnedQueue } from './fair-queues.ts'

declare const taken: unique symbol

/**
 * Proves that a read waited for its turn. Functions that read as much as their caller chooses require one, so that no code
 * bypasses the queue. Only `Turns` creates it.
 */
export type Turn = {
  readonly [taken]: true
  /**
   * Resolves when this turn of the event loop has time left. To be awaited before work of about a ms: many reads may have
   * waited for the same thing, such as a sync of the disk, and would all continue in one turn.
   */
  pace(): Promise<void>
  /**
   * Runs a long wait that is no read (a password in the queue for hashing) without counting it as one of the reads
   * of this process: if all of them waited like that, nobody could read. It still counts for its own reader.
   */
  aside<T>(work: () => Promise<T>): Promise<T>
}

/** The owner of a read: a connection, or a caller without one. */
export type Reader = {
  readonly key: string
  /** Addresses take turns; readers of one address take turns within its share. */
  readonly address: string
  /** Reads of this reader that may run at once. */
  readonly atOnce: number
  /** Whether its backlog is at the limit: nothing more is read for it until the client has read some of it. */
  isBehind(): boolean
  /** Calls back once when the client has read its backlog or is gone; used only while `isBehind`. */
  whenDrained(run: () => void): void
}

export type Turns = {
  /**
   * Runs the read when it is its turn. Rejects with `rate_limited` when the reader has too many waiting, or when the turn
   * does not come in time.
   */
  take<T>(reader: Reader, read: (turn: Turn) => T | Promise<T>): Promise<T>
}

export type TurnLimits = {
  /** Reads that run at once in this process. */
  atOnce: number
  /** Ms of one turn of the event loop in which reads may begin. */
  loopMs: number
  /** Reads that may wait for one reader, and ms that one may wait. */
  waiting: number
  waitMs: number
}
export const turnLimits: TurnLimits = { atOnce: 32, loopMs: 2, waiting: 128, waitMs: 4000 }

/** Ms between checks for reads that have waited too long. */
const sweepEvery = 500

export type TurnsDeps = {
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  /** Runs in the next turn of the event loop, after the events that have arrived by then. */
  soon?: (run: () => void) => void
  /** Runs after all microtasks that are due in this turn of the event loop. */
  settled?: (run: () => void) => void
  /** Whether the backlog of this address, or of all, is so large that no read begins for it; checked again soon. */
  isTight?: (address: string) => boolean
  limits?: Partial<TurnLimits>
}

type Job = { since: number; run: () => Promise<unknown>; refuse: (error: AppError) => void }
/** `behind`: its client is a slow consumer; the reader calls back when the client has read its backlog. */
type ReaderLine = OwnedQueue & { reader: Reader; jobs: Job[]; running: number; behind: boolean }

/**
 * A fair queue for reads: addresses take turns, and within an address its readers. A read begins at once if no
 * other waits, unless reads have used their share of this event loop turn; then it waits for the next turn.
 */
export function createTurns(deps: TurnsDeps): Turns {
  const { clock, timers, soon = setImmediate, settled = afterPromises, isTight = () => false, limits: given } = deps
  const limits = { ...turnLimits, ...given }
  /** Only readers with waiting or running reads. */
  const lines = new FairQueues<ReaderLine>()
  let waiting = 0
  let running = 0
  /** When the first read of this turn of the loop began; null: none has. */
  let loopTurn: number | null = null
  let scheduled = false
  /** Reads that continue, one by one, as long as the turn has time. */
  const paced: (() => void)[] = []
  let isPacing = false
  // Its existence is the proof; nothing else can create one.
  const turn = { pace, aside } as Turn
  /** Reads that waited aside and continue when a place is free. */
  const back: (() => void)[] = []
  let cancelSweep: (() => void) | null = null

  function lineOf(reader: Reader): ReaderLine {
    const { address, key } = reader
    return lines.get(address, key) ?? lines.add({ address, key, reader, jobs: [], running: 0, behind: false })
  }

  function forgetIfIdle(line: ReaderLine): void {
    if (line.jobs.length === 0 && line.running === 0 && !line.behind) lines.delete(line)
  }

  function pace(): Promise<void> {
    return new Promise((resolve) => {
      paced.push(resolve)
      if (isPacing) return
      isPacing = true
      settled(goOnPaced)
    })
  }

  async function aside<T>(work: () => Promise<T>): Promise<T> {
    endOne()
    try {
      return await work()
    } finally {
      if (running < limits.atOnce) running += 1
      else await new Promise<void>((resolve) => back.push(resolve))
    }
  }

  function endOne(): void {
    running -= 1
    if (waiting > 0 || back.length > 0) schedule()
  }

  function goOnPaced(): void {
    const goOn = loopIsFull() ? undefined : paced.shift()
    if (goOn) {
      openLoopTurn()
      goOn()
      settled(goOnPaced)
    } else if (paced.length > 0) schedule()
    else isPacing = false
  }

  function openLoopTurn(): void {
    if (loopTurn !== null) return
    loopTurn = clock.monotonic()
    schedule()
  }

  const loopIsFull = () => loopTurn !== null && clock.monotonic() - loopTurn >= limits.loopMs

  /** Whether another read of this queue may begin; a slow consumer's is checked again when the client has caught up. */
  function mayBegin(line: ReaderLine): boolean {
    const { reader } = line
    if (line.behind || line.running >= reader.atOnce || isTight(line.address)) return false
    if (!reader.isBehind()) return true
    line.behind = true
    reader.whenDrained(() => {
      line.behind = false
      forgetIfIdle(line)
      schedule()
    })
    return false
  }

  function begin<T>(line: ReaderLine, run: () => Promise<T>): Promise<T> {
    openLoopTurn()
    running += 1
    line.running += 1
    const end = () => {
      line.running -= 1
      endOne()
      forgetIfIdle(line)
    }
    const result = run()
    result.then(end, end)
    return result
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    soon(() => {
      scheduled = false
      loopTurn = null
      // Reads that have begun come first.
      if (paced.length > 0) goOnPaced()
      goOn()
    })
  }

  function goOn(): void {
    while (back.length > 0 && running < limits.atOnce && !loopIsFull()) {
      running += 1
      back.shift()?.()
    }
    if (back.length > 0 && running < limits.atOnce) schedule()
    while (waiting > 0 && running < limits.atOnce && !loopIsFull()) {
      const line = lines.next((each) => each.jobs.length > 0 && mayBegin(each))
      const job = line?.jobs.shift()
      if (!line || !job) return
      waiting -= 1
      void begin(line, job.run)
    }
  }

  function sweep(): void {
    const before = clock.monotonic() - limits.waitMs
    for (const line of lines.all()) {
      // A client that does not read would not read the refusal either.
      if (line.behind) continue
      while (line.jobs[0] && line.jobs[0].since < before) {
        waiting -= 1
        line.jobs.shift()?.refuse(tooMany())
      }
      forgetIfIdle(line)
    }
    if (waiting > 0) schedule()
    cancelSweep = waiting > 0 ? timers.after(sweepEvery, sweep) : null
  }

  return {
    take<T>(reader: Reader, read: (turn: Turn) => T | Promise<T>): Promise<T> {
      const line = lineOf(reader)
      const run = async () => read(turn)
      const isFree = waiting === 0 && running < limits.atOnce && !loopIsFull()
      if (isFree && mayBegin(line)) return begin(line, run)
      if (line.jobs.length >= limits.waiting) return Promise.reject(tooMany())
      return new Promise((resolve, reject) => {
        line.jobs.push({ since: clock.monotonic(), run: () => run().then(resolve, reject), refuse: reject })
        waiting += 1
        schedule()
        cancelSweep ??= timers.after(sweepEvery, sweep)
      })
    },
  }
}

/** Node runs ticks when the microtask queue is empty, and that queue to its end before the next tick. */
const afterPromises = (run: () => void): void => queueMicrotask(() => process.nextTick(run))

const tooMany = () => new AppError('rate_limited', { details: { retry_after: 1 } })

/** Reads that run at once for one caller without a connection. */
const callsAtOnce = 4

/** For calls without a connection: each gets its own answer, so there is no backlog here. */
export const callersReader = (caller: Caller): Reader => ({
  key: caller.kind === 'user' ? caller.user.id : caller.address,
  address: addressKey(caller.address),
  atOnce: callsAtOnce,
  isBehind: () => false,
  whenDrained: () => undefined,
})
