import { Worker } from 'node:worker_threads'
import { AppError } from '../../../core/error.ts'

export type CheckpointJob = 'look' | 'restart' | 'vacuum' | 'rescue' | 'close'
export type CheckpointReply = {
  wantsRestart: boolean
  /** Another process reads or writes the file, or the disk is full; it is tried again later. */
  isBlocked: boolean
  /** Free bytes on the disk; null: not measured. */
  freeBytes: number | null
  /** The job failed for a temporary reason. */
  error: string | null
}

const jobs = new Set<unknown>(['look', 'restart', 'vacuum', 'rescue', 'close'] satisfies CheckpointJob[])
export const isCheckpointJob = (job: unknown): job is CheckpointJob => jobs.has(job)
const isReply = (reply: unknown): reply is CheckpointReply =>
  typeof reply === 'object' && reply !== null && 'wantsRestart' in reply && typeof reply.wantsRestart === 'boolean'

export type CheckpointLimits = {
  /** WAL bytes not yet in the database at which a checkpoint runs beside the writer. */
  passiveAt: number
  /** WAL bytes at which writes are held for a moment to reset the WAL. */
  restartAt: number
  /** Minimum ms between two checks of the WAL; longer while a reader blocks them. */
  lookEveryMs: number
  /** The WAL's maximum size in bytes while another process prevents its reset. */
  mayGrowTo: number
  /**
   * WAL bytes at which the thread starts; absent: at the first write, because it can only rescue a WAL that it had open
   * before the file lost its name (rule DB3).
   */
  startAt?: number
}
/**
 * A checkpoint writes each page once, however many commits changed it: rarer checkpoints cost less, but a start after a
 * crash takes longer.
 */
export const defaultCheckpoints: CheckpointLimits = {
  passiveAt: 16 << 20,
  restartAt: 48 << 20,
  lookEveryMs: 100,
  mayGrowTo: 2 ** 31,
}

/** Ms between two attempts while a reader blocks checkpoints: first, and at most. */
const blockedAtFirst = 250
const blockedAtMost = 5000

/**
 * WAL bytes at which writes are refused (rule DB2). A checkpoint of the WAL needs as much space in the database file
 * again, so the WAL may take half of the free disk; on a small disk, the disk itself is the limit.
 */
export const walBound = (mayGrowTo: number, walBytes: number, freeBytes: number): number =>
  Math.min(mayGrowTo, Math.max(mayGrowTo / 8, (walBytes + freeBytes) / 2))

/** The main thread's side of checkpoints. The worker does the work; here is the gate that holds writes. */
export type Checkpoints = {
  /** Call after each sync: the WAL may have grown. */
  grew(): void
  /** Null when writes may proceed; otherwise resolves when they may. */
  gate(): Promise<void> | null
  /** WAL bytes at which writes are refused, for the free disk space last measured. */
  bound(): number
  vacuum(): Promise<void>
  /** Moves what it can into the database file within a few seconds; never rejects. */
  rescue(): Promise<void>
  close(): Promise<void>
}

/** Timeout of a rescue in ms. */
const rescueMs = 5000

export type CheckpointDeps = {
  file: string
  limits: CheckpointLimits
  /** The WAL's size on the disk, in bytes. */
  walBytes: () => number
  onFailure: (error: Error) => void
  /** The WAL has grown large because it cannot be reset, or can be reset again. */
  onBlocked?: (isBlocked: boolean) => void
}

export function createCheckpoints({ file, limits, walBytes, onFailure, onBlocked }: CheckpointDeps): Checkpoints {
  let worker: Worker | null = null
  /** The error with which the worker ended. It is not restarted: see `passing` in its file. */
  let ended: Error | null = null
  let busy: Promise<unknown> | null = null
  let held: Promise<void> | null = null
  let lookAt = 0
  let pause = limits.lookEveryMs
  let bound = limits.mayGrowTo
  let isBlocked = false
  let closing = false

  let pending: PromiseWithResolvers<CheckpointReply> | null = null

  function start(): Worker {
    const thread = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), {
      workerData: { file, passiveAt: limits.passiveAt, restartAt: limits.restartAt },
    })
    thread.unref()
    thread.on('message', (reply: unknown) => {
      if (isReply(reply)) pending?.resolve(reply)
    })
    thread.on('error', (error: unknown) => {
      ended = new Error('The checkpoint thread failed', { cause: error })
      pending?.reject(ended)
    })
    thread.on('exit', () => {
      worker = null
      ended ??= new Error('The checkpoint thread ended')
      pending?.reject(ended)
    })
    return thread
  }

  async function ask(job: CheckpointJob): Promise<CheckpointReply> {
    if (ended !== null) throw ended
    worker ??= start()
    pending = Promise.withResolvers<CheckpointReply>()
    worker.ref()
    worker.postMessage(job)
    try {
      return await pending.promise
    } finally {
      pending = null
      worker?.unref()
    }
  }

  /** Runs jobs one at a time, in order. */
  function next(job: CheckpointJob): Promise<CheckpointReply> {
    const before = busy ?? Promise.resolve()
    const run = () => ask(job)
    const mine = before.then(run, run)
    busy = mine
    const clear = () => {
      if (busy === mine) busy = null
    }
    mine.then(clear, clear)
    return mine
  }

  /**
   * Runs a job while writes are held. A write transaction begins and ends within one turn of the event loop, so none is
   * open here.
   */
  async function whileHeld(job: CheckpointJob): Promise<CheckpointReply> {
    while (held !== null) await held
    const { promise, resolve } = Promise.withResolvers<void>()
    held = promise
    try {
      return await next(job)
    } finally {
      held = null
      resolve()
    }
  }

  async function look() {
    try {
      const found = await next('look')
      heed(found)
      if (found.wantsRestart && !closing) heed(await whileHeld('restart'))
    } catch (error) {
      fail(error)
    }
  }

  function heed(reply: CheckpointReply) {
    pause = reply.isBlocked ? Math.min(blockedAtMost, Math.max(blockedAtFirst, 2 * pause)) : limits.lookEveryMs
    lookAt = performance.now() + pause
    if (reply.freeBytes !== null) bound = walBound(limits.mayGrowTo, walBytes(), reply.freeBytes)
    const isFar = reply.isBlocked && walBytes() > 3 * limits.restartAt
    if (isFar !== isBlocked && (isFar || !reply.isBlocked)) onBlocked?.((isBlocked = isFar))
  }

  function fail(error: unknown) {
    onFailure(error instanceof Error ? error : new Error('The checkpoint thread failed', { cause: error }))
  }

  return {
    grew() {
      if (ended !== null || busy !== null || held !== null || closing || performance.now() < lookAt) return
      if (worker === null && walBytes() < (limits.startAt ?? 0)) return
      lookAt = performance.now() + pause
      void look()
    },
    gate: () => held,
    bound: () => bound,
    async vacuum() {
      const { error, isBlocked } = await whileHeld('vacuum')
      if (error !== null) throw new AppError('storage_unavailable', { cause: error })
      if (isBlocked) throw new AppError('storage_unavailable', { cause: 'Another process has the database open' })
    },
    async rescue() {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, rescueMs)
      await Promise.race([next('rescue').catch(() => undefined), promise])
      clearTimeout(timer)
    },
    async close() {
      closing = true
      while (busy !== null) await busy.catch(() => undefined)
      if (worker === null || ended !== null) return
      await ask('close').catch(fail)
      await worker?.terminate()
    },
  }
}
