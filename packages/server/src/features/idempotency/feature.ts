import { defineFeature } from '../feature.ts'
import { handle } from '../../platform/jobs/jobs.ts'
import { createIdempotency } from './idempotency.ts'
import { pruneKeysJob } from './jobs.ts'
import { claimProjector } from './store.ts'
import { idempotencyMigrations } from './tables.ts'

export const idempotencyFeature = defineFeature({
  name: 'idempotency',
  migrations: idempotencyMigrations,
  projectors: [claimProjector],
  jobs: [pruneKeysJob],
  create({ db, clock, config }) {
    const idempotency = createIdempotency({ db, clock, secret: config.keys.secret.current })
    return { api: idempotency, jobs: [handle(pruneKeysJob, idempotency.prune)], forDoors: { keys: idempotency } }
  },
})
