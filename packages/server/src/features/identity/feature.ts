import { defineFeature } from '../feature.ts'
import { handle } from '../../platform/jobs/jobs.ts'
import { identityBounds } from './bounds.ts'
import { identityActions, identityEphemerals } from './contract.ts'
import { createDeletion } from './deletion.ts'
import { identityErrors } from './errors.ts'
import { identitySettings } from './settings.ts'
import { deletionJob, pruneJob } from './jobs.ts'
import { createIdentity } from './identity.ts'
import { createIdentityStore } from './store.ts'
import { identityMigrations } from './tables.ts'
import { identityRates } from './limits.ts'

export const identityFeature = defineFeature({
  name: 'identity',
  actions: identityActions,
  rates: identityRates,
  settings: identitySettings,
  errors: identityErrors,
  bounds: identityBounds,
  ephemerals: identityEphemerals,
  migrations: identityMigrations,
  jobs: [deletionJob, pruneJob],
  forEngine: { profiles: (db, tell) => createIdentityStore(db, tell).usersByNum },
  async create(platform) {
    const { buckets, config, live, people, tell } = platform
    const { rate } = config.limits
    const { allowGuests } = config.of(identitySettings)
    const identity = createIdentity({
      ...platform,
      profiles: people,
      connections: live,
      keys: config.keys,
      allowGuests,
      attempts: {
        byCaller: (key) => buckets.take('password', key, rate(identityRates.password)),
        byAccount: (key) => buckets.take('password_account', key, rate(identityRates.password_account)),
        byDevice: (key) => buckets.take('password_device', key, rate(identityRates.password_device)),
      },
    })
    await identity.prepare()
    let stopFollowing = async () => {}
    return {
      api: { ...identity, allowsGuests: allowGuests },
      actions: identity.actions,
      jobs: [createDeletion(tell.onUserDeleted), handle(pruneJob, identity.prune)],
      forDoors: { authenticate: identity.authenticate, authenticateSocket: identity.authenticateSocket },
      start: () => void (stopFollowing = identity.follow()),
      close: () => stopFollowing(),
    }
  },
})
