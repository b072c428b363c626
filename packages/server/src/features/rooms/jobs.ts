import { z } from 'zod'
import { defineJob } from '../../platform/jobs/jobs.ts'

/** A timer of each room with a waiting list: removes those whom no node has seen for 30 s (rule W4). */
export const sweepWaitingJob = defineJob({
  name: 'rooms.sweepWaiting',
  summary: 'Removes users from a waiting list who do not wait any more.',
  payload: z.object({ room_id: z.string() }),
  attempts: 30,
})
