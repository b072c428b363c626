import { postgresMissing } from '../../../../test/harness/postgres.ts'
import { callOrderContract } from './testing/call-order.suite.ts'
import { onPostgres } from './testing/world.ts'

if (!postgresMissing) callOrderContract('PostgreSQL', onPostgres())
