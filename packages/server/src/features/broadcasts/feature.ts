import { defineFeature } from '../feature.ts'
import { serverFeature } from '../server/feature.ts'
import { createBroadcasts } from './broadcasts.ts'
import { broadcastActions, broadcastEvent, broadcastRates } from './contract.ts'

export const broadcastsFeature = defineFeature({
  name: 'broadcasts',
  needs: { server: serverFeature },
  actions: broadcastActions,
  ephemerals: [broadcastEvent],
  rates: broadcastRates,
  create: (platform, { server: { policy } }) => ({
    api: null,
    actions: createBroadcasts({ ...platform, policy, trustsThisMachine: platform.config.env === 'development' }),
  }),
})
