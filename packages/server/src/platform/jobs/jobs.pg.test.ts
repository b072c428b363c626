import { postgresMissing } from '../../../../../test/harness/postgres.ts'
import { postgresBackend } from '../db/testing/backends.ts'
import { jobsSuite } from './testing/jobs.suite.ts'
import { leasesSuite } from './testing/leases.suite.ts'
import { migrations } from './testing/nodes.ts'
import { outcomesSuite } from './testing/outcomes.suite.ts'
import { timersSuite } from './testing/timers.suite.ts'

if (!postgresMissing) {
  jobsSuite('PostgreSQL', postgresBackend(migrations))
  timersSuite('PostgreSQL', postgresBackend(migrations))
  leasesSuite('PostgreSQL', postgresBackend(migrations))
  outcomesSuite('PostgreSQL', postgresBackend(migrations))
}
