import { postgresBackend } from '../platform/db/testing/backends.ts'
import { postgresMissing } from '../../../../test/harness/postgres.ts'
import { commitSuite } from './testing/engine/commit.suite.ts'
import { migrations } from './testing/engine.ts'
import { idempotencySuite } from './testing/engine/idempotency.suite.ts'
import { commitJobsSuite } from './testing/engine/jobs.suite.ts'
import { membersSuite } from './testing/engine/members.suite.ts'
import { recordsSuite } from './testing/engine/records.suite.ts'
import { recoverySuite } from './testing/engine/recovery.suite.ts'
import { redactionSuite } from './testing/engine/redaction.suite.ts'
import { storedSuite } from './testing/engine/stored.suite.ts'
import { timersSuite } from './testing/engine/timers.suite.ts'

const backend = async () => postgresBackend(migrations)
if (!postgresMissing) {
  commitSuite('PostgreSQL', backend)
  idempotencySuite('PostgreSQL', backend)
  commitJobsSuite('PostgreSQL', backend)
  membersSuite('PostgreSQL', backend)
  recoverySuite('PostgreSQL', backend)
  recordsSuite('PostgreSQL', backend)
  redactionSuite('PostgreSQL', backend)
  storedSuite('PostgreSQL', backend)
  timersSuite('PostgreSQL', backend)
}
