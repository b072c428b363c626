import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { messagesFeature } from '../messages/feature.ts'
import { serverFeature } from '../server/feature.ts'
import { createBroadcasts } from './broadcasts.ts'
import { broadcastActions, broadcastEvent, broadcastRates } from './contract.ts'

export const broadcastsFeature = defineFeature({
  name: 'broadcasts',
  needs: { identity: identityFeature, messages: messagesFeature, server: serverFeature },
  actions: broadcastActions,
  ephemerals: [broadcastEvent],
  rates: broadcastRates,
  create(platform, { identity, messages: { inline }, server: { policy } }) {
    const trustsThisMachine = platform.config.env === 'development'
    const { actions, ...api } = createBroadcasts({ ...platform, identity, inline, policy, trustsThisMachine })
    return { api, actions }
  },
})
