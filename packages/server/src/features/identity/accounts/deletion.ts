import type { z } from 'zod'
import type { UserRef } from '../../../core/caller.ts'
import { again, handle, type JobHandler, type NewJob, newJob } from '../../../platform/jobs/jobs.ts'
import type { Tell } from '../../hooks.ts'
import { deletionJob } from '../jobs.ts'

type Deletion = z.infer<typeof deletionJob.payload>

/** Things deleted in one part. */
export const partSize = 50

/**
 * Ms. `between`: the pause between two parts, so that other work gets its turn. `again`: the delay until the next pass, for
 * what was added meanwhile or failed; it doubles with each pass, up to `againAtMost`.
 */
const times = { between: 100, again: 1_000, againAtMost: 3_600_000 }

/** To be stored in the transaction that deletes the user. */
export const deletionOf = (user: UserRef): NewJob =>
  newJob(deletionJob, { user: { num: user.num, id: user.id }, position: null, clean: true, passes: 0 })

/**
 * Deletes what features keep of a user, in bounded parts (rule A14). The last pass is one that finds nothing, at least a
 * second after the user was deleted. `forget` has features delete one part (rule HK6).
 */
export const createDeletion = (forget: Tell['onUserDeleted']): JobHandler =>
  handle(deletionJob, async ({ user, position, clean: before, passes }) => {
    const { found, next } = await forget(user, position, partSize)
    const clean = before && found === 0
    const goesOn = (deletion: Omit<Deletion, 'user'>, in_ms: number) => again({ user, ...deletion }, in_ms)
    if (next !== null) return goesOn({ position: next, clean, passes }, times.between)
    if (clean && passes > 0) return undefined
    const wait = Math.min(times.again * 2 ** passes, times.againAtMost)
    return goesOn({ position: null, clean: true, passes: passes + 1 }, wait)
  })
