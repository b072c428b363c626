import { z } from 'zod'
import { defineJob } from '../jobs.ts'

/** Jobs of the drills (`test/drills/`). */
export const timer = defineJob({
  name: 'drill.timer',
  summary: 'Says its name in its room.',
  payload: z.object({ room_id: z.string(), name: z.string(), due: z.number(), work_ms: z.number() }),
  concurrency: 64,
})
export const plain = defineJob({
  name: 'drill.plain',
  summary: 'Tells when it begins and ends.',
  payload: z.object({ name: z.string(), work_ms: z.number() }),
  concurrency: 16,
})
