import { z } from 'zod'
import { defineJob } from '../../platform/jobs/jobs.ts'

/** Rule PC6. */
export const sweepPicturesJob = defineJob({
  name: 'pictures.sweep',
  summary: 'Removes pictures that no person and no room uses.',
  payload: z.object({}),
  every_ms: 3_600_000,
  timeout_ms: 1_800_000,
})
