import { postgresMissing, sharedPostgres } from '../../../../../test/harness/postgres.ts'
import { openDatabase } from '../db/open-database.ts'
import { jobsSuite } from './testing/jobs.suite.ts'
import { leasesSuite } from './testing/leases.suite.ts'
import { type Backend, migrations } from './testing/nodes.ts'
import { outcomesSuite } from './testing/outcomes.suite.ts'
import { timersSuite } from './testing/timers.suite.ts'

function onPostgres(): Backend {
  const server = sharedPostgres()
  return {
    async open() {
      const url = await (await server).createDatabase('jobs')
      return openDatabase({ target: { kind: 'postgres', url }, migrations, onFailure: () => undefined })
    },
    stop: async () => (await server).stop(),
  }
}

if (!postgresMissing) {
  jobsSuite('PostgreSQL', onPostgres())
  timersSuite('PostgreSQL', onPostgres())
  leasesSuite('PostgreSQL', onPostgres())
  outcomesSuite('PostgreSQL', onPostgres())
}
