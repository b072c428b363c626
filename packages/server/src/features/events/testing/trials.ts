import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { eventActions } from '../contract.ts'

const published = { event_type: 'build.finished', data: { ok: true } }

export const trials: FeatureTrials<typeof eventActions> = {
  doors: {
    'events.publish': {
      good: async (stage) => ({ by: await stage.account('account'), input: published }),
      answers: 'forbidden',
      bad: { event_type: 'two words' },
    },
  },
  roles: {
    'events.publish': {
      ...{ account: 'forbidden', guest: 'forbidden', anonymous: 'not_authenticated' },
      input: () => published,
    },
  },
  sdk: true,
  samples: { event_type: 'build.finished' },
  floods: { fields: { event_type: 'build.finished' } },
}
