import { type Action, implement } from '../../core/action.ts'
import { type Caller, requireUser } from '../../core/caller.ts'
import { AppError } from '../../core/error.ts'
import { storedObject } from '../../core/stored.ts'
import type { JobAudience, Jobs, JobView } from '../../platform/jobs/jobs.ts'
import type { Live } from '../../room/live/live.ts'
import type { Profiles } from '../../room/people.ts'
import { type RoomEngine, sentOutRole } from '../../room/types.ts'
import { jobActions, type ShownJob } from './contract.ts'

export type JobActionsDeps = {
  jobs: Pick<Jobs, 'view' | 'cancel' | 'follow' | 'audienceOf'>
  engine: Pick<RoomEngine, 'member'>
  live: Pick<Live, 'tellRoom' | 'tellUser'>
  people: Pick<Profiles, 'loadProfile'>
  onFailure: (error: unknown) => void
}

/** Shows jobs to those who may see them, and tells them of progress (rules JO1 to JO3). */
export function createJobActions({ jobs, engine, live, people, onFailure }: JobActionsDeps): { actions: Action[] } {
  async function sees(caller: Caller, job: JobView): Promise<boolean> {
    const { num } = requireUser(caller).user
    // A guest who is not stored yet has no number, and so has caused nothing.
    if (num === 0) return false
    const audience: JobAudience = jobs.audienceOf(job.name)
    if (audience === 'user') return job.user === num
    if (audience === 'nobody' || job.room === 0) return false
    const member = await engine.member(job.room, num)
    return member !== null && member.role !== sentOutRole
  }

  async function seen(caller: Caller, job_id: string): Promise<JobView> {
    const job = await jobs.view(job_id)
    if (!job || !(await sees(caller, job))) throw new AppError('not_found')
    return job
  }

  async function tell(job: JobView): Promise<void> {
    const { job_id, kind, done, total, state } = shown(job)
    const payload = { job_id, kind, done, total, state }
    const audience = jobs.audienceOf(job.name)
    if (audience === 'room') live.tellRoom(job.room, 'job_progress', payload)
    if (audience !== 'user') return
    const { id } = await people.loadProfile(job.user)
    if (id !== '') live.tellUser(id, 'job_progress', payload)
  }

  jobs.follow((job) => void tell(job).catch(onFailure))

  return {
    actions: implement(jobActions, {
      'jobs.get': {
        // Whoever may not see it finds none.
        allow: () => true,
        run: async ({ job_id }, caller) => shown(await seen(caller, job_id)),
      },
      'jobs.cancel': {
        allow: () => true,
        async run({ job_id }, caller) {
          const job = await seen(caller, job_id)
          return shown((await jobs.cancel(job.id)) ?? job)
        },
      },
    }),
  }
}

const shown = ({ id, name, state, done, total, error, result }: JobView): ShownJob => ({
  ...{ job_id: id, kind: name, state, done, total, error },
  result: result === null ? null : { ...storedObject(result) },
})
