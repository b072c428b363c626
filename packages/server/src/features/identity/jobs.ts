import { z } from 'zod'
import { defineJob } from '../../platform/jobs/jobs.ts'

/** What deleted accounts leave in features is deleted in parts (rule A14); the payload is how far that is. */
export const deletionJob = defineJob({
  name: 'identity.deleteAccount',
  summary: 'Deletes what features keep of a deleted account.',
  payload: z.object({
    user: z.object({ num: z.int(), id: z.string() }),
    /** Where the current pass continues; null: at its start. */
    position: z.string().nullable(),
    /** Whether this pass has found nothing so far. */
    clean: z.boolean(),
    /** Passes that have ended. */
    passes: z.int(),
  }),
  // Nobody else does it: after a day of failures someone must look.
  attempts: 30,
  concurrency: 2,
})

/** Deletes sessions that ended long ago, and devices that were not seen for long. */
export const pruneJob = defineJob({
  name: 'identity.prune',
  summary: 'Deletes sessions that ended long ago, and devices that were not seen for long.',
  payload: z.object({}),
  every_ms: 3_600_000,
  timeout_ms: 600_000,
})
