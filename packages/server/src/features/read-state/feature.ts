import { defineFeature } from '../feature.ts'
import { feedFeature } from '../feed/feature.ts'
import { messagesFeature } from '../messages/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { readActions, readChanged, readFields } from './contract.ts'
import { readLimits, readRates } from './limits.ts'
import { readProjector } from './projector.ts'
import { createReadState } from './read-state.ts'
import { createReadStore } from './store.ts'
import { readMigrations } from './tables.ts'

export const readStateFeature = defineFeature({
  name: 'read-state',
  needs: { rooms: roomsFeature, messages: messagesFeature, feed: feedFeature },
  actions: readActions,
  ephemerals: [readChanged],
  ownFields: readFields,
  rates: readRates,
  limits: readLimits,
  migrations: readMigrations,
  projectors: [readProjector],
  create(platform, { rooms, messages, feed }) {
    const store = createReadStore(platform.db, messages.countedMessages)
    const most = platform.config.limits.bound(readLimits.readAtOnce)
    return createReadState({ ...platform, store, rooms, feed, most })
  },
})
