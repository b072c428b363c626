import { defineFeature } from '../feature.ts'
import { opsActions, opsEphemerals } from './contract.ts'
import { createOps } from './ops.ts'
import { opsRates } from './limits.ts'

export const opsFeature = defineFeature({
  name: 'ops',
  actions: opsActions,
  rates: opsRates,
  ephemerals: opsEphemerals,
  create: (platform) => ({ api: null, actions: createOps(platform).actions }),
})
