import { defineFeature } from '../feature.ts'
import { handle } from '../../platform/jobs/jobs.ts'
import { identityBounds } from './bounds.ts'
import { identityActions, identityEphemerals } from './contract.ts'
import { createDeletion } from './accounts/deletion.ts'
import { identityErrors } from './errors.ts'
import { deletionJob, pruneJob } from './jobs.ts'
import { createIdentity } from './identity.ts'
import { createUnknownKeys } from './keys/unknown.ts'
import { createIdentityStore } from './store.ts'
import { identityMigrations } from './tables.ts'
import { identityRates } from './limits.ts'
import { inviteToSetUp } from './accounts/invite-to-set-up.ts'
import { serverFeature } from '../server/feature.ts'

export const identityFeature = defineFeature({
  name: 'identity',
  needs: { server: serverFeature },
  actions: identityActions,
  rates: identityRates,
  errors: identityErrors,
  bounds: identityBounds,
  ephemerals: identityEphemerals,
  migrations: identityMigrations,
  jobs: [deletionJob, pruneJob],
  forEngine: { profiles: (db, tell) => createIdentityStore(db, tell).usersByNum },
  async create(platform, { server }) {
    const { buckets, config, live, log, people, tell } = platform
    const { rate } = config.limits
    const identity = createIdentity({
      ...platform,
      profiles: people,
      connections: live,
      keys: config.keys,
      policy: server.policy,
      attempts: {
        byCaller: (key) => buckets.take('password', key, rate(identityRates.password)),
        byAccount: (key) => buckets.take('password_account', key, rate(identityRates.password_account)),
        byDevice: (key) => buckets.take('password_device', key, rate(identityRates.password_device)),
      },
      unknownKeys: createUnknownKeys(buckets, rate(identityRates.unknown_key)),
    })
    await identity.prepare()
    server.administered(identity.administrators.any)
    let stopFollowing = async () => {}
    return {
      api: { ...identity, allowsGuests: () => server.policy.now().guests },
      actions: identity.actions,
      jobs: [createDeletion(tell.onUserDeleted), handle(pruneJob, identity.prune)],
      forDoors: { authenticate: identity.authenticate, authenticateSocket: identity.authenticateSocket },
      start() {
        stopFollowing = identity.follow()
        inviteToSetUp(identity.administrators.setupToken(), config, log)
      },
      close: () => stopFollowing(),
    }
  },
})
