import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import { inRoom } from '../../rooms/testing/trials/stages.ts'
import { signedIn } from '../../rooms/testing/trials/rights.ts'
import type { FeedActions } from '../contract.ts'

export const trials: FeatureTrials<FeedActions, never, 'feed.rooms'> = {
  doors: {
    'feed.rooms': {
      good: async (stage) => {
        const { host } = await inRoom(stage)
        return { by: host, input: {} }
      },
      bad: { cursor: 'nonsense' },
      differs: ['since'],
    },
  },
  roles: { 'feed.rooms': [{ input: () => ({}), verdict: signedIn, keeps: true }] },
  sdk: true,
  samples: { since: '0' },
  floods: { fields: { since: '0' } },
}
