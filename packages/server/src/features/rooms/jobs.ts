import { z } from 'zod'
import { defineJob } from '../../platform/jobs/jobs.ts'

/** A timer of each room with a waiting list: removes those whom no node has seen for 30 s (rule W4). */
export const sweepWaitingJob = defineJob({
  name: 'rooms.sweepWaiting',
  summary: 'Removes users from a waiting list who do not wait any more.',
  payload: z.object({ room_id: z.string() }),
  attempts: 30,
})

/** A timer of each room with present users whose host is absent: due once the host has been away for 30 s (rule HO1). */
export const replaceHostJob = defineJob({
  name: 'rooms.replaceHost',
  summary: 'Lets somebody who is present stand in for a host who is not.',
  /** `at`: when it was due, in ms since 1970. */
  payload: z.object({ at: z.int() }),
  // Each node with nobody in the room hands it back.
  attempts: 12,
})
