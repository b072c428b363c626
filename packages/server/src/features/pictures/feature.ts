import { defineFeature } from '../feature.ts'
import { identityFeature } from '../identity/feature.ts'
import { roomsFeature } from '../rooms/feature.ts'
import { uploadsFeature } from '../uploads/feature.ts'
import { pictureBounds } from './bounds.ts'
import { pictureActions, pictureRoutes } from './contract.ts'
import { sweepPicturesJob } from './jobs.ts'
import { pictureRates } from './limits.ts'
import { createPictures } from './pictures.ts'

export const picturesFeature = defineFeature({
  name: 'pictures',
  needs: { identity: identityFeature, rooms: roomsFeature, uploads: uploadsFeature },
  actions: pictureActions,
  routes: pictureRoutes,
  bounds: pictureBounds,
  rates: pictureRates,
  jobs: [sweepPicturesJob],
  create: (platform, needed) => createPictures({ ...platform, ...needed }),
})
