import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { idempotencyContract } from './idempotency-contract.ts'

if (!postgresMissing) idempotencyContract('PostgreSQL', onPostgres())
