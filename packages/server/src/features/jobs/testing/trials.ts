import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { jobActions } from '../contract.ts'

/** No action of the server begins a job that someone sees yet; `jobs.suite.ts` stores some. */
const never = { input: { job_id: 'no-such-job' }, answers: 'not_found' }
const standing = { input: () => never.input, account: 'not_found', guest: 'not_found', anonymous: 'not_authenticated' }

export const trials: FeatureTrials<typeof jobActions> = {
  doors: {
    'jobs.get': {
      good: async (stage) => ({ by: await stage.guest('asker'), input: never.input }),
      answers: 'not_found',
    },
    'jobs.cancel': {
      good: async (stage) => ({ by: await stage.guest('asker'), input: never.input }),
      answers: 'not_found',
    },
  },
  roles: { 'jobs.get': standing, 'jobs.cancel': standing },
  sdk: true,
  samples: { job_id: 'no-such-job' },
}
