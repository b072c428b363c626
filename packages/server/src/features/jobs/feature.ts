import { defineFeature } from '../feature.ts'
import { jobActions, jobEphemerals } from './contract.ts'
import { createJobActions } from './jobs.ts'

export const jobsFeature = defineFeature({
  name: 'jobs',
  actions: jobActions,
  ephemerals: jobEphemerals,
  create: (platform) => ({ api: null, actions: createJobActions(platform).actions }),
})
