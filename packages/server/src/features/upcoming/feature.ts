import { defineFeature } from '../feature.ts'
import { upcomingOptions } from './upcoming.ts'

export const upcomingFeature = defineFeature({
  name: 'upcoming',
  roomOptions: upcomingOptions,
  create: () => ({ api: null }),
})
