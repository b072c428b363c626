import { Worker } from 'node:worker_threads'
import { AppError } from '../../core/error.ts'

export type CheckpointJob = 'look' | 'restart' | 'vacuum' | 'close'
/** `error`: the job failed for a reason that may pass. */
export type CheckpointReply = { wantsRestart: boolean; error: string | null }

export const isCheckpointJob = (job: unknown): job is CheckpointJob =>
  job === 'look' || job === 'restart' || job === 'vacuum' || job === 'close'
const isReply = (reply: unknown): reply is CheckpointReply =>
  typeof reply === 'object' && reply !== null && 'wantsRestart' in reply && typeof reply.wantsRestart === 'boolean'

export type CheckpointLimits = {
  /** Bytes of WAL not yet in the database at which a checkpoint runs beside the writer. */
  passiveAt: number
  /** Bytes of WAL at which writes are held for a moment, so that it can start over. */
  restartAt: number
  /** The WAL is looked at, at most so often. */
  lookEveryMs: number
}
/** A page that many commits wrote is moved once a checkpoint: rarer ones cost less, and lengthen a start after a crash. */
export const defaultCheckpoints: CheckpointLimits = { passiveAt: 16 << 20, restartAt: 48 << 20, lookEveryMs: 100 }

/** The main thread's side of checkpoints: they run in a worker; here is only the gate that holds writes. */
export type Checkpoints = {
  /** Something was made durable: the WAL may have grown. */
  grew(): void
  /** Null when writes may go on; otherwise resolves when they may. */
  gate(): Promise<void> | null
  vacuum(): Promise<void>
  close(): Promise<void>
}

export function createCheckpoints(
  file: string,
  limits: CheckpointLimits,
  onFailure: (error: Error) => void,
): Checkpoints {
  let worker: Worker | null = null
  /** Why the thread ended by itself. There is no second one: see `passing` in its file. */
  let ended: Error | null = null
  let busy: Promise<unknown> | null = null
  let held: Promise<void> | null = null
  let lookedAt = 0
  let closing = false

  let pending: PromiseWithResolvers<CheckpointReply> | null = null

  function start(): Worker {
    const thread = new Worker(new URL('./sqlite-checkpoint-worker.ts', import.meta.url), {
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

  /** One job at a time, in the order asked for. */
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

  /** Runs a job while nothing is written. Writes happen within one turn of the loop, so none is open here. */
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
      const { wantsRestart } = await next('look')
      if (wantsRestart && !closing) await whileHeld('restart')
    } catch (error) {
      fail(error)
    }
  }

  function fail(error: unknown) {
    onFailure(error instanceof Error ? error : new Error('The checkpoint thread failed', { cause: error }))
  }

  return {
    grew() {
      const now = performance.now()
      if (ended !== null || busy !== null || held !== null || closing || now - lookedAt < limits.lookEveryMs) return
      lookedAt = now
      void look()
    },
    gate: () => held,
    async vacuum() {
      const { error } = await whileHeld('vacuum')
      if (error !== null) throw new AppError('storage_unavailable', { cause: error })
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
