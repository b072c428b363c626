import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import { isMember } from '../../rooms/testing/trials/rights.ts'
import type { callActions } from '../contract.ts'

export const trials: FeatureTrials<typeof callActions, 'calls.token'> = {
  doors: {
    'calls.token': {
      good: async () => ({ by: null, input: { identity: 'user123', room: 'room456' } }),
      refused: async (stage) => {
        const { name } = await stage.account('account')
        return { by: null, input: { identity: name, room: 'room456' }, code: 'sender_taken' }
      },
      bad: { room: 7 },
    },
  },
  roles: {
    // These rooms have a waiting room, so a caller who is not a member must join first.
    'calls.token': [
      {
        input: ({ room_id }) => ({ identity: 'somebody', room: room_id }),
        verdict: (part, { isPrivate }) => {
          if (isMember(part)) return true
          if (part === 'banned') return 'banned'
          return isPrivate && part === 'anonymous' ? 'not_authenticated' : 'not_a_member'
        },
        keeps: true,
      },
    ],
  },
  sdk: true,
  samples: { identity: 'someone', room: 'a call' },
}
