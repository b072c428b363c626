import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { idempotencyContract } from './testing/idempotency.suite.ts'

if (!postgresMissing) idempotencyContract('PostgreSQL', onPostgres())
