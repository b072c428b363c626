import { defineFeature } from '../feature.ts'
import { messagesFeature } from '../messages/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { feedContract } from './contract.ts'
import { createFeed } from './feed.ts'
import { feedBounds, feedLimits, feedTimes } from './limits.ts'
import { createLines } from './lines.ts'
import { feedProjector } from './projector.ts'
import { createOwnFields } from './own-fields.ts'
import { createFeedStore } from './store.ts'
import { feedMigrations } from './tables.ts'

export const feedFeature = defineFeature({
  name: 'feed',
  needs: { rooms: roomsFeature, messages: messagesFeature },
  contract: feedContract,
  limits: feedLimits,
  migrations: feedMigrations,
  projectors: [feedProjector],
  create(platform, { rooms }) {
    const { config, clock, db } = platform
    const most = config.limits.bound(feedLimits.feedRooms)
    const mostBytes = config.limits.bound(feedLimits.feedBytes)
    const mostMemberships = config.limits.bound(feedLimits.feedMemberships)
    const store = createFeedStore(db, most)
    const { roomOptions: options, slots, ownFields } = platform
    const { actions } = feedContract({ options, slots, ownFields })
    const own = createOwnFields(platform.activity)
    const lines = createLines({ ...platform, rooms, store })
    const feed = createFeed({ ...platform, actions, rooms, store, own: own.reads, most, mostBytes, mostMemberships })
    return {
      api: own.api,
      actions: feed.actions,
      hooks: {
        onCommit: lines.onCommit,
        onConnectionClosed: feed.closed,
        onUserDeleted: async ({ num }, _position, limit) => ({
          found: await store.forget({ user: num }, limit),
          next: null,
        }),
        async onPrune() {
          const before = clock.now() - feedTimes.keepGone - feedTimes.overlap
          while ((await store.forget({ before }, feedBounds.gone)) === feedBounds.gone);
        },
      },
      forDoors: { feed: feed.open },
      async stop() {
        await feed.close()
        await lines.close()
      },
    }
  },
})
