import type { FeatureTrials } from '../../../../../../test/harness/trials.ts'
import type { serverActions } from '../contract.ts'

export const trials: FeatureTrials<typeof serverActions> = {
  doors: { 'server.show': { good: async () => ({ by: null, input: {} }) } },
  roles: { 'server.show': { account: true, guest: true, anonymous: true, input: () => ({}) } },
  sdk: true,
}
