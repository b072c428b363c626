import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { notificationActions } from '../contract.ts'

const note = { title: 'Maintenance', body: 'We restart at noon.' }

export const trials: FeatureTrials<typeof notificationActions> = {
  doors: {
    'notifications.send': {
      good: async (stage) => ({ by: await stage.account('account'), input: note }),
      answers: 'forbidden',
      bad: { title: '' },
    },
  },
  roles: {
    'notifications.send': {
      ...{ account: 'forbidden', guest: 'forbidden', anonymous: 'not_authenticated' },
      input: () => note,
    },
  },
  sdk: true,
  samples: { title: 'Maintenance', body: 'We restart at noon.' },
}
