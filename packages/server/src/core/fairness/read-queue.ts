import { addressKey } from '../address-key.ts'
import type { AnyCaller } from '../caller.ts'
import type { Clock, Timers } from '../clock.ts'
import { AppError } from '../error.ts'
import type { OwnedQueue } from './fair-queues.ts'
import { FairShares } from './fair-shares.ts'
import { createLoopShare, type LoopShareDeps, type LoopWork } from './loop-share.ts'
import { createPacing, type PacedRead, type Step } from './pacing.ts'

declare const taken: unique symbol

/**
 * Proves that a read waited for its turn. Functions that read as much as their caller chooses require one, so that no code
 * bypasses the queue. Only `ReadQueue` creates it.
 */
export type ReadPermit = {
  readonly [taken]: true
  /**
   * Resolves when this turn of the event loop has time left. To be awaited before a large read, and again before work on
   * what it read: many reads may have waited for the same thing, such as a sync of the disk, and would all continue in one
   * turn.
   */
  pace(step: Step): Promise<void>
  /**
   * Runs a long wait that is no read (a password in the queue for hashing) without counting it as one of the reads
   * of this process: if all of them waited like that, nobody could read. It still counts for its own reader.
   */
  aside<T>(work: () => Promise<T>): Promise<T>
  /** The read answers so many bytes, which count to what its reader has used (rule T2). */
  answers(bytes: number): void
}

/** The owner of a read: a connection, or a caller without one. */
export type Reader = {
  readonly key: string
  /** Readers of one address share what it may use (rule T2). */
  readonly address: string
  /** Reads of this reader that may run at once. */
  readonly atOnce: number
  /** Whether its backlog is at the limit: nothing more is read for it until the client has read some of it. */
  isBehind(): boolean
  /** Calls back once when the client has read its backlog or is gone; used only while `isBehind`. */
  whenDrained(run: () => void): void
  /** Whether its client has gone: what still waits for it is not read. */
  isGone(): boolean
  /** Whether it would read a refusal while it is behind, because its calls are answered apart from one another. */
  readonly hearsRefusals: boolean
}

export type ReadQueue = {
  /**
   * Runs the read when it is its turn. Rejects with `rate_limited` when the reader has too many waiting, or when the turn
   * does not come in time, or its client has gone by then and hears of nothing.
   */
  take<T>(reader: Reader, read: (permit: ReadPermit) => T | Promise<T>): Promise<T>
}

export type ReadQueueLimits = {
  /** Reads that run at once in this process. */
  atOnce: number
  /** Ms of one turn of the event loop in which reads may begin. */
  loopMs: number
  /** Reads that may hold what they have read and not yet worked on. */
  held: number
  /** Reads that may wait for one reader, and ms that one may wait. */
  waiting: number
  waitMs: number
}
export const readQueueLimits: ReadQueueLimits = { atOnce: 32, loopMs: 2, held: 8, waiting: 128, waitMs: 4000 }

/** Ms between checks for reads that have waited too long. */
const sweepEvery = 500

/** What a read costs at least, and each byte of its answer, in ms of the event loop: 256 KiB take about as long as reading them. */
const leastCost = 0.1
const byteCost = 1 / (256 * 1024)

export type ReadQueueDeps = {
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  soon?: LoopShareDeps['soon']
  settled?: LoopShareDeps['settled']
  /** Whether the backlog of this address, or of all, is so large that no read begins for it; checked again soon. */
  isTight?: (address: string) => boolean
  limits?: Partial<ReadQueueLimits>
}

type Run<T> = (permit: ReadPermit) => Promise<T>
type Refuse = (error: AppError) => void
type Job = { since: number; run: Run<unknown>; refuse: Refuse; isGone: Reader['isGone'] }
/** `behind`: its client is a slow consumer; the reader calls back when the client has read its backlog. */
type ReaderLine = OwnedQueue & { reader: Reader; jobs: Job[]; running: number; behind: boolean }

/**
 * A fair queue for reads: next is the address that has used the least, and of it the reader that has (rule T2). A read
 * begins at once if no other waits, unless reads have used their share of this event loop turn; then it waits for the
 * next turn.
 */
