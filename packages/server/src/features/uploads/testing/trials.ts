import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { uploadActions } from '../contract.ts'

/** No action sends a file, so none is there to be changed. */
export const trials: FeatureTrials<typeof uploadActions> = {
  doors: {
    'uploads.describe': {
      good: async (stage) => ({ by: await stage.account('account'), input: { id: 'none', alt: 'A cat' } }),
      answers: 'not_found',
      bad: { alt: '' },
    },
    'uploads.delete': {
      good: async (stage) => ({ by: await stage.account('account'), input: { id: 'none' } }),
      answers: 'not_found',
    },
  },
  roles: {
    'uploads.describe': {
      ...{ account: 'not_found', guest: 'not_found', anonymous: 'not_authenticated' },
      input: () => ({ id: 'none', alt: 'A cat' }),
    },
    'uploads.delete': {
      ...{ account: 'not_found', guest: 'not_found', anonymous: 'not_authenticated' },
      input: () => ({ id: 'none' }),
    },
  },
  sdk: true,
  samples: { id: 'none' },
}
