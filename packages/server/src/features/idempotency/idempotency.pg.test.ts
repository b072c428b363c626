import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../testing/world.ts'
import { idempotencySuite } from './testing/idempotency.suite.ts'

if (!postgresMissing) idempotencySuite('PostgreSQL', onPostgres())
