import { fdatasync } from 'node:fs'
import { AppError } from '../../../core/error.ts'

type Waiter = { upTo: number; resolve: () => void; reject: (error: AppError) => void }

export type GroupSync = {
  /** Call after each write to the file. */
  wrote(): void
  /**
   * Resolves when everything written before this call is on the disk. Calls resolve in order. Rejects
   * `storage_unavailable` after a sync has failed, and from then on always.
   */
  durable(): Promise<void>
  /** Makes every sync fail from now on, for a reason found elsewhere. */
  fail(cause: Error): void
  failed(): boolean
  isRunning(): boolean
}

export type SyncOptions = {
  fd: number
  /** Called once, when no more writes can become durable. */
  onFailure: (error: Error) => void
  /**
   * Called after each sync, before its waiters resolve: the reason why the synced data is lost all the same, or null.
   */
  lost?: () => Error | null
}

/**
 * Groups the syncs of one open file: one fdatasync at a time, in the thread pool, for all waiting calls. A call that
 * wrote during a sync waits for the next one, which starts after that write.
 * A failed fdatasync is final. The kernel may have dropped the dirty pages and marked them clean, so that a second call
 * would succeed although nothing reached the disk.
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
