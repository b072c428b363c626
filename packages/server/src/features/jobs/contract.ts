import { z } from 'zod'
import { defineActions, type EphemeralType, plainText } from '../../core/contract.ts'

const job_id = plainText(64).describe('As the call that caused the job answered it.')
const state = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled'])
const progress = {
  job_id: z.string(),
  kind: z.string().describe('What the job does.'),
  done: z.int(),
  total: z.int().nullable().describe('Null while it is not known.'),
  state,
}

/** A job as those see it who may (rule JO1). */
const shownJob = z
  .object({
    ...progress,
    error: z.string().nullable().describe('Why it failed, as a sentence.'),
    result: z.record(z.string(), z.unknown()).nullable().describe('What it made, such as a `url`.'),
  })
  .meta({ title: 'Job' })

export type ShownJob = z.infer<typeof shownJob>

export const jobActions = defineActions({
  'jobs.get': {
    summary: 'How far a job is, and what became of it.',
    input: z.object({ job_id }),
    output: shownJob,
    http: [{ method: 'GET', path: '/api/jobs/:job_id' }],
    caller: 'user',
    scope: 'none',
    limit: 'read',
    errors: ['not_found'],
  },
  'jobs.cancel': {
    summary: 'Cancels a job, unless it has ended; answers it as it is then.',
    input: z.object({ job_id }),
    output: shownJob,
    http: [{ method: 'DELETE', path: '/api/jobs/:job_id' }],
    caller: 'user',
    scope: 'none',
    limit: 'write',
    errors: ['not_found'],
  },
})

export const jobEphemerals: readonly EphemeralType[] = [
  {
    name: 'job_progress',
    to: 'connection',
    summary: 'How far a job of the user is, to all connections of the user; of a job of a room, to all in the room.',
    payload: z.object(progress),
  },
]
