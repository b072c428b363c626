import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import { inRoom as ofRoom, membersOnly } from '../../rooms/testing/trials/rights.ts'
import { byOutsider, inRoom } from '../../rooms/testing/trials/stages.ts'
import type { preferenceActions } from '../contract.ts'

export const trials: FeatureTrials<typeof preferenceActions> = {
  doors: {
    'preferences.get': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id } }
      },
      refused: async (stage) => ({ ...(await byOutsider(stage)), code: 'not_a_member' }),
    },
    'preferences.update': {
      good: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id, favorite: true, group: 'Tea' } }
      },
      refused: async (stage) => ({ ...(await byOutsider(stage, { favorite: true })), code: 'not_a_member' }),
      bad: { notify: 'sometimes' },
      differs: ['changed_at'],
    },
  },
  roles: {
    'preferences.get': [{ input: ofRoom, verdict: membersOnly, keeps: true }],
    'preferences.update': [
      { input: ({ room_id }) => ({ room_id, favorite: true }), verdict: membersOnly, keeps: true },
    ],
  },
  sdk: true,
  samples: { notify: 'none', favorite: true, group: 'Tea' },
  floods: { fields: { until: undefined } },
}
