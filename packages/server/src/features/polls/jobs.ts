import { z } from 'zod'
import { defineJob } from '../../platform/jobs/jobs.ts'

/** A timer of each open poll that says when it closes (rule PO12). */
export const closePollJob = defineJob({
  name: 'polls.close',
  summary: 'Closes a poll whose time is over.',
  payload: z.object({ room_id: z.string(), poll_id: z.string() }),
})

/** Rules PO9, PO13 and PO14. */
export const settlePollJob = defineJob({
  name: 'polls.settle',
  summary: 'Removes the votes of a closed poll from the records of its room, and the records of older polls.',
  payload: z.object({ room_id: z.string(), poll_id: z.string() }),
})

/** Rules PO14 and PO17. */
export const sweepPollsJob = defineJob({
  name: 'polls.sweep',
  summary: 'Removes polls whose messages were deleted, and closes those that a closed room left open.',
  payload: z.object({}),
  every_ms: 30_000,
})
