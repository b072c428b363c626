import { fdatasync } from 'node:fs'
import { AppError } from '../../../core/error.ts'

type Waiter = { upTo: number; resolve: () => void; reject: (error: AppError) => void }

export type GroupSync = {
  /** Something was written to the file. */
  wrote(): void
  /**
   * Resolves when all that was written before this call is on the disk. Calls resolve in the order in which they came.
   * Rejects `storage_unavailable` once a sync has failed, for good.
   */
  durable(): Promise<void>
  /** Nothing is durable any more, for a reason that was seen elsewhere. */
  fail(cause: Error): void
  failed(): boolean
  isRunning(): boolean
}

export type SyncOptions = {
  fd: number
  /** Once, when nothing will be durable any more. */
  onFailure: (error: Error) => void
  /** Asked after each sync, before anyone is told that it is durable: why what was synced is lost all the same. */
  lost?: () => Error | null
}

/**
 * Groups the syncs of one open file: one fdatasync at a time, in the thread pool, for all who wait. Who wrote while a
 * sync ran waits for the next one, which begins after that write.
 *
 * A failed fdatasync is final. The kernel may have dropped the dirty pages and marked them clean, so that a second
 * call would succeed without anything having reached the disk.
 */
export function createGroupSync({ fd, onFailure, lost = () => null }: SyncOptions): GroupSync {
  const done = Promise.resolve()
  const waiters: Waiter[] = []
  let written = 0
  let synced = 0
  let running = false
  let failure: AppError | null = null

  function start() {
    const target = written
    running = true
    fdatasync(fd, (error) => {
      running = false
      if (failure !== null) return
      const cause = error ?? lost()
      if (cause !== null) return fail(cause)
      synced = target
      let settled = 0
      for (const waiter of waiters) {
        if (waiter.upTo > synced) break
        settled++
      }
      for (const waiter of waiters.splice(0, settled)) waiter.resolve()
      if (waiters.length > 0 && !running) start()
    })
  }

  function fail(cause: Error) {
    if (failure !== null) return
    const error = new AppError('storage_unavailable', { cause })
    failure = error
    for (const waiter of waiters.splice(0)) waiter.reject(error)
    onFailure(cause)
  }

  return {
    wrote: () => {
      written++
    },
    durable() {
      if (failure !== null) return Promise.reject(failure)
      if (synced === written) return done
      return new Promise((resolve, reject) => {
        waiters.push({ upTo: written, resolve, reject })
        if (!running) start()
      })
    },
    fail,
    failed: () => failure !== null,
    isRunning: () => running,
  }
}
