import { postgresMissing, sharedPostgres } from '../../../../test/harness/postgres.ts'
import { commitContract } from './testing/engine-commit.suite.ts'
import { postgresBackend } from './testing/engine.ts'
import { membersContract } from './testing/engine-members.suite.ts'
import { recoveryContract } from './testing/engine-recovery.suite.ts'

const backend = async () => postgresBackend(await sharedPostgres())
if (!postgresMissing) {
  commitContract('PostgreSQL', backend)
  membersContract('PostgreSQL', backend)
  recoveryContract('PostgreSQL', backend)
}