export function createReadQueue(deps: ReadQueueDeps): ReadQueue {
  const { timers, isTight = () => false, limits: given } = deps
  const { monotonic } = deps.clock
  const limits = { ...readQueueLimits, ...given }
  /** Readers with waiting or running reads, and those that have used more than the ones that wait. */
  const lines = new FairShares<ReaderLine>()
  let waiting = 0
  let running = 0
  /** Reads that waited aside and continue when a place is free. */
  const back: (() => void)[] = []
  /** Reads of clients who have gone. Each ends what waited for it, so that many do not end in one turn of the loop. */
  let unwanted: Refuse[] = []
  let cancelSweep: (() => void) | null = null
  const { soon, settled } = deps
  const nextWanted = () => nextBack() ?? nextRead()
  let wantedBefore = false
  // Reads that have begun come first. What nobody wants any more takes every other place, so that neither waits for the other.
  const next = () => {
    wantedBefore = !wantedBefore
    const [one, other] = wantedBefore ? [nextWanted, nextUnwanted] : [nextUnwanted, nextWanted]
    return pacing.next() ?? one() ?? other()
  }
  const share = createLoopShare({ monotonic, soon, settled, ms: limits.loopMs, next })
  const pacing = createPacing({ wake: share.wake, held: limits.held })

  function lineOf(reader: Reader): ReaderLine {
    const { address, key } = reader
    return lines.get(address, key) ?? lines.add({ address, key, reader, jobs: [], running: 0, behind: false })
  }

  function forgetIfIdle(line: ReaderLine): void {
    if (isIdle(line)) lines.forget(line, waiting > 0)
    // What is kept nevertheless is looked at again.
    if (!lines.isEmpty) cancelSweep ??= timers.after(sweepEvery, sweep)
  }

  function permitFor(line: ReaderLine, read: PacedRead): ReadPermit {
    const made: Omit<ReadPermit, typeof taken> = {
      pace: (step) => pacing.step(read, step),
      aside,
      answers: (bytes) => lines.charge(line, bytes * byteCost),
    }
    // Its existence is the proof; nothing else creates one.
    return made as ReadPermit
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
    if (waiting > 0 || back.length > 0) share.schedule()
  }

  /** Whether another read of this queue may begin; a slow consumer's is checked again when the client has caught up. */
  function mayBegin(line: ReaderLine): boolean {
    const { reader } = line
    if (line.behind || line.running >= reader.atOnce || isTight(line.address)) return false
    if (!reader.isBehind()) return true
    line.behind = true
    reader.whenDrained(() => {
      line.behind = false
      forgetIfIdle(line)
      share.schedule()
    })
    return false
  }

  function begin<T>(line: ReaderLine, read: PacedRead, run: Run<T>): Promise<T> {
    running += 1
    line.running += 1
    lines.charge(line, leastCost)
    const end = () => {
      pacing.end(read)
      line.running -= 1
      endOne()
      forgetIfIdle(line)
    }
    const result = run(permitFor(line, read))
    result.then(end, end)
    return result
  }

  /** One that did not wait: others are counted with the promises that they settle. */
  function beginAtOnce<T>(line: ReaderLine, run: Run<T>): Promise<T> {
    const read = pacedOf(line)
    share.open()
    const from = monotonic()
    const result = begin(line, read, run)
    read.took(monotonic() - from)
    return result
  }

  const pacedOf = (line: ReaderLine): PacedRead => ({ holds: false, took: (ms) => lines.charge(line, ms) })

  function nextBack(): LoopWork | undefined {
    const goesOn = running < limits.atOnce ? back.shift() : undefined
    if (goesOn) running += 1
    return goesOn && { run: goesOn }
  }

  function nextRead(): LoopWork | undefined {
    if (waiting === 0 || running >= limits.atOnce) return undefined
    const line = lines.next((each) => each.jobs.length > 0 && mayBegin(each))
    const job = line?.jobs.shift()
    if (!line || !job) return undefined
    waiting -= 1
    if (job.isGone()) return { run: () => job.refuse(tooMany()) }
    const read = pacedOf(line)
    return { run: () => void begin(line, read, job.run), took: read.took }
  }

  function nextUnwanted(): LoopWork | undefined {
    const refuse = unwanted.pop()
    return refuse && { run: () => refuse(tooMany()) }
  }

  /** Takes the reads of a client who has gone out of its line. */
  function dropUnwanted(line: ReaderLine): void {
    const gone = line.jobs.filter((job) => job.isGone())
    if (gone.length === 0) return
    line.jobs = line.jobs.filter((job) => !job.isGone())
    waiting -= gone.length
    unwanted = unwanted.concat(gone.map(({ refuse }) => refuse))
  }

  function sweep(): void {
    const before = monotonic() - limits.waitMs
    for (const line of lines.all()) {
      dropUnwanted(line)
      // A client that does not read would not read the refusal either.
      if (line.behind && !line.reader.hearsRefusals) continue
      while (line.jobs[0] && line.jobs[0].since < before) {
        waiting -= 1
        line.jobs.shift()?.refuse(tooMany())
      }
    }
    lines.sweep(isIdle, waiting > 0)
    if (waiting > 0 || unwanted.length > 0) share.schedule()
    cancelSweep = lines.isEmpty ? null : timers.after(sweepEvery, sweep)
  }

  return {
    take<T>(reader: Reader, read: (permit: ReadPermit) => T | Promise<T>): Promise<T> {
      if (reader.isGone()) {
        return new Promise((_resolve, reject) => {
          unwanted.push(reject)
          share.schedule()
        })
      }
      const line = lineOf(reader)
      const run = async (permit: ReadPermit) => read(permit)
      const isFree = waiting === 0 && running < limits.atOnce && !share.isFull()
      if (isFree && mayBegin(line)) return beginAtOnce(line, run)
      if (line.jobs.length >= limits.waiting) return Promise.reject(tooMany())
      return new Promise((resolve, reject) => {
        const job: Job = {
          since: monotonic(),
          run: (permit) => run(permit).then(resolve, reject),
          refuse: reject,
          isGone: reader.isGone,
        }
        line.jobs.push(job)
        waiting += 1
        share.schedule()
        cancelSweep ??= timers.after(sweepEvery, sweep)
      })
    },
  }
}

const isIdle = ({ jobs, running, behind }: ReaderLine): boolean => jobs.length === 0 && running === 0 && !behind

const tooMany = () => new AppError('rate_limited', { details: { retry_after: 1 } })

/** Reads that run at once for one caller without a connection. */
const callsAtOnce = 4

/** For calls without a connection; whoever sends the answers knows whether the caller takes them. */
export const callersReader = (caller: AnyCaller): Reader => ({
  key: caller.kind === 'user' ? caller.user.id : caller.address,
  address: addressKey(caller.address),
  atOnce: callsAtOnce,
  isBehind: () => false,
  whenDrained: () => undefined,
  isGone: () => false,
  hearsRefusals: true,
})
