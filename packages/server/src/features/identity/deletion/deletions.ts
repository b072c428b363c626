import type { UserRef } from '../../../core/caller.ts'
import type { Clock, Timers } from '../../../core/clock.ts'
import type { Tell } from '../../hooks.ts'
import type { Deletion, DeletionStore } from './store.ts'

/** What is done in one part: in the request that deletes the account, and in each that follows. */
export const partSize = 50

/**
 * Ms: how often it is looked for deletions that are due; between two parts, so that others' work comes between; for how
 * long one is this node's that took it; and until another pass, for what came in on the way or failed, twice as long after
 * each.
 */
const times = { look: 2_000, between: 100, lease: 30_000, again: 1_000, againAtMost: 3_600_000 }

export type Deletions = {
  /** Until when a deletion that is begun now is this node's. */
  leasedUntil(): number
  /** The first part, for who was deleted just now. Never rejects: what fails is gone on with later. */
  begin(user: UserRef): Promise<void>
  /** Goes on from now on with what is due; answers what stops it. */
  follow(): () => Promise<void>
}

export type DeletionsDeps = {
  store: DeletionStore
  /** A part of what features do about a deleted user (rule HK6). */
  forget: Tell['onUserDeleted']
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * Deletes what features keep of a user, in bounded parts that survive a crash (rule A14). A pass that found nothing, a
 * second or more after the user was deleted, is the last.
 */
export function createDeletions({ store, forget, clock, timers, onFailure }: DeletionsDeps): Deletions {
  const leasedUntil = () => clock.now() + times.lease

  async function runPart(deletion: Deletion): Promise<void> {
    const { user, passes } = deletion
    const { found, next } = await forget(user, deletion.position, partSize)
    const clean = deletion.clean && found === 0
    if (next !== null) return store.goOn({ user, position: next, clean, passes }, clock.now())
    if (clean && passes > 0) return store.finish(user)
    const wait = Math.min(times.again * 2 ** passes, times.againAtMost)
    return store.goOn({ user, position: null, clean: true, passes: passes + 1 }, clock.now() + wait)
  }

  /** Whether there was one that was due. */
  async function runDue(): Promise<boolean> {
    const due = await store.claim(clock.now(), leasedUntil())
    if (due) await runPart(due)
    return due !== null
  }

  return {
    leasedUntil,
    begin: (user) => runPart({ user, position: null, clean: true, passes: 0 }).catch(onFailure),
    follow() {
      let isStopped = false
      let cancel = () => {}
      let running: Promise<void> = Promise.resolve()
      const run = async () => {
        const found = await runDue().catch((error: unknown) => {
          // One that was taken is due again when its time is over.
          if (!isStopped) onFailure(error)
          return false
        })
        if (!isStopped) cancel = later(found ? times.between : times.look)
      }
      const later = (ms: number) =>
        timers.after(ms, () => {
          running = run()
        })
      running = run()
      return async () => {
        isStopped = true
        cancel()
        await running
      }
    },
  }
}
