import { z } from 'zod'
import { defineJob } from '../../platform/jobs/jobs.ts'

/** Rule IK4. */
export const pruneKeysJob = defineJob({
  name: 'idempotency.prune',
  summary: 'Deletes Idempotency-Keys that are older than 30 days.',
  payload: z.object({}),
  every_ms: 3_600_000,
  timeout_ms: 600_000,
})
