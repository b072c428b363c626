import { z } from 'zod'
import { defineJob } from '../platform/jobs/jobs.ts'

/** Deletes what logs and records of rooms keep for a limited time (rules D4, R3). */
export const pruneRooms = defineJob({
  name: 'room.prune',
  summary: 'Deletes event bodies past their retention, and old tombstones of records.',
  payload: z.object({}),
  every_ms: 3_600_000,
  timeout_ms: 1_800_000,
})
