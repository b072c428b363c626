import { z } from 'zod'
import { defineJob } from '../../../platform/jobs/jobs.ts'

/** Rule UP3: does what the upload's own request did not come to. */
export const processJob = defineJob({
  name: 'uploads.process',
  summary: 'Looks at a file whose upload was interrupted after its last byte.',
  payload: z.object({ file: z.string() }),
  concurrency: 1,
  timeout_ms: 600_000,
})

/** Rule UP10. */
export const sweepJob = defineJob({
  name: 'uploads.sweep',
  summary: 'Removes uploads that were given up, files that nobody refers to any more, and their bytes.',
  payload: z.object({}),
  every_ms: 3_600_000,
  timeout_ms: 1_800_000,
})
