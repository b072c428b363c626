import { defineFeature } from '../feature.ts'
import { feedFeature } from '../feed/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { preferenceBounds } from './bounds.ts'
import { preferenceActions, preferenceFields, preferencesChanged } from './contract.ts'
import { preferenceErrors } from './errors.ts'
import { preferenceLimits } from './limits.ts'
import { createPreferences } from './preferences.ts'
import { createPreferencesStore, preferencesProjector } from './store.ts'
import { preferenceMigrations } from './tables.ts'

export const preferencesFeature = defineFeature({
  name: 'preferences',
  needs: { rooms: roomsFeature, feed: feedFeature },
  actions: preferenceActions,
  ephemerals: [preferencesChanged],
  ownFields: preferenceFields,
  errors: preferenceErrors,
  bounds: preferenceBounds,
  limits: preferenceLimits,
  migrations: preferenceMigrations,
  projectors: [preferencesProjector],
  create(platform, { rooms, feed }) {
    const store = createPreferencesStore(platform.db, platform.config.limits.bound(preferenceLimits.preferenceRooms))
    return {
      api: null,
      actions: createPreferences({ ...platform, rooms, feed, store }).actions,
      hooks: {
        onUserDeleted: async ({ num }, _position, most) => ({ found: await store.forget(num, most), next: null }),
      },
    }
  },
})
