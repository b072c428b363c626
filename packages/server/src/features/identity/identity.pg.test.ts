import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { identityContract } from './identity-contract.ts'

if (!postgresMissing) identityContract('PostgreSQL', onPostgres())
