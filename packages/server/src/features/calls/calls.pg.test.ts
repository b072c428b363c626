import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { callsContract } from './calls-contract.ts'

if (!postgresMissing) callsContract('PostgreSQL', onPostgres())
