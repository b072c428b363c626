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
  create(platform, { server: { policy } }) {
    const trustsThisMachine = platform.config.env === 'development'
    const { actions, ...api } = createBroadcasts({ ...platform, policy, trustsThisMachine })
    return { api, actions }
  },
})
