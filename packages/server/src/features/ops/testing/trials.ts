import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { opsActions } from '../contract.ts'

export const trials: FeatureTrials<typeof opsActions> = {
  doors: {
    'ops.ping': { good: async (stage) => ({ by: await stage.guest('pinger'), input: {} }), byUser: true },
  },
  roles: {
    'ops.ping': [{ input: () => ({}), verdict: () => true, keeps: true }],
  },
  sdk: true,
}
