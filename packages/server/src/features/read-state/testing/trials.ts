import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import { inRoom as ofRoom, membersOnly, signedIn } from '../../rooms/testing/trials/rights.ts'
import { byOutsider, inRoom } from '../../rooms/testing/trials/stages.ts'
import type { Stage } from '../../../../../../test/harness/trials/stage.ts'
import type { readActions } from '../contract.ts'

const byMember = (input: object) => async (stage: Stage) => {
  const { member, room_id } = await inRoom(stage)
  return { by: member, input: { room_id, ...input } }
}
const byOther = (input: object) => async (stage: Stage) => ({
  ...(await byOutsider(stage, { ...input })),
  code: 'not_a_member',
})

export const trials: FeatureTrials<typeof readActions> = {
  doors: {
    'read-state.get': { good: byMember({}), refused: byOther({}) },
    'read-state.read': { good: byMember({ read_seq: 1 }), refused: byOther({ read_seq: 1 }), bad: { read_seq: -1 } },
    'read-state.unread': { good: byMember({ from_seq: 1 }), refused: byOther({ from_seq: 1 }), bad: { from_seq: 'x' } },
    'read-state.readAll': {
      good: async (stage) => {
        const { host } = await inRoom(stage)
        return { by: host, input: {} }
      },
    },
  },
  roles: {
    'read-state.get': [{ input: ofRoom, verdict: membersOnly, keeps: true }],
    'read-state.read': [{ input: ({ room_id }) => ({ room_id, read_seq: 1 }), verdict: membersOnly, keeps: true }],
    'read-state.unread': [{ input: ({ room_id }) => ({ room_id, from_seq: 1 }), verdict: membersOnly, keeps: true }],
    'read-state.readAll': [{ input: () => ({}), verdict: signedIn, keeps: true }],
  },
  sdk: true,
  samples: { read_seq: 1, from_seq: 1 },
}
