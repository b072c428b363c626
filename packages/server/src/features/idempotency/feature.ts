import { defineFeature } from '../feature.ts'
import { createIdempotency } from './idempotency.ts'
import { claimProjector } from './store.ts'
import { idempotencyMigrations } from './tables.ts'

export const idempotencyFeature = defineFeature({
  name: 'idempotency',
  migrations: idempotencyMigrations,
  projectors: [claimProjector],
  create({ db, clock, config }) {
    const idempotency = createIdempotency({ db, clock, secret: config.keys.secret.current })
    return { api: idempotency, hooks: { onPrune: idempotency.prune }, forDoors: { keys: idempotency } }
  },
})
