import { addressKey } from '../address-key.ts'
import type { Caller } from '../caller.ts'
import type { Clock, Timers } from '../clock.ts'
import { AppError } from '../error.ts'
import { FairLines, type Line } from './fair-lines.ts'

declare const taken: unique symbol

/**
 * Shows that a read waited for its turn. Whatever reads as much as its caller chooses asks for one, so that no code
 * reads past the queue. Only `Turns` makes it.
 */
export type Turn = {
  readonly [taken]: true
  /**
   * Resolves when this turn of the event loop has time left. To be awaited in front of work of a ms: many reads may have
   * waited for the same thing, a sync of the disk say, and would all go on in the turn in which it ends.
   */
  pace(): Promise<void>
  /**
   * Runs what is not reading and may take long (a password that waits to be hashed) without counting as one of the reads
   * under way in this process: all of them waiting for such would hold up everyone's. The reader's own still counts.
   */
  aside<T>(work: () => Promise<T>): Promise<T>
}

/** On whose behalf is read: a connection, or where there is none a caller. */
export type Reader = {
  readonly key: string
  /** What shares an address takes turns with each other first. */
  readonly address: string
  /** Reads of this reader that may be under way at once. */
  readonly atOnce: number
  /** Whether it holds as much as it may that its client has not taken: until then nothing more is read for it. */
  isBehind(): boolean
  /** Calls once when the client has taken what waits or is gone; asked only while `isBehind`. */
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
  /** Reads under way at once in this process. */
  atOnce: number
  /** Ms of one turn of the event loop in which reads may begin. */
  loopMs: number
  /** Reads that may wait for one reader, and ms that one may wait. */
  waiting: number
  waitMs: number
}
export const turnLimits: TurnLimits = { atOnce: 32, loopMs: 2, waiting: 128, waitMs: 4000 }

/** How often what waits for too long is looked for. */
const sweepEvery = 500

export type TurnsDeps = {
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  /** Runs in the next turn of the event loop, behind what has arrived by then. */
  soon?: (run: () => void) => void
  /** Runs when everything that is due in this turn of the loop without waiting (promises that are resolved) has run. */
  settled?: (run: () => void) => void
  /** Whether so much waits for clients, of this address or of all, that no read begins for it; asked again before long. */
  isTight?: (address: string) => boolean
  limits?: Partial<TurnLimits>
}

type Job = { since: number; run: () => Promise<unknown>; refuse: (error: AppError) => void }
/** `behind`: its client is to be waited for, and says when it has taken what waits. */
type ReaderLine = Line & { reader: Reader; jobs: Job[]; running: number; behind: boolean }

/**
 * A fair queue in front of reads: addresses take turns, and within an address its readers. A read that finds nobody
 * waiting begins at once, unless this turn of the loop has had its share of reads; then the loop gets a turn first.
 */
export function createTurns(deps: TurnsDeps): Turns {
  const { clock, timers, soon = setImmediate, settled = afterPromises, isTight = () => false, limits: given } = deps
  const limits = { ...turnLimits, ...given }
  /** Only those of which something waits or is read. */
  const lines = new FairLines<ReaderLine>()
  let waiting = 0
  let running = 0
  /** When the first read of this turn of the loop began; null: none has. */
  let loopTurn: number | null = null
  let scheduled = false
  /** Reads that go on, one by one, as long as the turn has time. */
  const paced: (() => void)[] = []
  let isPacing = false
  // That it was handed out is what it says; nobody else can make one.
  const turn = { pace, aside } as Turn
  /** Reads that were aside and are to go on when fewer are under way. */
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

  /** Whether another read of this line may begin; one whose client is behind is asked again when that says so. */
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
      // First those who have begun.
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
      // Who does not read would not read the refusal either.
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

/** Node runs ticks when the queue of promises is empty, and that queue to its end before the next tick. */
const afterPromises = (run: () => void): void => queueMicrotask(() => process.nextTick(run))

const tooMany = () => new AppError('rate_limited', { details: { retry_after: 1 } })

/** Reads under way at once for one caller without a connection. */
const callsAtOnce = 4

/** For calls without a connection: they are answered one by one, and nothing of theirs waits here. */
export const callersReader = (caller: Caller): Reader => ({
  key: caller.kind === 'user' ? caller.user.id : caller.address,
  address: addressKey(caller.address),
  atOnce: callsAtOnce,
  isBehind: () => false,
  whenDrained: () => undefined,
})
