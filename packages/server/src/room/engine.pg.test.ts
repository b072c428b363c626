import { postgresMissing, sharedPostgres } from '../../../../test/harness/postgres.ts'
import { commitSuite } from './testing/engine-commit.suite.ts'
import { postgresBackend } from './testing/engine.ts'
import { membersSuite } from './testing/engine-members.suite.ts'
import { recoverySuite } from './testing/engine-recovery.suite.ts'

const backend = async () => postgresBackend(await sharedPostgres())
if (!postgresMissing) {
  commitSuite('PostgreSQL', backend)
  membersSuite('PostgreSQL', backend)
  recoverySuite('PostgreSQL', backend)
}
