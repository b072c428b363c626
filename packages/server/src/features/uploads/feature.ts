import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { uploadActions, uploadRoutes } from './contract.ts'
import { uploadErrors } from './errors.ts'
import { processJob, sweepJob } from './receiving/jobs.ts'
import { uploadRates } from './limits.ts'
import { uploadProjector } from './store/projector.ts'
import { uploadSettings } from './settings.ts'
import { uploadMigrations } from './store/tables.ts'
import { createUploads } from './uploads.ts'

export const uploadsFeature = defineFeature({
  name: 'uploads',
  needs: { identity: identityFeature, rooms: roomsFeature },
  actions: uploadActions,
  routes: uploadRoutes,
  errors: uploadErrors,
  rates: uploadRates,
  settings: uploadSettings,
  jobs: [processJob, sweepJob],
  migrations: uploadMigrations,
  projectors: [uploadProjector],
  create(platform, { identity, rooms }) {
    const { api, actions, routes, jobs, forgetUser } = createUploads({
      ...platform,
      ...{ identity, rooms, bounds: platform.config.of(uploadSettings) },
      guestRate: platform.config.limits.rate(uploadRates.guest_file_bytes),
      basePath: platform.config.basePath,
    })
    return { api, actions, routes, jobs, hooks: { onUserDeleted: forgetUser } }
  },
})
