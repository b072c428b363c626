import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { onPostgres } from '../features-harness.ts'
import { accountsContract } from './accounts-contract.ts'
import { identityContract } from './identity-contract.ts'
import { sessionsContract } from './sessions-contract.ts'

if (!postgresMissing) {
  identityContract('PostgreSQL', onPostgres())
  accountsContract('PostgreSQL', onPostgres())
  sessionsContract('PostgreSQL', onPostgres())
}
