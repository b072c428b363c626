import type { UserRef } from '../../../core/caller.ts'
import type { Clock, Timers } from '../../../core/clock.ts'
import type { Tell } from '../../hooks.ts'
import type { Deletion, DeletionStore } from './store.ts'

/** Things deleted in one part: in the request that deletes the account, and in each background part after it. */
export const partSize = 50

/**
 * Ms. `look`: how often a node looks for deletions that are due. `between`: the pause between two parts, so that other
 * work gets its turn. `lease`: how long a deletion belongs to the node that took it. `again`: the delay until the next
 * pass, for what was added meanwhile or failed; it doubles with each pass, up to `againAtMost`.
 */
const times = { look: 2_000, between: 100, lease: 30_000, again: 1_000, againAtMost: 3_600_000 }

export type Deletions = {
  /** When the lease of a deletion that begins now ends. */
  leasedUntil(): number
  /** Does the first part for a user who was just deleted. Never rejects: what fails is retried later. */
  begin(user: UserRef): Promise<void>
  /** Starts to work on deletions that are due; returns a function that stops it. */
  follow(): () => Promise<void>
}

export type DeletionsDeps = {
  store: DeletionStore
  /** Has features delete one part of what they keep of the user (rule HK6). */
  forget: Tell['onUserDeleted']
  clock: Clock
  timers: Timers
  onFailure: (error: unknown) => void
}

/**
 * Deletes what features keep of a user, in bounded parts that survive a crash (rule A14). The last pass is one that finds
 * nothing, at least a second after the user was deleted.
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

  /** Whether a deletion was due. */
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
          // A deletion this node has claimed is due again when its lease ends.
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
