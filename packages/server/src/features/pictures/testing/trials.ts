import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import { by, inRoom as ofRoom } from '../../rooms/testing/trials/rights.ts'
import { inRoom } from '../../rooms/testing/trials/stages.ts'
import { roomPermissions } from '../../rooms/contract.ts'
import type { pictureActions } from '../contract.ts'

export const trials: FeatureTrials<typeof pictureActions> = {
  doors: {
    'pictures.removeOfRoom': {
      good: async (stage) => {
        const { host, room_id } = await inRoom(stage)
        return { by: host, input: { room_id } }
      },
      refused: async (stage) => {
        const { member, room_id } = await inRoom(stage)
        return { by: member, input: { room_id }, code: 'forbidden' }
      },
    },
  },
  roles: {
    'pictures.removeOfRoom': [{ input: ofRoom, verdict: by(roomPermissions.settings) }],
  },
  sdk: true,
}
