import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { broadcastActions } from '../contract.ts'

export const trials: FeatureTrials<typeof broadcastActions> = {
  doors: {
    'broadcasts.send': {
      good: async (stage) => ({ by: await stage.account('account'), input: { content: 'hello' } }),
      answers: 'forbidden',
      bad: { content: '' },
    },
  },
  roles: {
    'broadcasts.send': {
      ...{ account: 'forbidden', guest: 'forbidden', anonymous: 'not_authenticated' },
      input: () => ({ content: 'hello' }),
    },
  },
  sdk: true,
}
