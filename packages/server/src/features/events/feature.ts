import { broadcastsFeature } from '../broadcasts/feature.ts'
import { defineFeature } from '../feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { eventBounds } from './bounds.ts'
import { eventActions, eventPublished } from './contract.ts'
import { createEvents } from './events.ts'
import { eventRates } from './limits.ts'

export const eventsFeature = defineFeature({
  name: 'events',
  needs: { rooms: roomsFeature, broadcasts: broadcastsFeature },
  actions: eventActions,
  events: [eventPublished],
  rates: eventRates,
  bounds: eventBounds,
  create: ({ live, eventNames }, { rooms, broadcasts: { mayBroadcast } }) => ({
    api: null,
    actions: createEvents({ live, rooms, mayBroadcast, taken: eventNames }),
  }),
})
