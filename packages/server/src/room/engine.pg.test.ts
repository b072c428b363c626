import { postgresMissing, sharedPostgres } from '../../../../test/harness/postgres.ts'
import { commitContract } from './engine-commit-contract.ts'
import { postgresBackend } from './engine-harness.ts'
import { membersContract } from './engine-members-contract.ts'
import { recoveryContract } from './engine-recovery-contract.ts'

const backend = async () => postgresBackend(await sharedPostgres())
if (!postgresMissing) {
  commitContract('PostgreSQL', backend)
  membersContract('PostgreSQL', backend)
  recoveryContract('PostgreSQL', backend)
}
